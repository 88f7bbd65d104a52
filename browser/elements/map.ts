// map: positions true to scale on a plan. There are no streets on it: Souk carries no map data, and says so, until the program brings tiles of its
// own. One finger moves, two zoom, turn and tilt; the wheel zooms, with the shift key a drag turns and tilts. What is drawn where: map-view.ts;
// lines and areas: map-draw.ts; markers: map-marks.ts. What follows comes by itself or when wanted (further.ts): fingers, mouse and keys: map-touch.ts;
// pictures on the ground and panels: map-ground.ts, map-panels.ts; all that a MapContext can do: map-more.ts.
import { answers } from "./callable";
import { numberOr, own, part, textOf, truthy, type Context, type ElementDef, type Host } from "./element";
import { further } from "./further";
import { drawMap } from "./map-draw";
import { marks } from "./map-marks";
import type { MapGround } from "./map-ground";
import type { MapMore } from "./map-more";
import type { MapTouch } from "./map-touch";
import { placeAt, SCALE_MAX, SCALE_MIN, SKEW_MAX, within } from "./map-view";
import type { Place, Point } from "./mercator";

type Layer = "markers" | "polyline" | "polygon" | "circles" | "controls" | "include-points" | "ground-overlays" | "panels";

export interface MapState {
  center: Place;
  scale: number;
  rotate: number;                 // degrees, clockwise
  skew: number;                   // degrees that the far side lies back
  offset: [number, number];       // where on the map its centre is, in shares of it
  layers: Record<Layer, any[]>;
  tile: any;                      // the tile-overlay, or null
  style: string;
  show: { scale: boolean; location: boolean; compass: boolean };
  may: { gestures: boolean; zoom: boolean; scroll: boolean; rotate: boolean; tilt: boolean };
  here: Place | null;             // where the person is, once asked and told
  canvas: HTMLCanvasElement;
  ground: HTMLElement;
  pins: HTMLElement;
  panels: HTMLElement;
  callout: number | string | null;
  queued: boolean;
  moved: boolean;                 // since the finger came down: what follows is no tap
  touches: Map<number, Point>;
  stop: (() => void)[];
  padding: Record<string, any>;
  more: Promise<MapMore> | null;
  below: Promise<void> | null;    // pictures and panels
  paint: (() => void)[];          // what the second half draws too
}

const LISTS = ["markers", "polyline", "polygon", "circles", "controls", "include-points", "ground-overlays", "panels"];

/** What a MapContext calls, for those who do. */
function more(el: Host, ctx: Context): Promise<MapMore> {
  const s: MapState = el.$s;
  const lent = { redraw: () => redraw(el, ctx), set: (name: string, value: any) => { map.set!(el, name, value, ctx); } };
  return s.more ??= further<MapMore>(ctx, "map-more").then((m) => { m.begin(el, ctx, lent); return m; });
}

/** Pictures on the ground, and panels, for those who have them. */
function below(el: Host, ctx: Context): void {
  const s: MapState = el.$s;
  s.below ??= further<MapGround>(ctx, "map-ground").then((m) => {
    s.paint.push(() => m.paint(el, ctx));
    redraw(el, ctx);
  });
}

function redraw(el: Host, ctx: Context): void {
  const s: MapState = el.$s;
  if (s.queued) return;
  s.queued = true;
  requestAnimationFrame(() => {
    s.queued = false;
    if (!el.isConnected) return;
    drawMap(el, s);
    marks(el, ctx, () => redraw(el, ctx));
    for (const paint of s.paint) paint();
  });
}

// ---- the element ----------------------------------------------------------------------------------------------------

