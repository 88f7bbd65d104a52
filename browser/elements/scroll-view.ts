// scroll-view: a box that scrolls in the directions it is told, and says when it nears an end.
import { numberOr, textOf, truthy, writeAttribute, type Context, type ElementDef, type Host } from "./element";
import { glide } from "./glide";

interface State { top: number; left: number; upper: boolean; lower: boolean; before: [number, number]; into: string; guarded: boolean }

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

/**
 * Whether a scroll that a finger or a wheel is about to make is refused: disable-lower-scroll is about scrolls towards the top or the left,
 * disable-upper-scroll about those towards the bottom or the right; each refuses always, or out-of-bounds: where that end is reached.
 */
function refuses(el: Host, dx: number, dy: number): boolean {
  const vertical = Math.abs(dy) >= Math.abs(dx);
  if (!el.hasAttribute(vertical ? "scroll-y" : "scroll-x")) return false;
  const back = (vertical ? dy : dx) < 0;
  const rule = el.getAttribute(back ? "disable-lower-scroll" : "disable-upper-scroll");
  if (rule !== "out-of-bounds") return rule === "always";
  const at = vertical ? el.scrollTop : el.scrollLeft, end = vertical ? el.scrollHeight - el.clientHeight : el.scrollWidth - el.clientWidth;
  return back ? at <= 0 : at >= end - 1;
}

/** Such listeners make the browser wait for us before it scrolls: only where a program asks for it. */
function guard(el: Host): void {
  const s: State = el.$s;
  if (s.guarded) return;
  s.guarded = true;
  let from: Touch | null = null;
  el.addEventListener("touchstart", (ev) => { from = ev.touches[0]; }, { passive: true });
  el.addEventListener("touchmove", (ev) => {
    const to = ev.touches[0];
    if (from && ev.cancelable && refuses(el, from.clientX - to.clientX, from.clientY - to.clientY)) ev.preventDefault();
  }, { passive: false });
  el.addEventListener("wheel", (ev) => { if (refuses(el, ev.deltaX, ev.deltaY)) ev.preventDefault(); }, { passive: false });
}

/** A second tap on the page's title brings back to the top what asks for it. */
export function backToTop(root: ShadowRoot): void {
  for (const el of root.querySelectorAll<HTMLElement>("a_scroll_view[enable-back-to-top][scroll-y]")) void glide(el, "scrollTop", 0, SCROLL_MS);
}

export const scrollView: ElementDef = {
  create(el) {
    el.$s = { top: -1, left: -1, upper: true, lower: false, before: [0, 0], into: "", guarded: false } satisfies State;
  },
  set(el, name, value, ctx) {
    const s: State = el.$s;
    switch (name) {
      case "scroll-x": case "scroll-y": case "scroll-with-animation": case "trap-scroll": case "enable-back-to-top": return writeAttribute(el, name, truthy(value));
      case "disable-lower-scroll": case "disable-upper-scroll":
        guard(el);
        return writeAttribute(el, name, value);
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
