// What an element of a mini-program is: the tables under browser/elements map a tag to one ElementDef; browser/frame
// creates the DOM node `a_<tag>` (domName), feeds it attributes and native events, and knows nothing else of any element.
import type { FrameMessage, Json, Touch } from "../wire/wire";

/** A DOM node of a block, with the marks the frame leaves on it. */
export interface Marked {
  /** The element belongs to its host's inside, not to the template (nodes an element adds at run time in light DOM). */
  $x?: boolean;
  /** The address asked for last, while a file of the program is on its way. */
  $src?: unknown;
  /** An element's own record. */
  $s?: any;
  /** Style properties that the element wrote on itself at run time (an animation's, a position). */
  $kept?: Set<string>;
}
export type Host = HTMLElement & Marked;

/** What the frame offers to elements. */
export interface Context {
  /** Sends a component event to the program if it listens on this element; does not bubble. */
  emit(el: Host, type: string, detail?: Json, touches?: Touch[]): void;
  listens(el: Host, type: string): boolean;
  /** The address of a program file, or the outside address itself; "" for what may not be loaded. */
  asset(address: unknown): string;
  /** Whether an address names a file that the program wrote, saved or was given; `ready` then gets an address to load, or "". */
  file(address: unknown, ready: (url: string) => void): boolean;
  /** Runs after the operations of the flush under way (at once when none is). */
  after(f: () => void): void;
  /** Plays what my.createAnimation exported. */
  animate(el: Host, value: Json): void;
  /** Asks the shell (a sheet, a web-view …); rejects when the person closes it. */
  ask(message: { k: string; [key: string]: unknown }): Promise<any>;
  tell(message: { k: string; [key: string]: unknown }): void;
  /** Events from the shell for a message told with this id. */
  hear(id: number, f: ((message: any) => void) | null): void;
  newId(): number;
  /** Default actions of the element that a click on `el` would run (labels pass taps on). */
  tap(el: Host): void;
  def(el: Element): ElementDef | undefined;
  /** The nearest page's root, to look elements up. */
  root(el: Host): ShadowRoot;
  /** The block and node of an element, as events name it. */
  at(el: Host): [block: number, node: number] | null;
  /** The page's block, to name it to worker and shell. */
  page(el: Host): number;
  send(message: FrameMessage): void;
  /** Path of the template whose attributes are being set, for relative addresses. */
  path: string;
  dev: boolean;
}

export interface ElementDef {
  /** Style properties that `set` writes on the element itself: a program's new `style` leaves them. */
  keeps?: string[];
  /** Builds the static inside on the prototype; returns where the template's children go (default: the element itself). */
  inner?(el: Host): Node;
  /** Present on elements with a record of their own: runs for every copy. Without it `set` must only touch the DOM. */
  create?(el: Host, ctx: Context): void;
  /** Takes an attribute; false = write it as a DOM attribute (which also happens when there is no `set`). */
  set?(el: Host, name: string, value: Json, ctx: Context): boolean | void;
  destroy?(el: Host, ctx: Context): void;
  /** What a tap does; also Enter and Space. */
  tap?(el: Host, ctx: Context): void;
  /** Native events whose target is the element or its inside, by native name. */
  on?: Record<string, (el: Host, ev: any, ctx: Context) => void>;
  /** Form controls: the value sent with a form, and what `reset` goes back to. */
  value?(el: Host): Json | undefined;
  reset?(el: Host, ctx: Context): void;
  /** Taps on a disabled element reach nobody. */
  disabled?(el: Host): boolean;
}
export type Elements = Record<string, ElementDef>;

/** Elements with a shadow root of their own, which browsers give only to names with a hyphen. */
const shadowed = new Set(["swiper", "picker-view", "picker-view-column"]);

/** What an element is called in the document. A name with a hyphen is a custom element to a browser, at a third more for each. */
export function domName(tag: string): string {
  return shadowed.has(tag) ? "a-" + tag : "a_" + tag.replaceAll("-", "_");
}

/** An attribute's truth: absent, false, null, 0 and "" are not; "false" as a literal string is kept true, as on the phone. */
export function truthy(value: Json | undefined): boolean {
  return value !== undefined && value !== null && value !== false && value !== 0 && value !== "";
}

export function numberOr(value: Json | undefined, fallback: number): number {
  const n = typeof value === "string" && value.trim() === "" ? NaN : Number(value);
  return value === null || value === undefined || !Number.isFinite(n) ? fallback : n;
}

/** Text of an attribute: null and undefined are "". */
export function textOf(value: Json | undefined): string {
  return value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
}

const RPX = /(-?(?:\d+\.?\d*|\.\d+))rpx\b/g;

/** Inline style as the browser takes it: rpx computed; `!important` is not for style attributes. */
export function styleText(value: Json | undefined): string {
  let s = textOf(value);
  if (s.includes("rpx")) s = s.replace(RPX, "calc(var(--rpx)*$1)");
  return s.includes("!") ? s.replace(/\s*!\s*important/gi, "") : s;
}

const URLS = /url\(\s*(?:["']([^"']*)["']|([^"')]*?))\s*\)/g;

/** Writes a program's style over the last one, and leaves what the element itself has written. */
export function restyle(el: Host, value: Json | undefined, ctx: Context, keeps: readonly string[] = []): void {
  const names = el.$kept ? [...keeps, ...el.$kept] : keeps;
  const kept = names.map((name) => el.style.getPropertyValue(name));
  const text = styleText(value);
  el.style.cssText = text.includes("url(") ? text.replace(URLS, (_, quoted, bare) => `url(${JSON.stringify(ctx.asset(quoted ?? bare))})`) : text;
  names.forEach((name, i) => { if (kept[i]) el.style.setProperty(name, kept[i]); });
}

/** Writes a style property of the element's own, which a program's style does not take away. */
export function keep(el: Host, name: string, value: string): void {
  (el.$kept ??= new Set()).add(name);
  el.style.setProperty(name, value);
}

/** A CSS length of an attribute: a bare number is pixels. */
export function lengthText(value: Json | undefined): string {
  const s = textOf(value).trim();
  return s === "" ? "" : /^-?[\d.]+$/.test(s) ? s + "px" : styleText(s);
}

const REFUSED = /^(on|slot$|is$|nonce$|contenteditable$|popover$|autofocus$|style$|part$|exportparts$)/;

/** Writes a DOM attribute from a program's value; names that would do more than mark the element are dropped. */
export function writeAttribute(el: Element, name: string, value: Json | undefined): void {
  if (REFUSED.test(name)) return;
  if (name.startsWith("aria-") && typeof value === "boolean") el.setAttribute(name, String(value));
  else if (value === null || value === undefined || value === false) el.removeAttribute(name);
  else el.setAttribute(name, value === true ? "" : textOf(value));
}

/** Makes an element that belongs to another one's inside. */
export function part(tag: string, className: string, parent?: Node): HTMLElement {
  const el = document.createElement(tag) as HTMLElement & Marked;
  el.className = className;
  if (parent) parent.appendChild(el);
  return el;
}

/** Marks what an element adds at run time, so that event targets resolve to the element. */
export function own<T extends Node>(node: T): T {
  (node as T & Marked).$x = true;
  return node;
}

/** The nearest ancestor with this tag, in the same page. */
export function enclosing(el: Element, tag: string): Host | null {
  return el.parentElement ? (el.parentElement.closest(tag) as Host | null) : null;
}