function create(el: Host, ctx: Context): void {
  const layer = (tag: string): HTMLElement => own(part(tag, "souk-map"));
  const ground = layer("div"), canvas = layer("canvas") as HTMLCanvasElement, pins = layer("div"), panels = layer("div");
  el.prepend(ground, canvas, pins, panels);
  const s: MapState = {
    center: { latitude: 39.9042, longitude: 116.4074 }, scale: 16, rotate: 0, skew: 0, offset: [0.5, 0.5],
    layers: { markers: [], polyline: [], polygon: [], circles: [], controls: [], "include-points": [], "ground-overlays": [], panels: [] }, tile: null, style: "",
    show: { scale: true, location: false, compass: false }, may: { gestures: true, zoom: true, scroll: true, rotate: true, tilt: true }, here: null,
    canvas, ground, pins, panels, callout: null, queued: false, moved: false, touches: new Map(), stop: [], padding: {}, more: null, below: null, paint: [],
  };
  el.$s = s;
  el.setAttribute("role", "application");
  el.setAttribute("aria-label", "map");
  el.tabIndex = 0;
  void further<MapTouch>(ctx, "map-touch").then((m) => { if (el.isConnected) m.follow(el, ctx, () => redraw(el, ctx)); });
  answers(el, async (name, args) => (await more(el, ctx)).call(name, el, args[0] ?? {}));
  const size = new ResizeObserver(() => redraw(el, ctx));
  size.observe(el);
  s.stop.push(() => size.disconnect());
  el.addEventListener("click", (ev) => tapped(el, ev, ctx));
  ctx.after(() => { redraw(el, ctx); ctx.emit(el, "initComplete", {}); });
}

/** A tap says which place was meant, to a program that listens on the map itself; the end of a drag is none. */
function tapped(el: Host, ev: MouseEvent, ctx: Context): void {
  const s: MapState = el.$s, box = el.getBoundingClientRect(), x = ev.clientX, y = ev.clientY;
  if (!s.moved && !ctx.listens(el, "tap")) return;
  ev.stopPropagation();
  if (!s.moved) ctx.emit(el, "tap", { ...placeAt(el, x - box.left, y - box.top), x, y, clientX: x, clientY: y });
  s.moved = false;
}

/** Whether an attribute is about what map-ground.ts draws. */
function isBelow(name: string, value: any): boolean {
  if (name === "markers") return Array.isArray(value) && value.some((m) => m?.iconLayout || m?.customCallout?.layout);
  return truthy(value) && /^(ground-overlays|tile-overlay|panels)$/.test(name);
}

const FLAGS: Record<string, [group: "show" | "may", name: string]> = {
  "show-scale": ["show", "scale"], "show-location": ["show", "location"], "show-compass": ["show", "compass"],
  "enable-zoom": ["may", "zoom"], "enable-scroll": ["may", "scroll"], "enable-rotate": ["may", "rotate"], "enable-overlooking": ["may", "tilt"],
};

export const map: ElementDef = {
  create,
  set(el, name, value, ctx) {
    const s: MapState = el.$s, n = numberOr(value, 0);
    if (LISTS.includes(name)) s.layers[name as Layer] = Array.isArray(value) ? value : [];
    else if (FLAGS[name]) (s[FLAGS[name][0]] as Record<string, boolean>)[FLAGS[name][1]] = truthy(value);
    else if (name === "latitude" || name === "longitude") s.center = { ...s.center, [name]: numberOr(value, s.center[name]) };
    else if (name === "scale") s.scale = within(numberOr(value, 16), SCALE_MIN, SCALE_MAX);
    else if (name === "rotate") s.rotate = ((n % 360) + 360) % 360;
    else if (name === "skew") s.skew = within(n, 0, SKEW_MAX);
    else if (name === "include-padding") s.padding = (value ?? {}) as any;
    else if (name === "tile-overlay") s.tile = (value as any)?.url ? value : null;
    else if (name === "custom-map-style") s.style = textOf(value);
    else if (name === "setting") setting(s, value);
    else return false;
    if (isBelow(name, value)) below(el, ctx);
    if (truthy(value) && (name === "show-location" || name === "include-points")) void more(el, ctx).then((m) => m.changed(el, name));
    redraw(el, ctx);
  },
  destroy(el) { for (const stop of (el.$s as MapState).stop) stop(); },
};

function setting(s: MapState, value: any): void {
  const set = (name: string, write: (on: boolean) => void): void => { if (value?.[name] !== undefined) write(truthy(value[name])); };
  set("gestureEnable", (on) => { s.may.gestures = on; });
  set("showScale", (on) => { s.show.scale = on; });
  set("showCompass", (on) => { s.show.compass = on; });
  set("tiltGesturesEnabled", (on) => { s.may.tilt = on; });
}
