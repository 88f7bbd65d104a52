// Events: one native listener a type on each page's shadow root. A user event becomes one message with all its handlers.
import type { Host } from "../elements/element";
import type { FrameEvent, Json, Touch as WireTouch } from "../wire/wire";
import { hitsOf, locate } from "./locate";
import type { Frame, Page } from "./model";

export interface Point { clientX: number; clientY: number; identifier: number }

/** Sends a bubbling event to its handlers; true when there was at least one. */
export function bubble(f: Frame, target: Node, type: string, more: { detail?: Json; touches?: WireTouch[]; changedTouches?: WireTouch[] }): boolean {
  const { hits, elements } = hitsOf(f, target, type);
  if (!hits.length) return false;
  const event = eventOf(f, target, more);
  event.cur = elements.map((el) => [(el as HTMLElement).offsetLeft | 0, (el as HTMLElement).offsetTop | 0]);
  f.send([2, type, hits, event]);
  return true;
}

/** Sends a component's event to the element's own handler only. */
export function emit(f: Frame, el: Host, type: string, detail?: Json, touches?: WireTouch[]): void {
  const at = locate(el);
  const on = at?.[0].t.events.get(at[1])?.get(type.toLowerCase());
  if (!at || !on) return;
  f.send([2, on[0], [[at[0].id, at[1], on[1]]], eventOf(f, el, { detail, touches, changedTouches: touches })]);
}

export function listens(el: Host, type: string): boolean {
  const at = locate(el);
  return !!at && !!at[0].t.events.get(at[1])?.has(type.toLowerCase());
}

/** The elements with marks, from the one hit outwards. */
function marksOf(target: Node): [number, number][] {
  const marks: [number, number][] = [];
  for (let n: Node | null = target; n; n = n.parentNode) {
    const at = n.nodeType === Node.ELEMENT_NODE ? locate(n) : null;
    const last = marks[marks.length - 1];
    if (at && at[0].t.marks?.includes(at[1]) && !(last && last[0] === at[0].id && last[1] === at[1])) marks.push([at[0].id, at[1]]);
  }
  return marks;
}

function eventOf(f: Frame, target: Node, more: Partial<FrameEvent>): FrameEvent {
  const el = (target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement) as HTMLElement;
  const at = locate(target);
  if (f.marks) more.marks = marksOf(target);
  return { ts: Date.now(), ...more, target: [at ? at[0].id : 0, at ? at[1] : 0, el.offsetLeft | 0, el.offsetTop | 0] };
}

export function touchOf(page: Page, p: Point): WireTouch {
  const box = page.scroller.getBoundingClientRect();
  const x = round(p.clientX), y = round(p.clientY);
  return { identifier: p.identifier, clientX: x, clientY: y, pageX: round(x - box.left + page.scroller.scrollLeft), pageY: round(y - box.top + page.scroller.scrollTop) };
}

function round(n: number): number {
  return Math.round(n * 100) / 100;
}

/** Native events that only elements' own tables care about, and whether they must be caught on the way down. */
const PASSED: [string, boolean][] = [
  ["input", false], ["change", false], ["focusin", false], ["focusout", false], ["load", true], ["error", true], ["scroll", true],
  ["compositionstart", false], ["compositionend", false], ["pointerdown", false], ["wheel", false], ["play", true], ["pause", true], ["ended", true],
  ["timeupdate", true], ["waiting", true], ["playing", true], ["loadedmetadata", true], ["fullscreenchange", true],
];

/** Native CSS events that a program may listen to as they are. */
const NATIVE = ["transitionend", "animationstart", "animationiteration", "animationend"];

export function listenPage(f: Frame, page: Page): void {
  const root = page.root;
  for (const [type, capture] of PASSED) root.addEventListener(type, (ev) => passOn(f, ev), { capture, passive: true });
  for (const type of NATIVE) {
    root.addEventListener(type, (ev) => {
      const e = ev as AnimationEvent;
      emit(f, ev.target as Host, type, { animationName: e.animationName ?? "", elapsedTime: e.elapsedTime });
    });
  }
  root.addEventListener("keydown", (ev) => keyDown(f, ev as KeyboardEvent));
}

/** Gives a native event to the nearest element whose table names it. */
function passOn(f: Frame, ev: Event): void {
  for (let n = ev.target as Node | null; n; n = n.parentNode) {
    if (n.nodeType !== Node.ELEMENT_NODE) continue;
    const on = f.elements[(n as Element).localName]?.on?.[ev.type];
    if (on) return on(n as Host, ev, f.ctx);
  }
}

function keyDown(f: Frame, ev: KeyboardEvent): void {
  const el = ev.target as HTMLElement;
  const on = f.elements[el.localName]?.on?.keydown ?? f.elements[el.parentElement?.localName ?? ""]?.on?.keydown;
  if (on) on((f.elements[el.localName] ? el : el.parentElement) as Host, ev, f.ctx);
  if (ev.defaultPrevented || ev.isComposing || /^(input|textarea|select|video)$/.test(el.localName)) return;
  if (ev.key !== "Enter" && ev.key !== " ") return;
  if (el.tabIndex < 0) return;
  ev.preventDefault();
  el.click();
}

/** A tap on `target`: its handlers, then what the element does. */
export function tap(f: Frame, page: Page, target: Element, x: number, y: number): void {
  if (isDisabled(f, target)) return;
  if (f.wants.has("tap")) {
    const t = touchOf(page, { clientX: x, clientY: y, identifier: 0 });
    bubble(f, target, "tap", { detail: { x: t.pageX, y: t.pageY, clientX: t.clientX, clientY: t.clientY, pageX: t.pageX, pageY: t.pageY } });
  }
  act(f, target);
}

/** The default action of the nearest element that has one. */
export function act(f: Frame, target: Element): void {
  for (let n: Element | null = target; n; n = n.parentElement) {
    const def = f.elements[n.localName];
    if (!def?.tap) continue;
    if (!def.disabled?.(n as Host)) def.tap(n as Host, f.ctx);
    return;
  }
}

function isDisabled(f: Frame, target: Element): boolean {
  for (let n: Element | null = target; n; n = n.parentElement) if (f.elements[n.localName]?.disabled?.(n as Host)) return true;
  return false;
}
