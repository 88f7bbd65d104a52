// map: positions true to scale on a plain grid. There are no map tiles: the frame reaches no network, and Souk carries
// no map data; it says so on the map. Drag, pinch, wheel and double tap move and zoom; markers are real buttons.
import { answers } from "./callable";
import { drag } from "./drag";
import { numberOr, own, part, textOf, truthy, type Context, type ElementDef, type Host } from "./element";
import { drawMap } from "./map-draw";
import { distance, project, unproject, type Place, type Point } from "./mercator";

export interface MapState {
  center: Place;
  scale: number;
  layers: Record<"markers" | "polyline" | "polygon" | "circles" | "controls" | "include-points", any[]>;
  showScale: boolean;
  showLocation: boolean;
  gestures: boolean;
  zoom: boolean;
  scroll: boolean;
  canvas: HTMLCanvasElement;
  pins: HTMLElement;
  callout: number | string | null;
  queued: boolean;
  touches: Map<number, Point>;
  pinch: number;
  stop: (() => void)[];
  padding: Record<string, number>;
}

const MIN_SCALE = 3, MAX_SCALE = 20;
const MAX_MARKERS = 1000;
const LISTS = ["markers", "polyline", "polygon", "circles", "controls", "include-points"];

/** Where a place is drawn, in pixels from the map's corner. */
export function pixelOf(el: Host, p: Place): Point {
  const s: MapState = el.$s;
  const c = project(s.center, s.scale), at = project(p, s.scale);
  return { x: at.x - c.x + el.clientWidth / 2, y: at.y - c.y + el.clientHeight / 2 };
}

export function placeAt(el: Host, x: number, y: number): Place {
  const s: MapState = el.$s;
  const c = project(s.center, s.scale);
  return unproject({ x: c.x + x - el.clientWidth / 2, y: c.y + y - el.clientHeight / 2 }, s.scale);
}

export function placeOf(raw: any): Place | null {
  const latitude = Number(raw?.latitude), longitude = Number(raw?.longitude);
  return Number.isFinite(latitude) && Number.isFinite(longitude) && raw?.latitude !== null ? { latitude, longitude } : null;
}

function redraw(el: Host, ctx: Context): void {
  const s: MapState = el.$s;
  if (s.queued) return;
  s.queued = true;
  requestAnimationFrame(() => {
    s.queued = false;
    if (!el.isConnected) return;
    drawMap(el, s);
    pins(el, ctx);
  });
}

// ---- markers, callouts, controls: DOM, so that they can be tapped and read ------------------------------------------

function pins(el: Host, ctx: Context): void {
  const s: MapState = el.$s;
  const made: HTMLElement[] = [];
  for (const m of s.layers.markers.slice(0, MAX_MARKERS)) {
    const place = placeOf(m);
    if (!place || !inRange(m.displayRanges, s.scale)) continue;
    const at = pixelOf(el, place);
    if (at.x < -200 || at.y < -200 || at.x > el.clientWidth + 200 || at.y > el.clientHeight + 200) continue;
    made.push(pin(el, m, place, at, ctx));
    if (s.callout === m.id && m.callout?.content) made.push(bubble(el, m, place, at, ctx));
  }
  for (const c of s.layers.controls.slice(0, 50)) made.push(control(el, c, ctx));
  s.pins.replaceChildren(...made);
}

function inRange(ranges: any, scale: number): boolean {
  return !Array.isArray(ranges) || ranges.some((r) => scale >= Number(r?.from) && scale <= Number(r?.to));
}

function button(css: string, label: string, tapped: () => void): HTMLElement {
  const b = document.createElement("div");
  b.style.cssText = "position:absolute;cursor:pointer;" + css;
  b.tabIndex = 0;
  b.setAttribute("role", "button");
  if (label) b.setAttribute("aria-label", label);
  b.addEventListener("click", (ev) => { ev.stopPropagation(); tapped(); });
  b.addEventListener("keydown", (ev) => { if (ev.key === "Enter" || ev.key === " ") { ev.preventDefault(); ev.stopPropagation(); tapped(); } });
  return b;
}

