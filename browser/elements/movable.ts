// movable-view: a box the finger drags (and two fingers scale) within its movable-area.
import { drag } from "./drag";
import { enclosing, keep, numberOr, textOf, truthy, writeAttribute, type Context, type ElementDef, type Host } from "./element";

interface State {
  x: number; y: number; scale: number;
  fromX: number; fromY: number;
  direction: string;
  min: number; max: number;
  damping: number; friction: number;
  frame: number;
  touches: Map<number, PointerEvent>;
  pinch: number;
  stop: (() => void)[];
  observer: ResizeObserver | null;
}

function area(el: Host): Host | null {
  return enclosing(el, "a_movable_area");
}

/** The places that the view may have: between its own size and the area's, either way round. */
function limits(el: Host): { x: [number, number]; y: [number, number] } {
  const a = area(el);
  const s: State = el.$s;
  const spread = (outer: number, inner: number): [number, number] => {
    const grown = (inner * (s.scale - 1)) / 2;
    const end = outer - inner - grown;
    return [Math.min(grown, end), Math.max(grown, end)];
  };
  return { x: spread(a?.clientWidth ?? 0, el.offsetWidth), y: spread(a?.clientHeight ?? 0, el.offsetHeight) };
}

function clamp(n: number, [low, high]: [number, number]): number {
  return Math.min(high, Math.max(low, n));
}

function place(el: Host, x: number, y: number, source: string, ctx: Context): void {
  const s: State = el.$s;
  const moved = x !== s.x || y !== s.y;
  s.x = x;
  s.y = y;
  keep(el, "transform", `translate3d(${x}px,${y}px,0) scale(${s.scale})`);
  if (moved) ctx.emit(el, "change", { x: Math.round(x * 100) / 100, y: Math.round(y * 100) / 100, source });
}

/** Settles the view at (x, y), with a spring that damping hurries. */
function settle(el: Host, x: number, y: number, source: string, ctx: Context, done?: () => void): void {
  const s: State = el.$s;
  cancelAnimationFrame(s.frame);
  const still = Math.abs(x - s.x) < 0.5 && Math.abs(y - s.y) < 0.5;
  if (still || !el.isConnected || matchMedia("(prefers-reduced-motion: reduce)").matches) {
    place(el, x, y, source, ctx);
    return done?.();
  }
  const share = 1 - Math.exp(-Math.max(1, s.damping) / 100);
  const step = () => {
    const nx = s.x + (x - s.x) * share, ny = s.y + (y - s.y) * share;
    if (Math.abs(nx - x) < 0.5 && Math.abs(ny - y) < 0.5) { place(el, x, y, source, ctx); return done?.(); }
    place(el, nx, ny, source, ctx);
    s.frame = requestAnimationFrame(step);
  };
  s.frame = requestAnimationFrame(step);
}

function arrange(el: Host, ctx: Context, animated: boolean): void {
  const s: State = el.$s;
  const { x, y } = limits(el);
  const to: [number, number] = [clamp(s.x, x), clamp(s.y, y)];
  if (animated) settle(el, to[0], to[1], "", ctx);
  else place(el, to[0], to[1], "", ctx);
}

function follow(el: Host, ctx: Context): void {
  const s: State = el.$s;
  s.stop.push(drag(el, {
    start() {
      if (el.hasAttribute("disabled") || s.direction === "none" || s.touches.size > 1) return false;
      cancelAnimationFrame(s.frame);
      s.fromX = s.x;
      s.fromY = s.y;
      return true;
    },
    move(d) {
      if (s.touches.size > 1) return;
      const l = limits(el);
      const x = s.direction === "vertical" ? s.x : s.fromX + d.dx, y = s.direction === "horizontal" ? s.y : s.fromY + d.dy;
      const inside = x === clamp(x, l.x) && y === clamp(y, l.y);
      if (el.hasAttribute("out-of-bounds")) place(el, x, y, inside ? "touch" : "touch-out-of-bounds", ctx);
      else place(el, clamp(x, l.x), clamp(y, l.y), "touch", ctx);
    },
    end(d) {
      const l = limits(el);
      const glide = el.hasAttribute("inertia") ? 300 / Math.max(0.5, s.friction) : 0;
      const x = clamp(s.x + (s.direction === "vertical" ? 0 : d.vx * glide), l.x), y = clamp(s.y + (s.direction === "horizontal" ? 0 : d.vy * glide), l.y);
      const source = glide ? "friction" : "out-of-bounds";
      settle(el, x, y, source, ctx, () => ctx.emit(el, "changeEnd", { x: s.x, y: s.y }));
    },
  }));
}

