// Touch and mouse become touchStart/Move/End/Cancel, tap and longTap; hover-class is handled here and nowhere else.
import type { Host } from "../elements/element";
import { numberOr } from "../elements/element";
import { EventFlag } from "../wire/wire";
import { bubble, tap, touchOf, type Point } from "./events";
import { hitsOf } from "./locate";
import type { Frame, Page } from "./model";

const LONG_TAP_MS = 500;
/** How far a finger may stray, in CSS pixels, before it is no tap any more. */
const STRAY_PX = 10;
/** Mouse events that a browser makes up after a touch are ignored for this long. */
const ECHO_MS = 1000;

interface Gesture {
  page: Page;
  target: Element;
  x: number;
  y: number;
  timer: number;
  strayed: boolean;
  longTapped: boolean;
}

interface State { now: Gesture | null; touchedAt: number; swallow: boolean; hovers: Hover[] }
interface Hover { el: Host; names: string[]; startTimer: number; stay: number; on: boolean }

/** Listens to one page's gestures. */
export function listenGestures(f: Frame, page: Page): void {
  const s: State = { now: null, touchedAt: -ECHO_MS, swallow: false, hovers: [] };
  const root = page.root;
  root.addEventListener("touchstart", (ev) => touch(f, s, page, ev as TouchEvent), { passive: true });
  root.addEventListener("touchmove", (ev) => touch(f, s, page, ev as TouchEvent), { passive: true });
  if (f.wants.has("touchmove!")) holdTouches(f, page);
  root.addEventListener("touchend", (ev) => touch(f, s, page, ev as TouchEvent), { passive: true });
  root.addEventListener("touchcancel", (ev) => touch(f, s, page, ev as TouchEvent), { passive: true });
  root.addEventListener("mousedown", (ev) => mouseDown(f, s, page, ev as MouseEvent));
  root.addEventListener("click", (ev) => {
    const e = ev as MouseEvent;
    if (s.swallow && e.detail !== 0) { s.swallow = false; return; }
    tap(f, page, e.target as Element, e.clientX, e.clientY);
  });
  root.addEventListener("contextmenu", (ev) => { if (s.now) ev.preventDefault(); });
}

function touch(f: Frame, s: State, page: Page, ev: TouchEvent): void {
  const type = { touchstart: "touchStart", touchmove: "touchMove", touchend: "touchEnd", touchcancel: "touchCancel" }[ev.type]!;
  s.touchedAt = performance.now();
  const changed = ev.changedTouches[0];
  if (type === "touchStart" && ev.touches.length === 1) begin(f, s, page, ev.target as Element, changed);
  if (type === "touchMove") stray(s, changed);
  send(f, page, ev.target as Element, type, [...ev.touches], [...ev.changedTouches]);
  if (type === "touchEnd" || type === "touchCancel") end(f, s, type === "touchCancel");
}

/** Sends a touch event to its handlers, if the program listens to the type at all. */
function send(f: Frame, page: Page, target: Element, type: string, touches: Point[], changed: Point[]): void {
  if (!f.wants.has(type.toLowerCase())) return;
  const points = touches.map((t) => touchOf(page, t));
  const first = changed[0] ? touchOf(page, changed[0]) : points[0];
  const detail = first ? { x: first.pageX, y: first.pageY, clientX: first.clientX, clientY: first.clientY, pageX: first.pageX, pageY: first.pageY } : null;
  bubble(f, target, type, { detail, touches: points, changedTouches: changed.map((t) => touchOf(page, t)) });
}

/**
 * Lets a page refuse to scroll where touchMove is caught or `disable-scroll` is set. Such a listener makes the browser
 * wait for us before it scrolls, so it is added only when a template with one of the two has been seen.
 */
export function holdTouches(f: Frame, page: Page): void {
  page.root.addEventListener("touchmove", (ev) => {
    if (ev.cancelable && holdsScroll(f, ev.target as Element)) ev.preventDefault();
  }, { passive: false });
}

function holdsScroll(f: Frame, target: Element): boolean {
  for (let n: Element | null = target; n; n = n.parentElement) {
    if (n.localName === "a_scroll_view" && (n.scrollHeight > n.clientHeight || n.scrollWidth > n.clientWidth)) return false;
    if (n.hasAttribute("disable-scroll")) return true;
  }
  return hitsOf(f, target, "touchMove").hits.some((hit) => (hit[2] & (EventFlag.Catch | EventFlag.CatchIf)) !== 0);
}

