// navigator: a link to a page; the worker's router goes there.
import { numberOr, type ElementDef } from "./element";

export const navigator_: ElementDef = {
  inner(el) {
    el.tabIndex = 0;
    el.setAttribute("role", "link");
    return el;
  },
  tap(el, ctx) {
    const openType = el.getAttribute("open-type") || "navigate";
    ctx.send([3, ctx.page(el), "navigate", { openType, url: el.getAttribute("url") ?? "", delta: numberOr(el.getAttribute("delta"), 1) }]);
  },
};
