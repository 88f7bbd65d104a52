// view: a box. `animation` plays what my.createAnimation exported.
import type { ElementDef } from "./element";

export const view: ElementDef = {
  set(el, name, value, ctx) {
    if (name !== "animation") return false;
    if (value && typeof value === "object") ctx.after(() => ctx.animate(el, value));
  },
};
