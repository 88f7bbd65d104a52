// The second half of a map: what my.createMapContext calls. Comes when it is wanted (further.ts) and works on the records of map.ts.
import { numberOr, textOf, truthy, type Context, type Host } from "./element";
import type { MapState } from "./map";
import { pixelOf, placeAt, placeOf, places, region, regionOf, SCALE_MAX, SCALE_MIN, within } from "./map-view";
import { distance, project, unproject, type Place } from "./mercator";

/** What map.ts lends of itself. */
export interface Lent { redraw(): void; set(name: string, value: any): void }

export interface MapMore {
  begin(el: Host, ctx: Context, lent: Lent): void;
  /** An attribute that only this half knows has a new value. */
  changed(el: Host, name: string): void;
  call(name: string, el: Host, o: any): any;
}

interface Mine { ctx: Context; lent: Lent; runs: Map<unknown, number>; run: number }
const mine = new WeakMap<Host, Mine>();

export function begin(el: Host, ctx: Context, lent: Lent): void {
  mine.set(el, { ctx, lent, runs: new Map(), run: 0 });
}

export function changed(el: Host, name: string): void {
  const s: MapState = el.$s;
  if (name === "include-points") include(el, places(s.layers["include-points"]), s.padding);
  if (name === "show-location") void here(el).catch(() => undefined); // without leave there is no dot
}

// ---- where to look ------------------------------------------------------------------------------------------------------------

/** Asks the shell where the person is, who may refuse. */
async function here(el: Host): Promise<Place> {
  const { ctx, lent } = mine.get(el)!, place = placeOf(await ctx.ask({ k: "open", what: "location", page: ctx.page(el) }));
  if (!place) throw new Error("it is not known where the person is");
  (el.$s as MapState).here = place;
  lent.redraw();
  return place;
}

function paddingOf(raw: any): Record<string, any> {
  if (!Array.isArray(raw)) return raw ?? {};
  const [top, right = top, bottom = top, left = right] = raw;
  return { top, right, bottom, left };
}

/** Moves and zooms so that all places are seen. */
function include(el: Host, list: Place[], padding: Record<string, any>): void {
  const s: MapState = el.$s;
  if (!list.length) return;
  const lat = list.map((p) => p.latitude), lon = list.map((p) => p.longitude);
  const a = { latitude: Math.max(...lat), longitude: Math.min(...lon) }, b = { latitude: Math.min(...lat), longitude: Math.max(...lon) };
  const w = Math.max(20, el.clientWidth - numberOr(padding.left, 20) - numberOr(padding.right, 20));
  const h = Math.max(20, el.clientHeight - numberOr(padding.top, 20) - numberOr(padding.bottom, 20));
  const pa = project(a, 0), pb = project(b, 0);
  const fits = Math.min(Math.log2(w / Math.max(1e-9, pb.x - pa.x)), Math.log2(h / Math.max(1e-9, pb.y - pa.y)));
  s.scale = within(fits, SCALE_MIN, 18);
  s.center = unproject({ x: (pa.x + pb.x) / 2, y: (pa.y + pb.y) / 2 }, 0);
  mine.get(el)!.lent.redraw();
}

const SCALE_USUAL = 16;

async function moveTo(el: Host, o: any): Promise<null> {
  const s: MapState = el.$s, { ctx, lent } = mine.get(el)!;
  region(el, "begin", "update", ctx);
  s.center = placeOf(o) ?? s.here ?? await here(el);
  s.scale = within(numberOr(o?.scale, placeOf(o) ? s.scale : SCALE_USUAL), SCALE_MIN, SCALE_MAX);
  lent.redraw();
  region(el, "end", "update", ctx);
  return null;
}

// ---- along lines --------------------------------------------------------------------------------------------------------------

function between(a: Place, b: Place, share: number): Place {
  return { latitude: a.latitude + (b.latitude - a.latitude) * share, longitude: a.longitude + (b.longitude - a.longitude) * share };
}

function lengthOf(list: Place[]): number {
  return list.slice(1).reduce((sum, p, i) => sum + distance(list[i], p), 0);
}

/** The place so many metres along a line, and the lines's points before it. */
function along(list: Place[], metres: number): { at: Place; passed: Place[] } {
  for (let n = 1, left = metres; n < list.length; n++) {
    const step = distance(list[n - 1], list[n]);
    if (left <= step) return { at: between(list[n - 1], list[n], step ? left / step : 0), passed: list.slice(0, n) };
    left -= step;
  }
  return { at: list[list.length - 1], passed: list };
}

