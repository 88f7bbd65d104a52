// image: a picture in a box of its own size; mode says how it is fitted or cropped.
import { part, textOf, truthy, writeAttribute, type Context, type ElementDef, type Host } from "./element";

function picture(el: Host): HTMLImageElement {
  return el.firstElementChild as HTMLImageElement;
}

function load(el: Host, address: string): void {
  const img = picture(el);
  if (address) img.setAttribute("src", address);
  else img.removeAttribute("src");
}

/** What a program gave as src but may not be loaded counts as a failed load. */
function setSource(el: Host, value: unknown, ctx: Context): void {
  el.$src = value;
  const kept = ctx.file(value, (url) => {
    if (el.$src !== value) return;
    load(el, url);
    if (!url) ctx.emit(el, "error", { errMsg: `${String(value).slice(0, 100)} is not there` });
  });
  if (kept) return;
  const address = ctx.asset(value);
  load(el, address);
  if (!address && textOf(value as string)) ctx.after(() => ctx.emit(el, "error", { errMsg: `${textOf(value as string).slice(0, 100)} is not an address of a picture` }));
}

export const image: ElementDef = {
  inner(el) {
    const img = part("img", "souk-img", el) as HTMLImageElement;
    img.alt = "";
    img.decoding = "async";
    img.draggable = false;
    return el;
  },
  set(el, name, value, ctx) {
    switch (name) {
      case "src": setSource(el, value, ctx); return;
      case "lazy-load": picture(el).loading = truthy(value) ? "lazy" : "eager"; return;
      case "default-source": writeAttribute(el, name, ctx.asset(value)); picture(el).style.background = `center/100% 100% no-repeat url(${JSON.stringify(ctx.asset(value))})`; return;
      case "alt": case "aria-label": picture(el).alt = textOf(value); return;
      default: return false;
    }
  },
  on: {
    load(el, _ev, ctx) {
      const img = picture(el);
      img.removeAttribute("data-broken");
      if (el.hasAttribute("default-source")) img.style.background = "";
      ctx.emit(el, "load", { width: img.naturalWidth, height: img.naturalHeight });
    },
    error(el, _ev, ctx) {
      // The picture meant for the meantime stays; without one there is nothing to see, not the browser's sign for a broken one.
      if (!el.hasAttribute("default-source")) picture(el).setAttribute("data-broken", "");
      ctx.emit(el, "error", { errMsg: "the picture cannot be loaded" });
    },
  },
};
