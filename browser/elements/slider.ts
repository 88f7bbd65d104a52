// slider: a value on a track, by drag, tap or arrow keys.
import { numberOr, part, textOf, truthy, type Context, type ElementDef, type Host } from "./element";
import { drag } from "./drag";

interface State { min: number; max: number; step: number; value: number; first: number | null; shown: boolean; disabled: boolean; stop: () => void }

function draw(el: Host): void {
  const s: State = el.$s;
  const share = s.max > s.min ? (s.value - s.min) / (s.max - s.min) : 0;
  el.style.setProperty("--at", `${Math.min(1, Math.max(0, share)) * 100}%`);
  const figure = el.querySelector<HTMLElement>(".souk-figure")!;
  figure.hidden = !s.shown;
  figure.textContent = String(s.value);
  el.setAttribute("aria-valuemin", String(s.min));
  el.setAttribute("aria-valuemax", String(s.max));
  el.setAttribute("aria-valuenow", String(s.value));
}

/** The nearest allowed value. */
function snap(s: State, value: number): number {
  const steps = Math.round((Math.min(s.max, Math.max(s.min, value)) - s.min) / s.step);
  return Math.min(s.max, Number((s.min + steps * s.step).toFixed(6)));
}

function at(el: Host, clientX: number): number {
  const s: State = el.$s;
  const box = el.querySelector(".souk-track")!.getBoundingClientRect();
  return snap(s, s.min + ((clientX - box.left) / Math.max(1, box.width)) * (s.max - s.min));
}

function change(el: Host, value: number, type: "change" | "changing", ctx: Context): void {
  const s: State = el.$s;
  const moved = value !== s.value;
  s.value = value;
  draw(el);
  if (type === "change" || moved) ctx.emit(el, type, { value });
}

export const slider: ElementDef = {
  keeps: ["--at", "--check", "--rail", "--track", "--knob", "--knob-color"],
  inner(el) {
    el.tabIndex = 0;
    el.setAttribute("role", "slider");
    const track = part("div", "souk-track", el);
    part("div", "souk-done", track);
    part("div", "souk-knob", track);
    part("span", "souk-figure", el).hidden = true;
    return el;
  },
  create(el, ctx) {
    const s: State = { min: 0, max: 100, step: 1, value: 0, first: null, shown: false, disabled: false, stop: () => undefined };
    el.$s = s;
    s.stop = drag(el, {
      start: () => !s.disabled,
      move: (d) => change(el, at(el, d.event.clientX), "changing", ctx),
      end: (d, cancelled) => change(el, cancelled ? s.value : at(el, d.event.clientX), "change", ctx),
    });
    el.addEventListener("click", (ev) => { if (!s.disabled && ev.detail !== 0) tapAt(el, ev.clientX, ctx); });
    draw(el);
  },
  set(el, name, value) {
    const s: State = el.$s;
    switch (name) {
      case "min": s.min = numberOr(value, 0); break;
      case "max": s.max = numberOr(value, 100); break;
      case "step": s.step = Math.max(1e-6, numberOr(value, 1)); break;
      case "value": s.value = numberOr(value, s.min); s.first ??= s.value; break;
      case "show-value": s.shown = truthy(value); break;
      case "disabled":
        s.disabled = truthy(value);
        el.setAttribute("aria-disabled", String(s.disabled));
        el.tabIndex = s.disabled ? -1 : 0;
        return;
      case "active-color": case "color": el.style.setProperty("--check", textOf(value)); return;
      case "background-color": el.style.setProperty("--rail", textOf(value)); return;
      case "track-size": el.style.setProperty("--track", `${numberOr(value, 4)}px`); return;
      case "handle-size": case "block-size": el.style.setProperty("--knob", `${numberOr(value, 22)}px`); return;
      case "handle-color": case "block-color": el.style.setProperty("--knob-color", textOf(value)); return;
      default: return false;
    }
    draw(el);
  },
  destroy(el) { (el.$s as State).stop(); },
  disabled: (el) => (el.$s as State).disabled,
  value: (el) => (el.$s as State).value,
  reset(el) {
    const s: State = el.$s;
    s.value = s.first ?? s.min;
    draw(el);
  },
  on: {
    keydown(el, ev: KeyboardEvent, ctx) {
      const s: State = el.$s;
      const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[ev.key];
      if (s.disabled || (!by && ev.key !== "Home" && ev.key !== "End")) return;
      ev.preventDefault();
      change(el, snap(s, by ? s.value + by * s.step : ev.key === "Home" ? s.min : s.max), "change", ctx);
    },
  },
};

function tapAt(el: Host, x: number, ctx: Context): void {
  const value = at(el, x);
  if (value !== (el.$s as State).value) change(el, value, "change", ctx);
}
