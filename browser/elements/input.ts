// input and textarea. The native field keeps the authoritative text: what the program sends back late (an echo of a
// keystroke before the last) is dropped, and nothing is written while an input method is composing.
import { own, part, styleText, textOf, truthy, numberOr, writeAttribute, type Context, type ElementDef, type Host } from "./element";
import { further } from "./further";
import type { Pad } from "./pad";
import type { Json } from "../wire/wire";

type Field = HTMLInputElement | HTMLTextAreaElement;

interface State {
  sent: { text: string; at: number }[]; // told to the program, its echo not yet seen
  value: string;                        // what the program last set
  first: string | null;                 // what a reset goes back to
  late: string | null;                  // set while composing, to be applied after
  composing: boolean;
  reverting: number;                    // timer of a controlled field
  maxlength: number;
  selection: [number, number];
  cursor: number;
  counter: HTMLElement | null;
  focusWanted: boolean;
  type: string;
  shuffled: boolean;                    // random-number
  system: boolean;                      // always-system
}

/** An echo that comes later than this is an order. */
const ECHO_MS = 1500;
const MAX_ECHOES = 100;
/** A controlled field goes back to the program's value when nothing comes within this time. */
const CONTROL_MS = 250;
const MAX_LENGTH = 140;

const MODES: Record<string, string> = { number: "numeric", numberpad: "numeric", digit: "decimal", digitpad: "decimal", idcard: "text", idcardpad: "text" };

function field(el: Host): Field {
  return el.querySelector(".souk-in") as Field;
}

function inside(tag: "input" | "textarea"): (el: Host) => Node {
  return (el) => {
    const ph = part("div", "souk-ph", el);
    ph.setAttribute("aria-hidden", "true");
    part("span", "", ph);
    const f = part(tag, "souk-in a-" + tag + "-content", el) as Field; // the second name is the one that programs' ACSS reaches for
    f.setAttribute("autocomplete", "off");
    f.setAttribute("autocapitalize", "off");
    f.spellcheck = false;
    return el;
  };
}

function create(el: Host): void {
  el.$s = {
    sent: [], value: "", first: null, late: null, composing: false, reverting: 0, maxlength: MAX_LENGTH, selection: [-1, -1], cursor: -1, counter: null, focusWanted: false, type: "text", shuffled: false, system: false,
  } satisfies State;
  if (el.localName === "a_textarea") count(el, true);
}

/** Takes the program's value, unless it is the late echo of something typed since. */
function take(el: Host, text: string): void {
  const s: State = el.$s;
  const f = field(el);
  s.value = text;
  s.first ??= text;
  clearTimeout(s.reverting);
  const now = performance.now();
  s.sent = s.sent.filter((x) => now - x.at < ECHO_MS);
  const echo = s.sent.findIndex((x) => x.text === text);
  if (echo >= 0) s.sent.splice(0, echo + 1);
  if (text === f.value) return;
  if (echo >= 0 && isFocused(el)) return;
  if (s.composing) { s.late = text; return; }
  write(el, text);
}

function write(el: Host, text: string): void {
  const f = field(el);
  const s: State = el.$s;
  const [start, atEnd] = [f.selectionStart, f.selectionStart === f.value.length];
  f.value = s.maxlength >= 0 ? text.slice(0, s.maxlength) : text;
  if (isFocused(el) && start !== null) {
    const to = atEnd ? f.value.length : Math.min(start, f.value.length);
    try { f.setSelectionRange(to, to); } catch { /* number-like fields have no selection */ }
  }
  refresh(el);
}

function isFocused(el: Host): boolean {
  return (el.getRootNode() as ShadowRoot).activeElement === field(el);
}

/** Placeholder, counter and height follow the text. */
function refresh(el: Host): void {
  const f = field(el);
  const s: State = el.$s;
  (el.querySelector(".souk-ph") as HTMLElement).hidden = f.value !== "" || s.composing;
  if (s.counter) s.counter.textContent = s.maxlength >= 0 ? `${f.value.length}/${s.maxlength}` : String(f.value.length);
  if (el.hasAttribute("auto-height")) {
    f.style.height = "auto";
    if (f.scrollHeight) f.style.height = f.scrollHeight + "px";
  }
}

function count(el: Host, on: boolean): void {
  const s: State = el.$s;
  s.counter?.remove();
  s.counter = on ? own(part("div", "souk-count", el)) : null;
  writeAttribute(el, "counted", on);
  if (s.counter) s.counter.setAttribute("aria-hidden", "true");
}