function measure(o: any): any {
  const list = places(o?.points), distances = Array.isArray(o?.targetDistances) ? o.targetDistances.slice(0, 1000) : [];
  return { ...(o?.exportTotalDistance === false ? {} : { distance: lengthOf(list) }), targetPoints: list.length ? distances.map((d: unknown) => along(list, Number(d)).at) : [] };
}

/** Calls `step` with the share of the time that is over until all of it is, or another run begins under the same name, or the map goes. */
function run(el: Host, name: unknown, ms: number, step: (share: number) => void): Promise<boolean> {
  const own = mine.get(el)!, id = ++own.run, start = performance.now();
  own.runs.set(name, id);
  return new Promise((done) => {
    const tick = (now: number): void => {
      if (own.runs.get(name) !== id || !el.isConnected) return done(false);
      const share = within((now - start) / Math.max(1, ms), 0, 1);
      step(share);
      own.lent.redraw();
      if (share < 1) requestAnimationFrame(tick);
      else done(true);
    };
    requestAnimationFrame(tick);
  });
}

const MOVE_MS = 5000;

async function moveMarker(el: Host, o: any, line: Place[], ms: number): Promise<null> {
  const s: MapState = el.$s, id = o?.markerId ?? o?.id, old = s.layers.markers.find((m) => m.id === id), name = `marker ${id}`;
  if (o?.action === "stop") { mine.get(el)!.runs.delete(name); return null; }
  if (!placeOf(old) || !line.length) throw new Error("there is no such marker, or nowhere to go");
  const path = [placeOf(old)!, ...line], all = lengthOf(path);
  await run(el, name, ms, (share) => {
    const at = share < 1 ? along(path, all * share).at : path[path.length - 1];
    s.layers.markers = s.layers.markers.map((m) => (m.id === id ? { ...m, ...o.markerData, ...at, rotate: numberOr(o.rotate, m.rotate ?? 0) } : m));
  });
  return null;
}

/** Draws a line from its beginning on, point by point. */
async function drawLine(el: Host, o: any): Promise<null> {
  const s: MapState = el.$s, { polylineId: id, points, duration, action: _action, ...look } = o ?? {}, path = places(points), all = lengthOf(path), name = `line ${id}`;
  if (o?.action === "stop") { mine.get(el)!.runs.delete(name); return null; }
  if (path.length < 2) throw new Error("points need two places at least");
  await run(el, name, numberOr(duration, MOVE_MS), (share) => {
    const { at, passed } = along(path, all * share);
    s.layers.polyline = [...s.layers.polyline.filter((l) => l.id !== id), { ...look, id, points: share < 1 ? [...passed, at] : path }];
  });
  return null;
}

/** Without street data a route is the straight line; the answer says how far that is. */
function route(el: Host, name: string, o: any): any {
  const s: MapState = el.$s;
  s.layers.polyline = s.layers.polyline.filter((l) => !l.$route);
  mine.get(el)!.lent.redraw();
  if (name === "clearRoute") return null;
  const ends = places([{ latitude: o?.startLat, longitude: o?.startLng }, { latitude: o?.endLat, longitude: o?.endLng }]);
  if (ends.length < 2) throw new Error("showRoute needs startLat, startLng, endLat and endLng");
  const points = [ends[0], ...places(o?.throughPoints), ends[1]];
  s.layers.polyline = [...s.layers.polyline, { points, color: textOf(o.routeColor) || "#1677FF", width: numberOr(o.routeWidth, 5), dottedLine: true, $route: true }];
  include(el, points, {});
  return { success: true, distance: Math.round(lengthOf(points)), duration: 0 };
}

// ---- markers and overlays -------------------------------------------------------------------------------------------------------

const MARKERS_MAX = 1000;

function change(s: MapState, name: string, o: any): null {
  const ids = new Set<unknown>((o?.remove ?? (name === "removeMarkers" ? o?.markers ?? o?.markerIds : []) ?? []).map((m: any) => m?.id ?? m));
  let list = o?.clear ? [] : s.layers.markers.filter((m) => !ids.has(m.id));
  for (const m of o?.update ?? []) list = list.map((old) => (old.id === m.id ? { ...old, ...m } : old));
  const more = o?.add ?? (name === "addMarkers" ? o?.markers : []) ?? [];
  s.layers.markers = [...list, ...more].slice(0, MARKERS_MAX);
  return null;
}

