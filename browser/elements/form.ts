// form: gathers the values of its named controls; a button with form-type sends or resets it.
import type { Json } from "../wire/wire";
import type { Context, ElementDef, Host } from "./element";

/** Controls of one form; a program with more has gone wrong. */
const MAX_CONTROLS = 2000;

function controls(form: Host, ctx: Context): Host[] {
  return [...form.querySelectorAll<Host>("*")].filter((el) => ctx.def(el)?.value).slice(0, MAX_CONTROLS);
}

/** Sends `submit` with every named control's value. */
export function submitForm(form: Host, button: Host, ctx: Context): void {
  const value: Record<string, Json> = {};
  for (const el of controls(form, ctx)) {
    const name = el.getAttribute("name");
    const v = name ? ctx.def(el)!.value!(el) : undefined;
    if (name && v !== undefined) value[name] = v;
  }
  const at = ctx.at(button);
  const formId = form.hasAttribute("report-submit") ? { formId: crypto.getRandomValues(new Uint32Array(4)).join("-") } : null;
  ctx.emit(form, "submit", { value, buttonTarget: at ? { at } : null, ...formId });
}

export function resetForm(form: Host, ctx: Context): void {
  for (const el of controls(form, ctx)) ctx.def(el)!.reset?.(el, ctx);
  ctx.emit(form, "reset", {});
}

export const form: ElementDef = {};