function pin(el: Host, m: any, place: Place, at: Point, ctx: Context): HTMLElement {
  const s: MapState = el.$s;
  const w = numberOr(m.width, 0), h = numberOr(m.height, 0);
  const ax = numberOr(m.anchorX, 0.5), ay = numberOr(m.anchorY, 1);
  const icon = ctx.asset(m.iconPath);
  const b = button(`left:${at.x}px;top:${at.y}px;transform:translate(${-ax * 100}%,${-ay * 100}%) rotate(${numberOr(m.rotate, 0)}deg);opacity:${numberOr(m.alpha, 1)};z-index:${Math.round(numberOr(m.markerLevel, 0)) + 1}`,
    textOf(m.title) || "marker", () => {
      s.callout = s.callout === m.id ? null : m.id;
      ctx.emit(el, "markerTap", { markerId: m.id ?? null, ...place });
      redraw(el, ctx);
    });
  if (icon) {
    const img = document.createElement("img");
    img.src = icon;
    img.alt = "";
    img.draggable = false;
    img.style.cssText = `display:block;${w ? `width:${w}px;` : "max-width:48px;"}${h ? `height:${h}px` : ""}`;
    b.appendChild(img);
  } else {
    const drop = part("div", "", b);
    drop.style.cssText = "width:22px;height:22px;border-radius:50% 50% 50% 0;background:#1677ff;border:2px solid #fff;box-sizing:border-box;transform:rotate(-45deg);box-shadow:0 1px 4px rgba(0,0,0,.4)";
  }
  const text = textOf(m.label?.content ?? m.iconAppendStr);
  if (text) label(b, text, m.label ?? { color: m.iconAppendStrColor });
  return b;
}

function label(parent: HTMLElement, text: string, look: any): void {
  const l = part("span", "", parent);
  l.textContent = text;
  l.style.cssText = `position:absolute;left:50%;top:100%;transform:translateX(-50%);white-space:nowrap;font-size:${numberOr(look.fontSize, 12)}px;padding:${numberOr(look.padding, 2)}px;border-radius:${numberOr(look.borderRadius, 3)}px`;
  l.style.color = textOf(look.color) || "#333";
  l.style.backgroundColor = textOf(look.bgColor) || "rgba(255,255,255,.85)";
}

function bubble(el: Host, m: any, place: Place, at: Point, ctx: Context): HTMLElement {
  const b = button(`left:${at.x}px;top:${at.y - numberOr(m.height, 28) - 6}px;transform:translate(-50%,-100%);z-index:1000;background:#fff;color:#333;border-radius:6px;padding:6px 10px;font-size:13px;white-space:nowrap;box-shadow:0 1px 6px rgba(0,0,0,.3)`,
    "", () => ctx.emit(el, "calloutTap", { markerId: m.id ?? null, ...place }));
  b.textContent = textOf(m.callout.content);
  return b;
}

function control(el: Host, c: any, ctx: Context): HTMLElement {
  const at = c?.position ?? {};
  const size = (at.width ? `width:${numberOr(at.width, 40)}px;` : "") + (at.height ? `height:${numberOr(at.height, 40)}px;` : "");
  const b = button(`left:${numberOr(at.left, 0)}px;top:${numberOr(at.top, 0)}px;z-index:1001;${size}`, "control", () => { if (truthy(c.clickable)) ctx.emit(el, "controlTap", { controlId: c.id ?? null }); });
  const img = document.createElement("img");
  img.src = ctx.asset(c?.iconPath);
  img.alt = "";
  img.style.cssText = "display:block;" + (size ? "width:100%;height:100%" : "");
  b.appendChild(img);
  return b;
}

// ---- moving ---------------------------------------------------------------------------------------------------------

function region(el: Host, type: "begin" | "end", causedBy: string, ctx: Context): void {
  const s: MapState = el.$s;
  ctx.emit(el, "regionChange", { type, ...s.center, scale: s.scale, skew: 0, rotate: 0, causedBy });
}

function zoomAt(el: Host, to: number, x: number, y: number, ctx: Context): void {
  const s: MapState = el.$s;
  const scale = Math.min(MAX_SCALE, Math.max(MIN_SCALE, to));
  const fixed = placeAt(el, x, y);
  s.scale = scale;
  const f = project(fixed, scale);
  s.center = unproject({ x: f.x - x + el.clientWidth / 2, y: f.y - y + el.clientHeight / 2 }, scale);
  redraw(el, ctx);
}

