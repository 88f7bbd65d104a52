// radio, checkbox and switch, with their groups: one mark, drawn by the style sheet from aria-checked.
import { enclosing, textOf, truthy, type Context, type ElementDef, type Host } from "./element";

function isOn(el: Host): boolean {
  return el.getAttribute("aria-checked") === "true";
}

function mark(el: Host, on: boolean): void {
  el.setAttribute("aria-checked", String(on));
}

function disabled(el: Host): boolean {
  return el.getAttribute("aria-disabled") === "true";
}

/** The attributes that the three share. `checked` is also what a reset goes back to. */
function setChoice(el: Host, name: string, value: any): boolean | void {
  switch (name) {
    case "checked":
      mark(el, truthy(value));
      el.setAttribute("data-first", String(truthy(value)));
      if (truthy(value) && el.localName === "a_radio") for (const other of peers(el)) if (other !== el) mark(other, false);
      return;
    case "disabled":
      el.setAttribute("aria-disabled", String(truthy(value)));
      el.tabIndex = truthy(value) ? -1 : 0;
      return;
    case "color": el.style.setProperty("--check", textOf(value)); return;
    default: return false;
  }
}

function begin(role: string): (el: Host) => Node {
  return (el) => {
    el.tabIndex = 0;
    el.setAttribute("role", role);
    mark(el, false);
    return el;
  };
}

function backToFirst(el: Host): void {
  mark(el, el.getAttribute("data-first") === "true");
}

function peers(el: Host): Host[] {
  const group = enclosing(el, "a_radio_group");
  return group ? [...group.querySelectorAll<Host>("a_radio")] : [el];
}

function chosen(group: Host, tag: string): string[] {
  return [...group.querySelectorAll<Host>(tag)].filter(isOn).map((el) => el.getAttribute("value") ?? "");
}

export const radio: ElementDef = {
  keeps: ["--check"],
  inner: begin("radio"),
  set: setChoice,
  disabled,
  tap(el, ctx) {
    if (isOn(el)) return;
    for (const other of peers(el)) mark(other, other === el);
    const value = el.getAttribute("value") ?? "";
    ctx.emit(el, "change", { value });
    const group = enclosing(el, "a_radio_group");
    if (group) ctx.emit(group, "change", { value });
  },
  on: {
    keydown(el, ev: KeyboardEvent, ctx: Context) {
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[ev.key];
      if (!step) return;
      ev.preventDefault();
      const list = peers(el).filter((p) => !disabled(p));
      const next = list[(list.indexOf(el) + step + list.length) % list.length];
      next?.focus();
      if (next) ctx.tap(next);
    },
  },
  reset: backToFirst,
};

export const radioGroup: ElementDef = {
  inner(el) { el.setAttribute("role", "radiogroup"); return el; },
  value: (el) => chosen(el, "a_radio")[0] ?? "",
  reset: (el) => el.querySelectorAll<Host>("a_radio").forEach(backToFirst),
};

export const checkbox: ElementDef = {
  keeps: ["--check"],
  inner: begin("checkbox"),
  set: setChoice,
  disabled,
  tap(el, ctx) {
    mark(el, !isOn(el));
    ctx.emit(el, "change", { value: isOn(el) });
    const group = enclosing(el, "a_checkbox_group");
    if (group) ctx.emit(group, "change", { value: chosen(group, "a_checkbox") });
  },
  reset: backToFirst,
};

export const checkboxGroup: ElementDef = {
  inner(el) { el.setAttribute("role", "group"); return el; },
  value: (el) => chosen(el, "a_checkbox"),
  reset: (el) => el.querySelectorAll<Host>("a_checkbox").forEach(backToFirst),
};

export const switch_: ElementDef = {
  keeps: ["--check"],
  inner: begin("switch"),
  set: setChoice,
  disabled,
  tap(el, ctx) {
    const next = !isOn(el);
    if (!el.hasAttribute("controlled")) mark(el, next);
    ctx.emit(el, "change", { value: next });
  },
  value: isOn,
  reset: backToFirst,
};
