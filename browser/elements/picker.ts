// picker: what it wraps opens a sheet of choices, which the shell draws; one column, as the documentation has it.
import { numberOr, textOf, truthy, type Context, type ElementDef, type Host } from "./element";
import type { Json } from "../wire/wire";

interface State { range: Json[]; key: string; value: number; title: string; disabled: boolean; open: boolean; first: number | null }

/** Choices that a sheet takes. */
const MAX_CHOICES = 5000;

function labels(s: State): string[] {
  return s.range.slice(0, MAX_CHOICES).map((item) => textOf(s.key && item && typeof item === "object" ? (item as Record<string, Json>)[s.key] : item));
}

async function open(el: Host, ctx: Context): Promise<void> {
  const s: State = el.$s;
  if (s.open || !s.range.length) return;
  s.open = true;
  try {
    const chosen = Number(await ctx.ask({ k: "sheet", title: s.title, range: labels(s), value: s.value }));
    if (!Number.isInteger(chosen) || chosen < 0 || chosen >= s.range.length) return;
    s.value = chosen;
    ctx.emit(el, "change", { value: chosen });
  } catch {
    ctx.emit(el, "cancel", {});
  } finally {
    s.open = false;
  }
}

export const picker: ElementDef = {
  inner(el) {
    el.tabIndex = 0;
    el.setAttribute("role", "button");
    el.setAttribute("aria-haspopup", "listbox");
    return el;
  },
  create(el) {
    el.$s = { range: [], key: "", value: 0, title: "", disabled: false, open: false, first: null } satisfies State;
  },
  set(el, name, value) {
    const s: State = el.$s;
    switch (name) {
      case "range": s.range = Array.isArray(value) ? value : []; return;
      case "range-key": s.key = textOf(value); return;
      case "value": s.value = numberOr(Array.isArray(value) ? value[0] : value, 0); s.first ??= s.value; return;
      case "title": s.title = textOf(value); return;
      case "disabled": s.disabled = truthy(value); el.setAttribute("aria-disabled", String(s.disabled)); return;
      default: return false;
    }
  },
  disabled: (el) => (el.$s as State).disabled,
  tap(el, ctx) { void open(el, ctx); },
  value: (el) => (el.$s as State).value,
  reset(el) { (el.$s as State).value = (el.$s as State).first ?? 0; },
};