function overlay(el: Host, name: string, o: any): null {
  const s: MapState = el.$s, old = s.layers["ground-overlays"].find((g) => g.id === o?.id);
  if (name !== "addGroundOverlay" && !old) throw new Error(`there is no overlay ${textOf(o?.id)}`);
  const others = s.layers["ground-overlays"].filter((g) => g !== old);
  mine.get(el)!.lent.set("ground-overlays", name === "removeGroundOverlay" ? others : [...others, { ...old, ...o }]);
  return null;
}

/** By the even-odd rule. */
function contains(polygon: Place[], p: Place): boolean {
  return polygon.reduce((inside, a, n) => {
    const b = polygon[(n || polygon.length) - 1];
    const crosses = a.latitude > p.latitude !== b.latitude > p.latitude && p.longitude < ((b.longitude - a.longitude) * (p.latitude - a.latitude)) / (b.latitude - a.latitude) + a.longitude;
    return crosses ? !inside : inside;
  }, false);
}

function placed(o: any, name: string): Place {
  const p = placeOf(o);
  if (!p) throw new Error(`${name} needs latitude and longitude`);
  return p;
}

/** What asks changes nothing. */
function ask(el: Host, name: string, o: any): any {
  const s: MapState = el.$s;
  switch (name) {
    case "getCenterLocation": return { ...s.center, scale: s.scale };
    case "getScale": return { scale: s.scale };
    case "getRotate": return { rotate: s.rotate };
    case "getSkew": return { skew: s.skew };
    case "getRegion": return regionOf(el);
    case "getMapProperties": return { is3d: 0, isSupportAnim: true, sdkName: "souk", sdkVersion: "1", isSupportOversea: true, needStyleV7: false };
    case "calculateDistance": return measure(o);
    case "polygonContainsPoint": return { success: contains(places(o?.polygon), placed(o?.point, name)) };
    case "mapToScreen": case "getScreenPoint": return pixelOf(el, placed(o, name));
    case "screenToMap": return placeAt(el, numberOr(o?.x, 0), numberOr(o?.y, 0));
    default: return undefined;
  }
}

function offsetOf(raw: any): [number, number] {
  const [x, y] = Array.isArray(raw) ? raw.map(Number) : [];
  if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1)) throw new Error("offset needs two numbers from 0 to 1");
  return [x, y];
}

function act(el: Host, name: string, o: any): any {
  const s: MapState = el.$s, { lent } = mine.get(el)!;
  lent.redraw();
  switch (name) {
    case "moveToLocation": return moveTo(el, o);
    case "gestureEnable": s.may.gestures = truthy(o?.isGestureEnable); return null;
    case "showsScale": s.show.scale = truthy(o?.isShowsScale); return null;
    case "showsCompass": s.show.compass = truthy(o?.isShowsCompass); return null;
    case "setCenterOffset": s.offset = offsetOf(o?.offset); return null;
    case "setMapType":
      if (numberOr(o?.mapType, 0) !== 0) throw new Error("there are no pictures from satellites: this map is a plan");
      return null;
    case "includePoints": return include(el, places(o?.points), paddingOf(o?.padding)) ?? null;
    case "changeMarkers": case "addMarkers": case "removeMarkers": return change(s, name, o);
    case "addGroundOverlay": case "updateGroundOverlay": case "removeGroundOverlay": return overlay(el, name, o);
    case "translateMarker": return moveMarker(el, o, places([o?.destination]), numberOr(o?.duration, 1000));
    case "smoothMoveMarker": return moveMarker(el, o, places(o?.points), numberOr(o?.duration, MOVE_MS));
    case "smoothDrawPolyline": case "smoothMovePolyline": return drawLine(el, o);
    case "stopSmoothDrawPolyline": return drawLine(el, { ...o, action: "stop" });
    case "updateComponents": case "setProps": for (const key in o) lent.set(key.replace(/[A-Z]/g, (c) => "-" + c.toLowerCase()), o[key]); return null;
    case "showRoute": case "clearRoute": return route(el, name, o);
    default: throw new Error(`the map has no ${name}`);
  }
}

export function call(name: string, el: Host, o: any): any {
  const answer = ask(el, name, o);
  return answer === undefined ? act(el, name, o) : answer;
}
