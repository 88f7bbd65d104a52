// Fingers, mouse and keys on a map. Comes with every map, after it is drawn (further.ts).
import { drag } from "./drag";
import type { Context, Host } from "./element";
import type { MapState } from "./map";
import { placeAt, region, SCALE_MAX, SCALE_MIN, SKEW_MAX, within, type Cause } from "./map-view";
import { project, unproject, type Place, type Point } from "./mercator";

export interface MapTouch { follow(el: Host, ctx: Context, redraw: () => void): void }

/** Moves the map so that a place comes under a point. */
function bring(el: Host, place: Place, x: number, y: number): void {
  const s: MapState = el.$s, is = project(placeAt(el, x, y), s.scale), want = project(place, s.scale), c = project(s.center, s.scale);
  s.center = unproject({ x: c.x + want.x - is.x, y: c.y + want.y - is.y }, s.scale);
}

function zoomAt(el: Host, to: number, x: number, y: number, redraw: () => void): void {
  const s: MapState = el.$s, fixed = placeAt(el, x, y);
  s.scale = within(to, SCALE_MIN, SCALE_MAX);
  bring(el, fixed, x, y);
  redraw();
}

function turn(s: MapState, rotate: number, skew: number): void {
  if (s.may.rotate) s.rotate = ((rotate % 360) + 360) % 360;
  if (s.may.tilt) s.skew = within(skew, 0, SKEW_MAX);
}

export function follow(el: Host, ctx: Context, redraw: () => void): void {
  const s: MapState = el.$s;
  let held: Place = s.center, from = [0, 0], turning = false;
  const at = (x: number, y: number): [number, number] => { const box = el.getBoundingClientRect(); return [x - box.left, y - box.top]; };
  s.stop.push(drag(el, {
    start(d) {
      s.moved = true;
      turning = d.event.shiftKey;
      if (!s.may.gestures || !(s.may.scroll || turning) || s.touches.size > 1) return false;
      held = placeAt(el, ...at(d.x0, d.y0));
      from = [s.rotate, s.skew];
      region(el, "begin", "gesture", ctx);
      return true;
    },
    move(d) {
      if (s.touches.size > 1) return;
      if (turning) turn(s, from[0] + d.dx / 2, from[1] - d.dy / 4);
      else bring(el, held, ...at(d.x0 + d.dx, d.y0 + d.dy));
      redraw();
    },
    end() { region(el, "end", turning ? "rotate" : "drag", ctx); },
  }));
  let wheeling = 0;
  listen(el, el, "wheel", (ev: WheelEvent) => {
    if (!s.may.gestures || !s.may.zoom) return;
    ev.preventDefault();
    if (!wheeling) region(el, "begin", "gesture", ctx);
    clearTimeout(wheeling);
    wheeling = window.setTimeout(() => { wheeling = 0; region(el, "end", "scale", ctx); }, 200);
    zoomAt(el, s.scale - ev.deltaY / 240, ...at(ev.clientX, ev.clientY), redraw);
  }, { passive: false });
  listen(el, el, "dblclick", (ev: MouseEvent) => {
    if (s.may.gestures && s.may.zoom) zoomAt(el, Math.round(s.scale) + 1, ...at(ev.clientX, ev.clientY), redraw);
  });
  twoFingers(el, ctx, redraw);
  listen(el, el, "keydown", (ev: KeyboardEvent) => keyed(el, ev, ctx, redraw));
}

function keyed(el: Host, ev: KeyboardEvent, ctx: Context, redraw: () => void): void {
  const s: MapState = el.$s, by = ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] } as Record<string, [number, number]>)[ev.key];
  if (by && ev.shiftKey) turn(s, s.rotate + by[0] * 15, s.skew - by[1] * 10);
  else if (by) s.center = placeAt(el, el.clientWidth * s.offset[0] + by[0] * 60, el.clientHeight * s.offset[1] + by[1] * 60);
  else if (ev.key === "+" || ev.key === "-") s.scale = within(s.scale + (ev.key === "+" ? 1 : -1), SCALE_MIN, SCALE_MAX);
  else return;
  ev.preventDefault();
  redraw();
  region(el, "end", by ? (ev.shiftKey ? "rotate" : "drag") : "scale", ctx);
}

function listen(el: Host, on: EventTarget, type: string, f: (ev: any) => void, options?: AddEventListenerOptions): void {
  on.addEventListener(type, f, options);
  (el.$s as MapState).stop.push(() => on.removeEventListener(type, f, options));
}

/** A turn or a tilt begins beyond so much, that a zoom is not one too. */
const TURN_DEG = 12, TILT_PX = 20;

interface Pair { distance: number; angle: number; x: number; y: number }

function pairOf(touches: Map<number, Point>): Pair {
  const [a, b] = [...touches.values()];
  return { distance: Math.hypot(a.x - b.x, a.y - b.y), angle: (Math.atan2(b.y - a.y, b.x - a.x) * 180) / Math.PI, x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function twoFingers(el: Host, ctx: Context, redraw: () => void): void {
  const s: MapState = el.$s;
  let base: (Pair & { scale: number; rotate: number; skew: number }) | null = null, doing: Cause | "" = "";
  listen(el, el, "pointerdown", (ev: PointerEvent) => {
    s.moved = false;
    s.touches.set(ev.pointerId, { x: ev.clientX, y: ev.clientY });
    if (s.touches.size !== 2 || !s.may.gestures) return;
    base = { ...pairOf(s.touches), scale: s.scale, rotate: s.rotate, skew: s.skew };
    doing = "";
    region(el, "begin", "gesture", ctx);
  });
  listen(el, window, "pointermove", (ev: PointerEvent) => {
    if (!s.touches.has(ev.pointerId)) return;
    s.touches.set(ev.pointerId, { x: ev.clientX, y: ev.clientY });
    if (s.touches.size !== 2 || !base) return;
    s.moved = true;
    const now = pairOf(s.touches), box = el.getBoundingClientRect(), angle = ((now.angle - base.angle + 540) % 360) - 180, stretch = Math.log2(now.distance / base.distance);
    if (!doing && s.may.tilt && Math.abs(now.y - base.y) > TILT_PX && Math.abs(stretch) < 0.15 && Math.abs(angle) < TURN_DEG) doing = "skew";
    else if (!doing && s.may.rotate && Math.abs(angle) > TURN_DEG) doing = "rotate";
    else if (!doing && s.may.zoom && Math.abs(stretch) > 0.15) doing = "scale";
    if (doing === "skew") turn(s, base.rotate, base.skew - (now.y - base.y) / 4);
    if (doing === "rotate") turn(s, base.rotate + angle, base.skew);
    if (doing && doing !== "skew" && s.may.zoom) zoomAt(el, base.scale + stretch, now.x - box.left, now.y - box.top, redraw);
    redraw();
  });
  for (const type of ["pointerup", "pointercancel"]) listen(el, window, type, (ev: PointerEvent) => {
    s.touches.delete(ev.pointerId);
    if (base) region(el, "end", doing || "scale", ctx);
    base = null;
  });
}
