// scroll-view: a box that scrolls in the directions it is told, and says when it nears an end.
import { numberOr, textOf, truthy, writeAttribute, type Context, type ElementDef, type Host } from "./element";
import { glide } from "./glide";

interface State { top: number; left: number; upper: boolean; lower: boolean; before: [number, number]; into: string }

const THRESHOLD_PX = 50;
const SCROLL_MS = 300;

function duration(el: Host): number {
  return el.hasAttribute("scroll-with-animation") ? numberOr(el.getAttribute("scroll-animation-duration"), SCROLL_MS) : 0;
}

function scrollInto(el: Host, id: string, ctx: Context): void {
  const target = id ? ctx.root(el).getElementById(id) : null;
  if (!target || !el.contains(target)) return;
  const a = target.getBoundingClientRect(), b = el.getBoundingClientRect();
  if (el.hasAttribute("scroll-y")) void glide(el, "scrollTop", el.scrollTop + a.top - b.top, duration(el));
  if (el.hasAttribute("scroll-x")) void glide(el, "scrollLeft", el.scrollLeft + a.left - b.left, duration(el));
}

/** Tells of the scroll, and once of each end when it is newly near. */
function scrolled(el: Host, ctx: Context): void {
  const s: State = el.$s;
  const upper = numberOr(el.getAttribute("upper-threshold"), THRESHOLD_PX), lower = numberOr(el.getAttribute("lower-threshold"), THRESHOLD_PX);
  const { scrollTop, scrollLeft, scrollHeight, scrollWidth, clientHeight, clientWidth } = el;
  const [top, left] = s.before;
  s.before = [scrollTop, scrollLeft];
  ctx.emit(el, "scroll", { scrollTop, scrollLeft, scrollHeight, scrollWidth, deltaX: left - scrollLeft, deltaY: top - scrollTop });
  const vertical = scrollTop !== top || !el.hasAttribute("scroll-x");
  const nearUpper = vertical ? scrollTop <= upper : scrollLeft <= upper;
  const nearLower = vertical ? scrollTop + clientHeight >= scrollHeight - lower : scrollLeft + clientWidth >= scrollWidth - lower;
  if (nearUpper && !s.upper) ctx.emit(el, "scrollToUpper", { direction: vertical ? "top" : "left" });
  if (nearLower && !s.lower) ctx.emit(el, "scrollToLower", { direction: vertical ? "bottom" : "right" });
  s.upper = nearUpper;
  s.lower = nearLower;
}

export const scrollView: ElementDef = {
  create(el) {
    el.$s = { top: -1, left: -1, upper: true, lower: false, before: [0, 0], into: "" } satisfies State;
  },
  set(el, name, value, ctx) {
    const s: State = el.$s;
    switch (name) {
      case "scroll-x": case "scroll-y": case "scroll-with-animation": case "trap-scroll": return writeAttribute(el, name, truthy(value));
      case "scroll-top":
        s.top = numberOr(value, -1);
        if (s.top >= 0) ctx.after(() => { if (!s.into) void glide(el, "scrollTop", s.top, duration(el)); });
        return;
      case "scroll-left":
        s.left = numberOr(value, -1);
        if (s.left >= 0) ctx.after(() => { if (!s.into) void glide(el, "scrollLeft", s.left, duration(el)); });
        return;
      case "scroll-into-view":
        s.into = textOf(value);
        ctx.after(() => scrollInto(el, s.into, ctx));
        return;
      default: return false;
    }
  },
  on: { scroll(el, ev, ctx) { if (ev.target === el) scrolled(el, ctx); } },
};
