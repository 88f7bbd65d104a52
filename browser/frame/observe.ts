// Intersection observers that programs create.
import type { Json } from "../wire/wire";
import { keepWhole } from "./far";
import { locate } from "./locate";
import type { Frame, Page } from "./model";
import { select } from "./query";

/** Observers alive at once, over all pages of a program. */
const MAX_OBSERVERS = 200;

const observers = new Map<number, IntersectionObserver>();
let last = 0;

interface Options { selector: string; all?: boolean; relativeTo?: string | null; margins?: Record<string, number>; thresholds?: number[]; within?: number }

export function observe(f: Frame, page: Page, o: Options, again: (result: Json) => void): Json {
  if (observers.size >= MAX_OBSERVERS) throw new Error(`more than ${MAX_OBSERVERS} intersection observers`);
  keepWhole(page);
  const found = select(f, page, o.selector, o.within);
  const root = o.relativeTo ? select(f, page, o.relativeTo)[0] : page.scroller;
  if (o.relativeTo && !root) throw new Error(`no element matches ${o.relativeTo}`);
  const m = o.margins ?? {};
  const rootMargin = ["top", "right", "bottom", "left"].map((side) => `${Number(m[side]) || 0}px`).join(" ");
  const n = ++last;
  const observer = new IntersectionObserver((entries) => {
    for (const e of entries) again(reportOf(n, e));
  }, { root, rootMargin, threshold: o.thresholds?.length ? o.thresholds.map(Number) : [0] });
  for (const el of o.all ? found : found.slice(0, 1)) observer.observe(el);
  observers.set(n, observer);
  return { observer: n };
}

function reportOf(n: number, e: IntersectionObserverEntry): Json {
  const at = locate(e.target);
  return {
    observer: n, id: e.target.id, at: at ? [at[0].id, at[1]] : null, intersectionRatio: e.intersectionRatio, time: Date.now(),
    intersectionRect: rect(e.intersectionRect), boundingClientRect: rect(e.boundingClientRect), relativeRect: e.rootBounds ? rect(e.rootBounds) : null,
  };
}

function rect(r: DOMRectReadOnly): Json {
  return { left: r.left, top: r.top, right: r.right, bottom: r.bottom, width: r.width, height: r.height };
}

export function unobserve(n: number): void {
  observers.get(n)?.disconnect();
  observers.delete(n);
}