function set(el: Host, name: string, value: Json, ctx: Context): boolean | void {
  const f = field(el);
  const s: State = el.$s;
  switch (name) {
    case "value": return void take(el, textOf(value));
    case "placeholder":
      el.querySelector(".souk-ph > span")!.textContent = textOf(value);
      f.setAttribute("aria-label", textOf(value));
      return;
    case "placeholder-class": el.querySelector(".souk-ph > span")!.className = textOf(value); return;
    case "placeholder-style": (el.querySelector(".souk-ph > span") as HTMLElement).style.cssText = styleText(value); return;
    case "type": s.type = textOf(value); keyboard(el); return false;
    case "random-number": s.shuffled = truthy(value); return keyboard(el);
    case "always-system": s.system = truthy(value); return keyboard(el);
    case "password": if (f instanceof HTMLInputElement) f.type = truthy(value) ? "password" : "text"; return;
    case "disabled": f.disabled = truthy(value); return writeAttribute(el, name, truthy(value));
    case "maxlength":
      s.maxlength = Math.floor(numberOr(value, MAX_LENGTH));
      if (s.maxlength >= 0) f.maxLength = s.maxlength;
      else f.removeAttribute("maxlength");
      return refresh(el);
    case "focus": return focus(el, truthy(value), ctx);
    case "confirm-type": f.enterKeyHint = textOf(value) === "return" ? "enter" : textOf(value); return false;
    case "cursor": s.cursor = numberOr(value, -1); return;
    case "selection-start": s.selection[0] = numberOr(value, -1); return;
    case "selection-end": s.selection[1] = numberOr(value, -1); return;
    case "show-count": return count(el, truthy(value)), refresh(el);
    case "aria-label": f.setAttribute("aria-label", textOf(value)); return;
    case "controlled": case "confirm-hold": case "auto-height": writeAttribute(el, name, truthy(value)); return refresh(el);
    default: return false;
  }
}

/** Whether the keypad of our own is used: where a type asks for it, or digits are to be shuffled. */
function usesPad(s: State): boolean {
  return !s.system && (/pad$/.test(s.type) || (s.shuffled && /^(number|digit|idcard)$/.test(s.type)));
}

function keyboard(el: Host): void {
  field(el).inputMode = usesPad(el.$s) ? "none" : MODES[(el.$s as State).type] ?? "text";
}

function showPad(el: Host, ctx: Context): void {
  const s: State = el.$s;
  if (usesPad(s)) void further<Pad>(ctx, "pad").then((pad) => { if (isFocused(el)) pad.open(el, field(el), s.type.startsWith("digit") ? "." : s.type.startsWith("id") ? "X" : "", s.shuffled, ctx); });
}

function hidePad(el: Host, ctx: Context): void {
  if (usesPad(el.$s)) void further<Pad>(ctx, "pad").then((pad) => pad.close(field(el)));
}

function focus(el: Host, wanted: boolean, ctx: Context): void {
  const s: State = el.$s;
  if (s.focusWanted === wanted) return;
  s.focusWanted = wanted;
  ctx.after(() => {
    if (wanted && el.isConnected) field(el).focus({ preventScroll: false });
    else if (!wanted && isFocused(el)) field(el).blur();
  });
}

/** Puts the cursor where the program wants it. */
function placeCursor(el: Host): void {
  const s: State = el.$s;
  const f = field(el);
  const [start, end] = s.selection;
  if (start >= 0 && end >= 0) f.setSelectionRange(start, end);
  else if (s.cursor >= 0) f.setSelectionRange(s.cursor, s.cursor);
}

function typed(el: Host, ctx: Context): void {
  const s: State = el.$s;
  const f = field(el);
  const value = f.value;
  refresh(el);
  s.sent.push({ text: value, at: performance.now() });
  if (s.sent.length > MAX_ECHOES) s.sent.shift();
  ctx.emit(el, "input", { value, cursor: f.selectionStart ?? value.length });
  if (!el.hasAttribute("controlled") || s.composing) return;
  clearTimeout(s.reverting);
  s.reverting = window.setTimeout(() => { if (!s.composing && f.value !== s.value) write(el, s.value); }, CONTROL_MS);
}

function confirm(el: Host, ev: KeyboardEvent, ctx: Context): void {
  if (ev.key !== "Enter" || ev.isComposing) return;
  const f = field(el);
  if (f instanceof HTMLTextAreaElement && !/^(done|go|next|search|send)$/.test(el.getAttribute("confirm-type") ?? "")) return;
  ev.preventDefault();
  ctx.emit(el, "confirm", { value: f.value });
  if (!el.hasAttribute("confirm-hold")) f.blur();
}

const on: ElementDef["on"] = {
  input(el, _ev, ctx) { typed(el, ctx); },
  focusin(el, _ev, ctx) {
    (el.$s as State).focusWanted = true;
    placeCursor(el);
    showPad(el, ctx);
    ctx.emit(el, "focus", { value: field(el).value });
  },
  focusout(el, _ev, ctx) {
    const s: State = el.$s;
    s.focusWanted = false;
    s.composing = false;
    hidePad(el, ctx);
    ctx.emit(el, "blur", { value: field(el).value });
  },
  compositionstart(el) { (el.$s as State).composing = true; refresh(el); },
  compositionend(el, _ev, ctx) {
    const s: State = el.$s;
    s.composing = false;
    if (s.late !== null && s.late !== field(el).value && !s.sent.some((x) => x.text === s.late)) write(el, s.late);
    s.late = null;
    refresh(el);
    if (s.sent[s.sent.length - 1]?.text !== field(el).value) typed(el, ctx);
  },
  keydown(el, ev, ctx) { confirm(el, ev, ctx); },
};

const shared = {
  create,
  set,
  on,
  tap(el: Host) { field(el).focus(); },
  value: (el: Host) => field(el).value,
  destroy: hidePad,
  reset(el: Host) { write(el, (el.$s as State).first ?? ""); },
};

export const input: ElementDef = { inner: inside("input"), ...shared };
export const textarea: ElementDef = { inner: inside("textarea"), ...shared };