/** Two fingers scale the view; on the whole area when it says so. */
function pinch(el: Host, on: Host, ctx: Context): void {
  const s: State = el.$s;
  const allowed = () => el.hasAttribute("scale") && (on === el || on.hasAttribute("scale-area"));
  const track = (ev: PointerEvent) => {
    if (ev.type === "pointerdown") { if (allowed()) s.touches.set(ev.pointerId, ev); }
    else if (!s.touches.has(ev.pointerId)) return;
    else if (ev.type === "pointermove") s.touches.set(ev.pointerId, ev);
    else s.touches.delete(ev.pointerId);
    const [a, b] = [...s.touches.values()];
    if (!a || !b) { s.pinch = 0; return; }
    const distance = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
    if (!s.pinch) s.pinch = distance / s.scale;
    else zoom(el, distance / s.pinch, ctx);
  };
  for (const type of ["pointerdown", "pointermove", "pointerup", "pointercancel"] as const) {
    const target: EventTarget = type === "pointerdown" ? on : window;
    target.addEventListener(type, track as EventListener);
    s.stop.push(() => target.removeEventListener(type, track as EventListener));
  }
}

function zoom(el: Host, to: number, ctx: Context): void {
  const s: State = el.$s;
  s.scale = Math.min(s.max, Math.max(s.min, to));
  place(el, s.x, s.y, "", ctx);
  ctx.emit(el, "scale", { x: s.x, y: s.y, scale: s.scale });
}

export const movableArea: ElementDef = {
  create() { /* only a box; its views measure it */ },
  set(el, name, value) { return name === "scale-area" ? writeAttribute(el, name, truthy(value)) : false; },
};

export const movableView: ElementDef = {
  create(el, ctx) {
    const s: State = {
      x: 0, y: 0, scale: 1, fromX: 0, fromY: 0, direction: "none", min: 0.5, max: 10, damping: 20, friction: 2, frame: 0, touches: new Map(), pinch: 0, stop: [], observer: null,
    };
    el.$s = s;
    follow(el, ctx);
    pinch(el, el, ctx);
    ctx.after(() => {
      const a = area(el);
      if (!a) return;
      pinch(el, a, ctx);
      s.observer = new ResizeObserver(() => arrange(el, ctx, false));
      s.observer.observe(a);
      s.observer.observe(el);
      arrange(el, ctx, false);
    });
  },
  set(el, name, value, ctx) {
    const s: State = el.$s;
    switch (name) {
      case "direction": s.direction = textOf(value); keep(el, "touch-action", { horizontal: "pan-y", vertical: "pan-x", none: "auto" }[s.direction] ?? "none"); return;
      case "x": case "y": {
        const n = numberOr(parseFloat(textOf(value)), 0);
        ctx.after(() => {
          const l = limits(el);
          const to = { x: s.x, y: s.y, [name]: clamp(n, l[name]) };
          if (el.hasAttribute("animation")) settle(el, to.x, to.y, "", ctx);
          else place(el, to.x, to.y, "", ctx);
        });
        return;
      }
      case "scale-min": s.min = Math.max(0.1, numberOr(value, 0.5)); return;
      case "scale-max": s.max = Math.max(s.min, numberOr(value, 10)); return;
      case "scale-value": ctx.after(() => zoom(el, numberOr(value, 1), ctx)); return;
      case "damping": s.damping = numberOr(value, 20); return;
      case "friction": s.friction = numberOr(value, 2) > 0 ? numberOr(value, 2) : 2; return;
      case "inertia": case "out-of-bounds": case "disabled": case "scale": case "animation": return writeAttribute(el, name, truthy(value));
      default: return false;
    }
  },
  destroy(el) {
    const s: State = el.$s;
    cancelAnimationFrame(s.frame);
    s.observer?.disconnect();
    for (const stop of s.stop) stop();
  },
};