function follow(el: Host, ctx: Context): void {
  const s: MapState = el.$s;
  let from: Point = { x: 0, y: 0 };
  s.stop.push(drag(el, {
    start() {
      if (!s.gestures || !s.scroll || s.touches.size > 1) return false;
      from = project(s.center, s.scale);
      region(el, "begin", "gesture", ctx);
      return true;
    },
    move(d) {
      if (s.touches.size > 1) return;
      s.center = unproject({ x: from.x - d.dx, y: from.y - d.dy }, s.scale);
      redraw(el, ctx);
    },
    end() { region(el, "end", "gesture", ctx); },
  }));
  listen(el, el, "wheel", (ev: WheelEvent) => {
    if (!s.gestures || !s.zoom) return;
    ev.preventDefault();
    const box = el.getBoundingClientRect();
    zoomAt(el, s.scale - ev.deltaY / 240, ev.clientX - box.left, ev.clientY - box.top, ctx);
  }, { passive: false });
  listen(el, el, "dblclick", (ev: MouseEvent) => {
    const box = el.getBoundingClientRect();
    if (s.gestures && s.zoom) zoomAt(el, Math.round(s.scale) + 1, ev.clientX - box.left, ev.clientY - box.top, ctx);
  });
  pinch(el, ctx);
}

function listen(el: Host, on: EventTarget, type: string, f: (ev: any) => void, options?: AddEventListenerOptions): void {
  on.addEventListener(type, f, options);
  (el.$s as MapState).stop.push(() => on.removeEventListener(type, f, options));
}

