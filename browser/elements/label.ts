// label: a tap on it is a tap on the control it names, or on the first control inside.
import type { ElementDef, Host } from "./element";

const CONTROLS = "a_radio,a_checkbox,a_switch,a_input,a_textarea,a_button,a_picker,a_slider";

export const label: ElementDef = {
  tap(el, ctx) {
    const id = el.getAttribute("for");
    const control = (id ? ctx.root(el).getElementById(id) : el.querySelector(CONTROLS)) as Host | null;
    if (!control || control === el) return;
    if (/^a_(input|textarea)$/.test(control.localName)) (control.querySelector("input,textarea") as HTMLElement | null)?.focus();
    else ctx.tap(control);
  },
};
