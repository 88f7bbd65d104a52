// Rows of a long list are laid out when they come near the screen. Laying out a thousand rows costs ten times what making them
// does, and a person sees twenty. The browser does it (content-visibility: auto); what is here sees to it that nobody can tell:
// rows wait only where their place and size cannot depend on what is in them, as samples of them show; a row that comes near is an
// ordinary row for ever; what asks for geometry lays the page out as a whole first. In doubt a list is laid out at once.
import { HoleKind } from "../wire/wire";
import { FAR, type Block, type DomNode, type Frame, type Page } from "./model";

/** Looks of rows (tag, class and style) that one list may have; with more of them it is laid out at once. */
const MAX_LOOKS = 8;
/** Elements of a row that are examined; a row with more is laid out at once. */
const MAX_PARTS = 200;
/** Marks a row that is tried out (base.css). */
const TRIED = "souk-tried";

/** What was found of a list: by look, whether rows that look so may wait; `around` is what its ancestors looked like then. */
interface Found { around: string; may: Map<string, boolean> }
let found = new WeakMap<Element, Found>();
/** Pages where rows have waited, and those where none may any more. */
const watched = new WeakSet<Page>(), observed = new WeakSet<Page>();
let listening = false;

/** Lets new rows of long lists wait; while the flush is not done, those that hold nothing yet are kept for later. */
export function setFar(f: Frame, done: boolean): void {
  setNear(f);
  for (const rows of f.long.splice(0)) {
    if (done || elementOf(rows[rows.length - 1])) setRowsFar(f, rows);
    else f.long.push(rows);
  }
}

/** Lets those of a list's new rows wait that may. Lays out the list's first rows when it meets a look for the first time. */
function setRowsFar(f: Frame, rows: Block[]): void {
  const { page } = rows[0], looks = observed.has(page) || page.entry?.config.containRows === false ? null : looksOf(rows);
  if (!looks) {
    for (const row of rows) elementOf(row)?.removeAttribute(FAR);
    return;
  }
  watch(f, page);
  const [[first]] = looks.values(), { may } = foundOf(first.parentElement!);
  if (!first.hasAttribute(FAR)) for (const those of looks.values()) for (const el of those) el.setAttribute(FAR, "");
  for (const [look, those] of looks) {
    const good = may.get(look) ?? mayWait(page, rows[0], those);
    if (good !== undefined) may.set(look, good);
    if (!good) for (const el of those) el.removeAttribute(FAR);
  }
}

/** Lays out what waits on a page: before somebody measures. */
export function whole(page: Page): void {
  if (watched.has(page)) for (const el of page.root.querySelectorAll(`[${FAR}]`)) el.removeAttribute(FAR);
}

/** The same, and no row of the page waits later: an observer has its own idea of near. */
export function keepWhole(page: Page): void {
  whole(page);
  observed.add(page);
}

/** The same for the rows around nodes that got children, or elements that changed, and then for the rows in those too. */
export function setNear(f: Frame): void {
  for (const [node, changes] of f.touched.splice(0)) {
    if (!listening || node.nodeType !== Node.ELEMENT_NODE) continue;
    const el = node as Element;
    el.closest(`[${FAR}]`)?.removeAttribute(FAR);
    if (changes) for (const row of el.querySelectorAll(`[${FAR}]`)) {
      row.removeAttribute(FAR);
      found.delete(row.parentElement!);
    }
  }
}

/** Everything may look different now. */
export function allNear(f: Frame): void {
  found = new WeakMap();
  f.pages.forEach(whole);
}

function watch(f: Frame, page: Page): void {
  if (!watched.has(page)) page.root.addEventListener("contentvisibilityautostatechange", (ev) => {
    if (!(ev as ContentVisibilityAutoStateChangeEvent).skipped) (ev.target as Element).removeAttribute(FAR);
  });
  watched.add(page);
  let width = innerWidth;
  if (!listening) addEventListener("resize", () => {
    if (innerWidth !== width) allNear(f); // media queries
    width = innerWidth;
  });
  listening = true;
}

/** The rows' elements by their looks; null when one has not exactly one element, or there are too many looks. */
function looksOf(rows: Block[]): Map<string, HTMLElement[]> | null {
  const looks = new Map<string, HTMLElement[]>(), { single, holes } = rows[0].t;
  const byClass = single?.nodeType === Node.ELEMENT_NODE && holes.every((h) => h.ref > 0 || h.kind === HoleKind.Class);
  for (const row of rows) {
    const el = elementOf(row);
    if (!el) return null;
    const look = byClass ? el.className : lookOf(el), those = looks.get(look);
    if (those) those.push(el);
    else looks.set(look, [el]);
    if (looks.size > MAX_LOOKS) return null;
  }
  return looks;
}

/** The only element of a row, which may be a component's. */
function elementOf(row: Block): HTMLElement | null {
  if (row.t.roots !== 1) return null;
  const node: DomNode = row.nodes[0];
  if (node.nodeType === Node.ELEMENT_NODE) return node as unknown as HTMLElement;
  const inside = row.lists?.[row.t.rootRegions[0]];
  return inside?.length === 1 ? elementOf(inside[0]) : null;
}

function lookOf(el: Element): string {
  return `${el.localName}.${el.className} ${el.getAttribute("style") ?? ""}`;
}

