// text: characters only. A written `\n` breaks the line; `decode` turns the six entities of the documentation into their characters.
import { numberOr, truthy, writeAttribute, type ElementDef } from "./element";

const ENTITIES: Record<string, string> = { nbsp: "\u00a0", lt: "<", gt: ">", amp: "&", apos: "'", quot: '"', ensp: "\u2002", emsp: "\u2003" };

export function decodeText(s: string): string {
  return s.includes("&") ? s.replace(/&(nbsp|lt|gt|amp|apos|quot|ensp|emsp);/g, (_, name) => ENTITIES[name]) : s;
}

/** In <text> the two characters `\n` are a line break, as in the documentation's own example. */
export function breakLines(s: string): string {
  return s.includes("\\n") ? s.replaceAll("\\n", "\n") : s;
}

export const text: ElementDef = {
  keeps: ["--lines"],
  set(el, name, value) {
    if (name === "number-of-lines") {
      const lines = Math.floor(numberOr(value, 0));
      el.style.setProperty("--lines", lines >= 1 ? String(lines) : "");
      writeAttribute(el, "number-of-lines", lines >= 1 ? lines : false);
      return;
    }
    if (name === "selectable") writeAttribute(el, name, truthy(value));
    else return false;
  },
};
