// progress: how much is done, in per cent.
import { numberOr, part, textOf, truthy, writeAttribute, type ElementDef } from "./element";

export const progress: ElementDef = {
  inner(el) {
    el.setAttribute("role", "progressbar");
    el.setAttribute("aria-valuemin", "0");
    el.setAttribute("aria-valuemax", "100");
    part("div", "souk-fill", part("div", "souk-bar", el));
    part("span", "souk-info", el).hidden = true;
    return el;
  },
  set(el, name, value) {
    const info = el.querySelector<HTMLElement>(".souk-info")!;
    const bar = el.querySelector<HTMLElement>(".souk-bar")!;
    switch (name) {
      case "percent": {
        const percent = Math.min(100, Math.max(0, numberOr(value, 0)));
        bar.style.setProperty("--at", `${percent}%`);
        info.textContent = `${percent}%`;
        el.setAttribute("aria-valuenow", String(percent));
        return;
      }
      case "show-info": info.hidden = !truthy(value); return;
      case "stroke-width": bar.style.setProperty("--track", `${numberOr(value, 6)}px`); return;
      case "active-color": bar.style.setProperty("--check", textOf(value)); return;
      case "background-color": bar.style.setProperty("--rail", textOf(value)); return;
      case "active": return writeAttribute(el, name, truthy(value));
      default: return false;
    }
  },
};
