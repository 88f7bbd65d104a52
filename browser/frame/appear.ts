// The appear events of elements.
import type { Host } from "../elements/element";
import { emit } from "./events";
import type { Frame } from "./model";

/** appear, disappear and firstAppear: half of the element's area comes into view or leaves it. */
export function appearObserver(f: Frame): IntersectionObserver {
  const seen = new WeakMap<Element, boolean>();
  return new IntersectionObserver((entries) => {
    for (const e of entries) {
      const visible = e.intersectionRatio >= 0.5;
      const before = seen.get(e.target);
      if (visible === (before ?? false)) continue;
      if (visible && before === undefined) emit(f, e.target as Host, "firstAppear", { type: "firstAppear" });
      seen.set(e.target, visible);
      emit(f, e.target as Host, visible ? "appear" : "disappear", { type: visible ? "appear" : "disappear" });
    }
  }, { threshold: [0, 0.5, 1] });
}
