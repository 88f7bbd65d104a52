// label: a tap on it is a tap on the control it names, or on the first control inside.
import type { ElementDef, Host } from "./element";

const CONTROLS = "a-radio,a-checkbox,a-switch,a-input,a-textarea,a-button,a-picker,a-slider";

export const label: ElementDef = {
  tap(el, ctx) {
    const id = el.getAttribute("for");
    const control = (id ? ctx.root(el).getElementById(id) : el.querySelector(CONTROLS)) as Host | null;
    if (!control || control === el) return;
    if (/^a-(input|textarea)$/.test(control.localName)) (control.querySelector("input,textarea") as HTMLElement | null)?.focus();
    else ctx.tap(control);
  },
};
