// Selector queries: the frame measures, the worker adds what only it knows (dataset).
import { domName } from "../elements/element";
import type { Json } from "../wire/wire";
import { elementAt, locate } from "./locate";
import type { Block, Frame, Page } from "./model";
import { scrollerOf } from "./pages";

/** A selector, a place (block and node) or null for the viewport; within a block, or below an element. */
export type Question = [
  selector: string | [number, number] | null, all: 0 | 1 | boolean, kind: "rect" | "scroll" | "fields", fields?: Record<string, any>, within?: number | null, below?: [number, number],
];

export function query(f: Frame, page: Page, questions: Question[]): Json {
  return questions.map(([selector, all, kind, fields, within, below]) => {
    if (selector === null) return measure(page, null, kind, fields ?? {});
    const at = typeof selector === "object" ? selector : below, el = at ? elementAt(f, at[0], at[1]) : null;
    if (typeof selector === "object") return el && measure(page, el, kind, fields ?? {});
    const found = select(f, page, selector, within ?? undefined).filter((n) => !at || (n !== el && el?.contains(n)));
    if (all) return found.map((el) => measure(page, el, kind, fields ?? {}));
    return found.length ? measure(page, found[0], kind, fields ?? {}) : null;
  });
}

/** Elements that match a program's selector: tags get the frame's names, `>>>` and `/deep/` are descendants. */
export function select(f: Frame, page: Page, selector: string, within?: number): HTMLElement[] {
  let list: HTMLElement[];
  try {
    list = [...page.root.querySelectorAll<HTMLElement>(prefixed(selector))];
  } catch {
    throw new Error(`"${selector}" is not a selector`);
  }
  const block = within === undefined || within === null ? undefined : f.blocks.get(within);
  return block ? list.filter((el) => isBelow(block, el)) : list;
}

function isBelow(block: Block, el: Element): boolean {
  return block.nodes.slice(0, block.t.roots).some((root) => root.contains(el)) ||
    (block.lists ?? []).some((list) => (list ?? []).some((inner) => isBelow(inner, el)));
}

export function prefixed(selector: string): string {
  return selector
    .replace(/>>>|\/deep\//g, " ")
    .replace(/(^|[\s>+~,(])([a-z][a-z0-9-]*)(?=[\s>+~,.#:[)]|$)/g, (_, before, tag) => before + (tag === "page" ? ":host" : domName(tag)));
}

function measure(page: Page, el: HTMLElement | null, kind: string, fields: Record<string, any>): Json {
  if (kind === "rect") return el ? rectOf(el) : viewport(page);
  if (kind === "scroll") return scrollOf(el ?? scrollerOf(page));
  const out: Record<string, Json> = {};
  const rect = el ? rectOf(el) : viewport(page);
  if (fields.rect) for (const side of ["left", "top", "right", "bottom"]) out[side] = rect[side];
  if (fields.size) { out.width = rect.width; out.height = rect.height; }
  if (fields.scrollOffset) { const s = scrollOf(el ?? scrollerOf(page)); out.scrollLeft = s.scrollLeft; out.scrollTop = s.scrollTop; }
  if (el && (fields.id || fields.dataset || fields.mark)) {
    const at = locate(el);
    if (at) out.at = [at[0].id, at[1]];
    out.id = el.id;
  }
  if (el && Array.isArray(fields.computedStyle)) {
    const style = getComputedStyle(el);
    for (const name of fields.computedStyle.slice(0, 100)) out[name] = style.getPropertyValue(String(name).replace(/[A-Z]/g, (c) => "-" + c.toLowerCase()));
  }
  if (el && Array.isArray(fields.properties)) for (const name of fields.properties.slice(0, 100)) out[name] = el.getAttribute(String(name));
  return out;
}

function rectOf(el: HTMLElement): Record<string, number> {
  const r = el.getBoundingClientRect();
  return { left: r.left, top: r.top, right: r.right, bottom: r.bottom, width: r.width, height: r.height };
}

function viewport(page: Page): Record<string, number> {
  const { clientWidth: width, clientHeight: height } = page.scroller;
  return { left: 0, top: 0, right: width, bottom: height, width, height };
}

function scrollOf(el: HTMLElement): Record<string, number> {
  return { scrollLeft: el.scrollLeft, scrollTop: el.scrollTop, scrollWidth: el.scrollWidth, scrollHeight: el.scrollHeight };
}