function pinch(el: Host, ctx: Context): void {
  const s: MapState = el.$s;
  const spread = () => {
    const [a, b] = [...s.touches.values()];
    return { distance: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  };
  let base = 0;
  listen(el, el, "pointerdown", (ev: PointerEvent) => {
    s.touches.set(ev.pointerId, { x: ev.clientX, y: ev.clientY });
    if (s.touches.size === 2) { s.pinch = spread().distance; base = s.scale; }
  });
  listen(el, window, "pointermove", (ev: PointerEvent) => {
    if (!s.touches.has(ev.pointerId)) return;
    s.touches.set(ev.pointerId, { x: ev.clientX, y: ev.clientY });
    if (s.touches.size !== 2 || !s.zoom || !s.gestures || !s.pinch) return;
    const now = spread(), box = el.getBoundingClientRect();
    zoomAt(el, base + Math.log2(now.distance / s.pinch), now.x - box.left, now.y - box.top, ctx);
  });
  for (const type of ["pointerup", "pointercancel"]) listen(el, window, type, (ev: PointerEvent) => { s.touches.delete(ev.pointerId); });
}

/** Moves and zooms so that all places are seen. */
function include(el: Host, places: Place[], padding: Record<string, any>, ctx: Context): void {
  const s: MapState = el.$s;
  if (!places.length) return;
  const lat = places.map((p) => p.latitude), lon = places.map((p) => p.longitude);
  const a = { latitude: Math.max(...lat), longitude: Math.min(...lon) }, b = { latitude: Math.min(...lat), longitude: Math.max(...lon) };
  const room = {
    w: Math.max(20, el.clientWidth - numberOr(padding.left, 20) - numberOr(padding.right, 20)),
    h: Math.max(20, el.clientHeight - numberOr(padding.top, 20) - numberOr(padding.bottom, 20)),
  };
  const pa = project(a, 0), pb = project(b, 0);
  const fits = Math.min(Math.log2(room.w / Math.max(1e-9, pb.x - pa.x)), Math.log2(room.h / Math.max(1e-9, pb.y - pa.y)));
  s.scale = Math.min(18, Math.max(MIN_SCALE, fits));
  s.center = unproject({ x: (pa.x + pb.x) / 2, y: (pa.y + pb.y) / 2 }, 0);
  redraw(el, ctx);
}

// ---- what my.createMapContext calls ---------------------------------------------------------------------------------

function control_(el: Host, name: string, o: any, ctx: Context): any {
  const s: MapState = el.$s;
  switch (name) {
    case "getCenterLocation": return { ...s.center, scale: s.scale };
    case "getScale": return { scale: s.scale };
    case "getRotate": return { rotate: 0 };
    case "getSkew": return { skew: 0 };
    case "getRegion": {
      const ne = placeAt(el, el.clientWidth, 0), sw = placeAt(el, 0, el.clientHeight);
      return { northeast: ne, southwest: sw };
    }
    case "moveToLocation": {
      const to = placeOf(o);
      if (!to) throw new Error("moveToLocation needs latitude and longitude: the map does not know where the person is");
      s.center = to;
      if (o.scale) s.scale = numberOr(o.scale, s.scale);
      region(el, "end", "update", ctx);
      return redraw(el, ctx) ?? null;
    }
    case "gestureEnable": s.gestures = truthy(o?.isGestureEnable); return null;
    case "showsScale": s.showScale = truthy(o?.isShowsScale); redraw(el, ctx); return null;
    case "includePoints": include(el, places(o?.points), paddingOf(o?.padding), ctx); return null;
    case "changeMarkers": case "addMarkers": case "removeMarkers": change(s, name, o); redraw(el, ctx); return null;
    case "translateMarker": case "smoothMoveMarker": return translate(el, o, ctx);
    case "updateComponents": update(el, o, ctx); return null;
    case "showRoute": case "clearRoute": return route(el, name, o, ctx);
    case "calculateDistance": return { distance: along(places(o?.points)) };
    case "mapToScreen": case "getScreenPoint": { const p = placeOf(o); if (!p) throw new Error(`${name} needs latitude and longitude`); return pixelOf(el, p); }
    case "screenToMap": return placeAt(el, numberOr(o?.x, 0), numberOr(o?.y, 0));
    default: throw new Error(`the map has no ${name}`);
  }
}

function places(raw: any): Place[] {
  return (Array.isArray(raw) ? raw : []).map(placeOf).filter((p): p is Place => p !== null);
}

function paddingOf(raw: any): Record<string, any> {
  return Array.isArray(raw) ? { top: raw[0], right: raw[1], bottom: raw[2], left: raw[3] } : raw ?? {};
}

function along(list: Place[]): number {
  return list.slice(1).reduce((sum, p, i) => sum + distance(list[i], p), 0);
}

function change(s: MapState, name: string, o: any): void {
  const ids = new Set<unknown>((o?.remove ?? (name === "removeMarkers" ? o?.markers ?? o?.markerIds : []) ?? []).map((m: any) => m?.id ?? m));
  let list = s.layers.markers.filter((m) => !ids.has(m.id));
  for (const m of o?.update ?? []) list = list.map((old) => (old.id === m.id ? { ...old, ...m } : old));
  const more = o?.add ?? (name === "addMarkers" ? o?.markers : []) ?? [];
  s.layers.markers = [...list, ...more].slice(0, MAX_MARKERS);
}

function translate(el: Host, o: any, ctx: Context): Promise<null> {
  const s: MapState = el.$s;
  const id = o?.markerId ?? o?.id;
  const from = placeOf(s.layers.markers.find((m) => m.id === id));
  const to = placeOf(o?.destination ?? o?.points?.[o.points.length - 1]);
  if (!from || !to) throw new Error("there is no such marker, or no destination");
  const start = performance.now(), time = Math.max(1, numberOr(o.duration, 1000));
  return new Promise((done) => {
    const step = (now: number) => {
      const t = Math.min(1, Math.max(0, (now - start) / time));
      const at = { latitude: from.latitude + (to.latitude - from.latitude) * t, longitude: from.longitude + (to.longitude - from.longitude) * t };
      s.layers.markers = s.layers.markers.map((m) => (m.id === id ? { ...m, ...at, rotate: numberOr(o.rotate, m.rotate ?? 0) } : m));
      redraw(el, ctx);
      if (t < 1 && el.isConnected) requestAnimationFrame(step);
      else done(null);
    };
    requestAnimationFrame(step);
  });
}

function update(el: Host, o: any, ctx: Context): void {
  for (const [name, value] of Object.entries(o ?? {})) map.set!(el, name, value as any, ctx);
}

/** Without street data a route is the straight line; the answer says how far that is. */
function route(el: Host, name: string, o: any, ctx: Context): any {
  const s: MapState = el.$s;
  s.layers.polyline = s.layers.polyline.filter((l) => !l.$route);
  if (name === "clearRoute") return redraw(el, ctx) ?? null;
  const points = places([{ latitude: o?.startLat, longitude: o?.startLng }, { latitude: o?.endLat, longitude: o?.endLng }]);
  if (points.length < 2) throw new Error("showRoute needs startLat, startLng, endLat and endLng");
  s.layers.polyline = [...s.layers.polyline, { points, color: textOf(o.routeColor) || "#1677FF", width: numberOr(o.routeWidth, 5), dottedLine: true, $route: true }];
  include(el, points, {}, ctx);
  return { success: true, distance: Math.round(along(points)), duration: 0 };
}

export const map: ElementDef = {
  create(el, ctx) {
    const canvas = own(part("canvas", "souk-canvas", el)) as HTMLCanvasElement;
    const pins_ = own(part("div", "", el));
    pins_.style.cssText = "position:absolute;inset:0;overflow:hidden;pointer-events:none";
    const sheet = own(document.createElement("style"));
    sheet.textContent = "a_map > div > * { pointer-events: auto; }";
    el.appendChild(sheet);
    const s: MapState = {
      center: { latitude: 39.9042, longitude: 116.4074 }, scale: 16, layers: { markers: [], polyline: [], polygon: [], circles: [], controls: [], "include-points": [] },
      showScale: true, showLocation: false, gestures: true, zoom: true, scroll: true, canvas, pins: pins_, callout: null, queued: false, touches: new Map(), pinch: 0, stop: [], padding: {},
    };
    el.$s = s;
    canvas.style.position = "absolute";
    el.setAttribute("role", "application");
    el.setAttribute("aria-label", "map");
    el.tabIndex = 0;
    follow(el, ctx);
    answers(el, (name, args) => control_(el, name, args[0] ?? {}, ctx));
    const size = new ResizeObserver(() => redraw(el, ctx));
    size.observe(el);
    s.stop.push(() => size.disconnect());
    el.addEventListener("click", (ev) => {
      const box = el.getBoundingClientRect();
      ctx.emit(el, "tap", { ...placeAt(el, ev.clientX - box.left, ev.clientY - box.top) });
    });
    ctx.after(() => { redraw(el, ctx); ctx.emit(el, "initComplete", {}); });
  },
  set(el, name, value, ctx) {
    const s: MapState = el.$s;
    if (LISTS.includes(name)) (s.layers as any)[name] = Array.isArray(value) ? value : [];
    else if (name === "latitude" || name === "longitude") s.center = { ...s.center, [name]: numberOr(value, s.center[name]) };
    else if (name === "scale") s.scale = Math.min(MAX_SCALE, Math.max(MIN_SCALE, numberOr(value, 16)));
    else if (name === "show-scale") s.showScale = truthy(value);
    else if (name === "show-location") s.showLocation = truthy(value);
    else if (name === "enable-zoom") s.zoom = truthy(value);
    else if (name === "enable-scroll") s.scroll = truthy(value);
    else if (name === "include-padding") s.padding = paddingOf(value);
    else if (name === "setting") setting(s, value);
    else return false;
    if (name === "include-points") ctx.after(() => include(el, places(value), s.padding, ctx));
    redraw(el, ctx);
  },
  destroy(el) { for (const stop of (el.$s as MapState).stop) stop(); },
  on: {
    keydown(el, ev: KeyboardEvent, ctx) {
      const s: MapState = el.$s;
      const by: Record<string, [number, number]> = { ArrowLeft: [-60, 0], ArrowRight: [60, 0], ArrowUp: [0, -60], ArrowDown: [0, 60] };
      const [w, h] = [el.clientWidth / 2, el.clientHeight / 2];
      if (by[ev.key]) s.center = placeAt(el, w + by[ev.key][0], h + by[ev.key][1]);
      else if (ev.key === "+" || ev.key === "-") s.scale = Math.min(MAX_SCALE, Math.max(MIN_SCALE, s.scale + (ev.key === "+" ? 1 : -1)));
      else return;
      ev.preventDefault();
      redraw(el, ctx);
      region(el, "end", "gesture", ctx);
    },
  },
};

function setting(s: MapState, value: any): void {
  if (value?.gestureEnable !== undefined) s.gestures = truthy(value.gestureEnable);
  if (value?.showScale !== undefined) s.showScale = truthy(value.showScale);
}
