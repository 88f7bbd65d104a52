// Where a place of the earth is on a map that may be turned and tilted, and back. Plain functions on the map's record: both halves of the
// group have a copy.
import type { Context, Host } from "./element";
import type { MapState } from "./map";
import { project, unproject, type Place, type Point } from "./mercator";

/** How far the eye is from a tilted map, in pixels. */
export const EYE_PX = 1000;
/** What is nearer to the eye than this share of the distance is drawn as if it were there: it is not on the screen. */
const NEAREST = 0.1;
const rad = (degrees: number): number => (degrees * Math.PI) / 180;

/** A place on the plane of the map, in pixels from its centre, before it is turned. */
export function planeOf(s: MapState, p: Place): Point {
  const c = project(s.center, s.scale), at = project(p, s.scale);
  return { x: at.x - c.x, y: at.y - c.y };
}

/** A point of that plane in pixels from the map's corner. */
export function onScreen(el: Host, q: Point): Point {
  const s: MapState = el.$s, r = rad(s.rotate), t = rad(s.skew);
  const x = q.x * Math.cos(r) - q.y * Math.sin(r), y = q.x * Math.sin(r) + q.y * Math.cos(r);
  const f = EYE_PX / Math.max(EYE_PX * NEAREST, EYE_PX - y * Math.sin(t));
  return { x: x * f + el.clientWidth * s.offset[0], y: y * Math.cos(t) * f + el.clientHeight * s.offset[1] };
}

export function pixelOf(el: Host, p: Place): Point {
  return onScreen(el, planeOf(el.$s, p));
}

export function placeAt(el: Host, left: number, top: number): Place {
  const s: MapState = el.$s, r = rad(s.rotate), t = rad(s.skew);
  const sx = left - el.clientWidth * s.offset[0], sy = top - el.clientHeight * s.offset[1];
  const y = (sy * EYE_PX) / Math.max(EYE_PX * NEAREST, EYE_PX * Math.cos(t) + sy * Math.sin(t)), x = (sx * (EYE_PX - y * Math.sin(t))) / EYE_PX;
  const c = project(s.center, s.scale);
  return unproject({ x: c.x + x * Math.cos(r) + y * Math.sin(r), y: c.y - x * Math.sin(r) + y * Math.cos(r) }, s.scale);
}

export interface Region { northeast: Place; southwest: Place }

/** What of the earth can be seen. */
export function regionOf(el: Host): Region {
  const w = el.clientWidth, h = el.clientHeight, corners = [placeAt(el, 0, 0), placeAt(el, w, 0), placeAt(el, 0, h), placeAt(el, w, h)];
  const lat = corners.map((p) => p.latitude), lon = corners.map((p) => p.longitude);
  return { northeast: { latitude: Math.max(...lat), longitude: Math.max(...lon) }, southwest: { latitude: Math.min(...lat), longitude: Math.min(...lon) } };
}

export function placeOf(raw: any): Place | null {
  const latitude = Number(raw?.latitude), longitude = Number(raw?.longitude);
  return Number.isFinite(latitude) && Number.isFinite(longitude) && raw?.latitude !== null ? { latitude, longitude } : null;
}

export function places(raw: any): Place[] {
  return (Array.isArray(raw) ? raw : []).map(placeOf).filter((p): p is Place => p !== null);
}

export const SCALE_MIN = 3, SCALE_MAX = 20, SKEW_MAX = 60;
export const within = (n: number, least: number, most: number): number => Math.min(most, Math.max(least, n));

/** What moved the map: at its begin a gesture or the program, at its end which gesture. */
export type Cause = "gesture" | "update" | "drag" | "scale" | "rotate" | "skew";

export function region(el: Host, type: "begin" | "end", causedBy: Cause, ctx: Context): void {
  const { center, scale, rotate, skew }: MapState = el.$s;
  ctx.emit(el, "regionChange", { type, ...center, scale, skew, rotate, causedBy });
}
