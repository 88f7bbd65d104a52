// What stands in for an element that the runtime does not have: nothing but its children, and a note for developers.
import { own, part, type ElementDef } from "./element";

/** Elements that only wrap or configure; a note would disturb what they hold. */
const QUIET = new Set(["a_share_element"]);

export const rare: ElementDef = {
  create(el, ctx) {
    el.setAttribute("data-unsupported", "");
    if (!ctx.dev) return;
    ctx.send([4, `the element <${el.localName.slice(2).replaceAll("_", "-")}> is not supported; its children are shown`]);
    if (!QUIET.has(el.localName)) own(part("span", "souk-unknown", el)).textContent = `<${el.localName.slice(2).replaceAll("_", "-")}> is not supported`;
  },
};
