// The keypad of our own: for inputs of the types numberpad, digitpad and idcardpad, and for those that want their digits shuffled. It stands at the
// foot of the frame while its field has the focus; a keyboard of the device's types as ever. Comes when it is first wanted (further.ts).
import { own, part, type Context, type Host } from "./element";

export interface Pad {
  /** Shows the keys for a field; `extra` is the one beside the nought: ".", "X" or "". */
  open(el: Host, field: HTMLInputElement | HTMLTextAreaElement, extra: string, shuffled: boolean, ctx: Context): void;
  close(field: HTMLElement): void;
}

const zh = navigator.language.startsWith("zh");
const word = (chinese: string, english: string): string => (zh ? chinese : english);

let shown: { pad: HTMLElement; field: HTMLElement; scroller: HTMLElement | null } | null = null;

/** Digits in an order that nobody can foresee. */
function shuffle(digits: string[]): string[] {
  const random = crypto.getRandomValues(new Uint32Array(digits.length));
  for (let i = digits.length - 1; i > 0; i--) {
    const j = random[i] % (i + 1);
    [digits[i], digits[j]] = [digits[j], digits[i]];
  }
  return digits;
}

/** Types a key, or takes one back, where the cursor stands. */
function press(field: HTMLInputElement | HTMLTextAreaElement, key: string): void {
  let start = field.selectionStart ?? field.value.length;
  const end = field.selectionEnd ?? start;
  if (key === "" && start === end) start = Math.max(0, start - 1);
  if (key === "" ? start === end : field.maxLength >= 0 && field.value.length - (end - start) >= field.maxLength) return;
  field.setRangeText(key, start, end, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

function keyOf(parent: HTMLElement, text: string, name: string, used: () => void): void {
  const b = part("button", "", parent);
  b.textContent = text;
  b.tabIndex = -1; // who has keys of their own needs none of these
  b.ariaLabel = name;
  b.addEventListener("click", used);
}

export function open(el: Host, field: HTMLInputElement | HTMLTextAreaElement, extra: string, shuffled: boolean, ctx: Context): void {
  if (shown) close(shown.field);
  const pad = own(part("div", "souk-pad")), head = part("div", "souk-pad-head", pad), keys = part("div", "souk-pad-keys", pad);
  const digits = [..."1234567890"], [last, ...nine] = (shuffled ? shuffle(digits) : digits).reverse();
  pad.setAttribute("role", "group");
  pad.ariaLabel = word("数字键盘", "keypad");
  pad.toggleAttribute("data-dark", document.documentElement.dataset.theme === "dark");
  keyOf(head, word("完成", "Done"), word("完成", "Done"), () => field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true })));
  for (const digit of nine.reverse()) keyOf(keys, digit, digit, () => press(field, digit));
  if (extra) keyOf(keys, extra, extra === "." ? word("小数点", "point") : extra, () => press(field, extra));
  else part("span", "", keys);
  keyOf(keys, last, last, () => press(field, last));
  keyOf(keys, "⌫", word("删除", "delete"), () => press(field, ""));
  pad.addEventListener("pointerdown", (ev) => ev.preventDefault()); // the field keeps the focus
  pad.addEventListener("mousedown", (ev) => ev.preventDefault());
  pad.addEventListener("click", (ev) => ev.stopPropagation());
  const root = ctx.root(el), scroller = (root.host as HTMLElement).parentElement;
  root.appendChild(pad);
  pad.popover = "manual";
  pad.showPopover();
  if (scroller) scroller.style.paddingBottom = `${pad.offsetHeight}px`; // what is below can be scrolled above it
  if (field.getBoundingClientRect().bottom > innerHeight - pad.offsetHeight) field.scrollIntoView({ block: "center" });
  shown = { pad, field, scroller };
}

export function close(field: HTMLElement): void {
  if (shown?.field !== field) return;
  shown.pad.remove();
  if (shown.scroller) shown.scroller.style.paddingBottom = "";
  shown = null;
}