function mouseDown(f: Frame, s: State, page: Page, ev: MouseEvent): void {
  if (ev.button !== 0 || performance.now() - s.touchedAt < ECHO_MS) return;
  const target = ev.target as Element;
  begin(f, s, page, target, ev);
  const point = (e: MouseEvent): Point => ({ clientX: e.clientX, clientY: e.clientY, identifier: 0 });
  send(f, page, target, "touchStart", [point(ev)], [point(ev)]);
  const moved = (e: MouseEvent) => {
    stray(s, e);
    send(f, page, target, "touchMove", [point(e)], [point(e)]);
  };
  const up = (e: MouseEvent) => {
    window.removeEventListener("mousemove", moved);
    window.removeEventListener("mouseup", up);
    send(f, page, target, "touchEnd", [], [point(e)]);
    end(f, s, false);
  };
  window.addEventListener("mousemove", moved);
  window.addEventListener("mouseup", up);
}

function begin(f: Frame, s: State, page: Page, target: Element, at: { clientX: number; clientY: number }): void {
  if (s.now) end(f, s, true);
  const g: Gesture = { page, target, x: at.clientX, y: at.clientY, timer: 0, strayed: false, longTapped: false };
  s.now = g;
  s.swallow = false;
  if (f.wants.has("longtap")) g.timer = window.setTimeout(() => longTap(f, s, g), LONG_TAP_MS);
  hover(f, s, target);
}

function longTap(f: Frame, s: State, g: Gesture): void {
  if (s.now !== g || g.strayed) return;
  const t = touchOf(g.page, { clientX: g.x, clientY: g.y, identifier: 0 });
  const heard = bubble(f, g.target, "longTap", { detail: { x: t.pageX, y: t.pageY, clientX: t.clientX, clientY: t.clientY, pageX: t.pageX, pageY: t.pageY }, touches: [t], changedTouches: [t] });
  g.longTapped = heard;
}

function stray(s: State, at: { clientX: number; clientY: number }): void {
  const g = s.now;
  if (!g || g.strayed || Math.hypot(at.clientX - g.x, at.clientY - g.y) < STRAY_PX) return;
  g.strayed = true;
  clearTimeout(g.timer);
  leave(s, true);
}

function end(f: Frame, s: State, cancelled: boolean): void {
  const g = s.now;
  if (!g) return;
  clearTimeout(g.timer);
  s.now = null;
  // A long tap that was heard, and a drag, are no tap: the click that the browser still sends is dropped.
  s.swallow = g.longTapped || g.strayed;
  leave(s, cancelled);
}

// ---- hover-class ----------------------------------------------------------------------------------------------------

function hover(f: Frame, s: State, target: Element): void {
  leave(s, true);
  for (let n: Element | null = target; n; n = n.parentElement) {
    const isButton = n.localName === "a_button";
    const names = n.getAttribute("hover-class") ?? (isButton ? "button-hover" : n.localName === "a_navigator" ? "navigator-hover" : "");
    if (f.elements[n.localName]?.disabled?.(n as Host)) return;
    if (names && names !== "none") {
      const wait = numberOr(n.getAttribute("hover-start-time"), isButton ? 20 : 50);
      const h: Hover = { el: n as Host, names: names.split(/\s+/).filter(Boolean), startTimer: 0, stay: numberOr(n.getAttribute("hover-stay-time"), isButton ? 70 : 400), on: false };
      h.startTimer = window.setTimeout(() => { h.on = true; h.el.classList.add(...h.names); }, wait);
      s.hovers.push(h);
    }
    if (n.hasAttribute("hover-stop-propagation")) return;
  }
}

/** Takes the hover classes away: at once when the finger strayed, else after their stay time. */
function leave(s: State, atOnce: boolean): void {
  for (const h of s.hovers) {
    const off = () => { clearTimeout(h.startTimer); h.el.classList.remove(...h.names); };
    if (atOnce) off();
    else {
      if (!h.on) h.el.classList.add(...h.names);
      window.setTimeout(off, h.stay);
    }
  }
  s.hovers = [];
}