function foundOf(list: Element): Found {
  let around = "";
  for (let el: Element | null = list; el; el = el.parentElement) around += lookOf(el) + "\n";
  const known = found.get(list);
  if (known?.around === around) return known;
  const fresh = { around, may: new Map<string, boolean>() };
  found.set(list, fresh);
  return fresh;
}

/** Whether rows of a look may wait, as the first, the middle and the last show; undefined while they are not shown. */
function mayWait(page: Page, row: Block, rows: HTMLElement[]): boolean | undefined {
  const samples = [...new Set([rows[0], rows[rows.length >> 1], rows[rows.length - 1]])];
  for (const el of samples) el.removeAttribute(FAR);
  if (!samples.every((el) => el.checkVisibility?.() && el.offsetHeight)) return undefined;
  const good = still(row) && standsInBlocks(rows[0], page) && samples.every(sizedFromOutside) && samples.every(keepsToItself) && sameWhenContained(samples);
  if (good) for (const el of samples) el.setAttribute(FAR, "");
  return good;
}

/** Nothing in the row has a life of its own: elements with a record, events that tell of appearing or of animations. */
function still({ t, lists }: Block): boolean {
  if (t.live.length || t.appear.length || [...t.types].some((type) => /^(animation|transition)/.test(type))) return false;
  return (lists ?? []).every((list) => (list ?? []).every(still));
}

const pixels = (value: CSSStyleValue | undefined) => value instanceof CSSUnitValue && value.unit === "px";
const said = (el: Element, name: string) => el.computedStyleMap().get(name);
const isWord = (el: Element, name: string, ...words: string[]) => words.includes(String(said(el, name)));
const fromOutside = (el: Element, name: string, word: string) => isWord(el, name, word) || said(el, name) instanceof CSSUnitValue;

/** A block whose height is a length and whose width comes from what it stands in. */
function sizedFromOutside(el: Element): boolean {
  return !!el.computedStyleMap && isWord(el, "display", "block", "flow-root", "flex", "grid") && inFlow(el) && pixels(said(el, "height"))
    && (isWord(el, "min-height", "auto") || pixels(said(el, "min-height"))) && (isWord(el, "max-height", "none") || pixels(said(el, "max-height")))
    && fromOutside(el, "width", "auto") && fromOutside(el, "min-width", "auto") && fromOutside(el, "max-width", "none");
}

function inFlow(el: Element): boolean {
  return isWord(el, "position", "static", "relative") && isWord(el, "float", "none") && isWord(el, "writing-mode", "horizontal-tb");
}

/** From the list to the page nothing takes its width from what is in it. */
function standsInBlocks(row: Element, page: Page): boolean {
  const list = row.parentElement;
  if (list && !isWord(list, "display", "block", "flow-root")) return false;
  for (let el: Element | null = list ?? page.host; el; el = above(el, page)) {
    if (!inFlow(el) || el.localName.includes("-") || !isWord(el, "column-count", "auto") || !isWord(el, "column-width", "auto") || !fromOutside(el, "width", "auto")) return false;
    if (!isWord(el, "display", "block", "flow-root") && !stacks(el)) return false;
    if (!isWord(el, "align-self", "auto", "normal", "stretch") || isWord(el, "margin-left", "auto") || isWord(el, "margin-right", "auto")) return false;
  }
  return row.getRootNode() === page.root;
}

function above(el: Element, page: Page): Element | null {
  return el === page.host ? null : el.parentElement ?? page.host;
}

/** A flex container whose items stand one below the other and are as wide as itself. */
function stacks(el: Element): boolean {
  return isWord(el, "display", "flex") && isWord(el, "flex-direction", "column") && isWord(el, "align-items", "normal", "stretch") && isWord(el, "flex-wrap", "nowrap");
}

/** Nothing in the row hangs out of it, is placed by what is outside, counts, or moves. */
function keepsToItself(row: HTMLElement): boolean {
  const parts = [row, ...row.querySelectorAll<HTMLElement>("*")];
  if (parts.length > MAX_PARTS || row.scrollWidth > row.clientWidth || row.scrollHeight > row.clientHeight || row.getAnimations({ subtree: true }).length) return false;
  return parts.every((el) => ["", "::before", "::after"].every((pseudo) => {
    const style = getComputedStyle(el, pseudo);
    if (pseudo && style.content === "none") return true;
    if (`${style.counterIncrement} ${style.counterReset} ${style.counterSet}` !== "none none none" || /quote|counter/.test(style.content)) return false;
    return style.position !== "fixed" && style.position !== "sticky" && (!pseudo || style.position !== "absolute" || getComputedStyle(el).position !== "static");
  }));
}

/** Whether samples, what is in them and what follows them stand where they stood when a row is a world of its own. */
function sameWhenContained(samples: HTMLElement[]): boolean {
  const places = () => samples.flatMap((el) => [el, ...el.querySelectorAll("*"), el.nextElementSibling].map((one) => {
    const r = one?.getBoundingClientRect();
    return r ? `${r.x} ${r.y} ${r.width} ${r.height}` : "";
  })).join();
  const before = places();
  for (const el of samples) el.setAttribute(TRIED, "");
  const after = places();
  for (const el of samples) el.removeAttribute(TRIED);
  return before === after;
}
