// Selector queries and observers: questions are collected here and asked of the frame together; it measures, the worker
// adds what only it knows (datasets). A group of its own (groups.ts).
import type { Json } from "../wire/wire";
import { described } from "../worker/event";
import { callFrame, forgetFrameCall } from "../worker/flush";
import { type Instance, instanceOf, isInstance } from "../worker/instance";
import { guarded } from "../worker/report";
import { componentApi, pageApi } from "../worker/members";
import { topPage } from "../worker/router";
import { listen, unlisten } from "../worker/shell";
import { settings } from "../worker/settings";
import type { Family } from "./call";
import { type Part, parts } from "./parts";

type Kind = "rect" | "scroll" | "fields";
interface Question { selector: string | null; all: boolean; kind: Kind; fields: Record<string, Json> | null; callback?: (result: any) => void; wrap?: (result: any) => any }

/** my.createSelectorQuery() asks the page in front; a component's own asks below its root. */
function selectorQuery(inst: Instance | null): any {
  let within = inst;
  const questions: Question[] = [];
  let now: { selector: string | null; all: boolean } = { selector: null, all: false };
  const ask = (kind: Kind, fields: Question["fields"], callback?: unknown, wrap?: Question["wrap"]): any => {
    questions.push({ ...now, kind, fields, wrap, callback: typeof callback === "function" ? callback as never : undefined });
    return query;
  };
  const choose = (selector: string | null, all: boolean): any => {
    now = { selector, all };
    return query;
  };
  const query = {
    in: (self: any) => {
      within = isInstance(self) ? instanceOf(self) : within;
      return query;
    },
    select: (selector: string) => choose(String(selector), false),
    selectAll: (selector: string) => choose(String(selector), true),
    selectViewport: () => choose(null, false),
    boundingClientRect: (callback?: unknown) => ask("rect", null, callback),
    scrollOffset: (callback?: unknown) => ask("scroll", null, callback),
    fields: (fields: Record<string, any>, callback?: unknown) => ask("fields", fieldsOf(fields), callback),
    node: (callback?: unknown) => ask("fields", { id: true, size: true }, callback, r => r && { node: nodeOf(pageId(within), r.id, r.width, r.height) }),
    context: (callback?: unknown) => ask("fields", { id: true }, callback, r => r && { context: null }),
    exec: (callback?: (results: any[]) => void) => {
      run(questions.splice(0), within, callback);
      return query;
    },
  };
  return query;
}

/** Only a canvas has a node, and only a program with a canvas has the group that makes it. */
const nodeOf: NonNullable<Part["node"]> = (...place) => parts.find(part => part.node)?.node?.(...place) ?? null;

function pageId(within: Instance | null): number {
  return (within?.page ?? topPage())?.id ?? 0;
}

function fieldsOf(f: Record<string, any> | undefined): Record<string, Json> {
  const out: Record<string, Json> = {};
  for (const [from, to] of [["rect", "rect"], ["size", "size"], ["scrollOffset", "scrollOffset"], ["id", "id"], ["dataset", "dataset"], ["mark", "mark"]]) if (f?.[from]) out[to] = true;
  if (Array.isArray(f?.computedStyle)) out.computedStyle = f.computedStyle.map(String);
  if (Array.isArray(f?.properties)) out.properties = f.properties.map(String);
  return out;
}

function run(questions: Question[], within: Instance | null, callback?: (results: any[]) => void): void {
  const below = within?.site ? within.root?.id ?? null : null;
  const asked = questions.map(q => [q.selector, q.all ? 1 : 0, q.kind, q.fields, below] as Json);
  callFrame("query", [pageId(within), asked], (results: any[] | null, error) => {
    const answers = questions.map((q, n) => answerOf(q, error ? null : results?.[n] ?? null));
    questions.forEach((q, n) => { if (q.callback) guarded(() => q.callback!(answers[n])); });
    if (typeof callback === "function") callback(answers);
  });
}

function answerOf(q: Question, result: any): any {
  if (Array.isArray(result)) return result.map(r => answerOf({ ...q, all: false }, r));
  if (result && Array.isArray(result.at)) {
    const { at, id, ...rest } = result, known = described(at[0], at[1]);
    if (q.fields?.id) rest.id = id || known.id;
    if (q.fields?.dataset) rest.dataset = known.dataset;
    result = rest;
  }
  return q.wrap ? q.wrap(result) : result;
}

// ---- intersection -----------------------------------------------------------------------------------------------------------

interface IntersectionOptions { thresholds?: number[]; initialRatio?: number; selectAll?: boolean; dataset?: boolean }

function intersectionObserver(inst: Instance | null, options?: IntersectionOptions): any {
  const o = options ?? {};
  let relativeTo: string | null = null, margins: Record<string, number> = {}, call = 0, number: number | null = null;
  const observer = {
    relativeTo(selector: string, m?: Record<string, number>) {
      relativeTo = selector;
      margins = m ?? {};
      return observer;
    },
    relativeToViewport(m?: Record<string, number>) {
      relativeTo = null;
      margins = m ?? {};
      return observer;
    },
    observe(selector: string, callback: (entry: any) => void) {
      const question = {
        selector, all: !!o.selectAll, relativeTo, margins, thresholds: (o.thresholds ?? [0]).map(Number), initialRatio: Number(o.initialRatio ?? 0),
        within: inst?.site ? inst.root?.id ?? null : null,
      };
      call = callFrame("observe", [pageId(inst), question as unknown as Json], (entry, error) => {
        if (error || !entry) return;
        if (typeof entry.observer === "number" && !entry.at) number = entry.observer;
        else if (typeof callback === "function") callback(entryOf(entry, !!o.dataset));
      }, true);
    },
    disconnect() {
      forgetFrameCall(call);
      if (number !== null) callFrame("unobserve", [number], () => {});
      number = null;
    },
  };
  return observer;
}

function entryOf({ at, observer: _observer, ...entry }: any, dataset: boolean): any {
  const known = Array.isArray(at) ? described(at[0], at[1]) : null;
  return { ...entry, id: entry.id || known?.id || "", ...dataset && known ? { dataset: known.dataset } : {} };
}

// ---- media queries ------------------------------------------------------------------------------------------------------------

interface Sizes { minWidth?: number; maxWidth?: number; width?: number; minHeight?: number; maxHeight?: number; height?: number; orientation?: string }

function fits(s: Sizes): boolean {
  const w = Number(settings.boot.system.windowWidth ?? 0), h = Number(settings.boot.system.windowHeight ?? 0);
  return !(s.minWidth !== undefined && w < s.minWidth || s.maxWidth !== undefined && w > s.maxWidth || s.width !== undefined && w !== s.width
    || s.minHeight !== undefined && h < s.minHeight || s.maxHeight !== undefined && h > s.maxHeight || s.height !== undefined && h !== s.height
    || s.orientation !== undefined && (s.orientation === "landscape") !== w > h);
}

function mediaQueryObserver(_inst: Instance): any {
  let heard: ((data: unknown) => void) | null = null;
  const disconnect = (): void => { if (heard) unlisten("resize", heard); };
  return {
    observe(sizes: Sizes, callback: (result: { matches: boolean }) => void) {
      disconnect();
      let last = fits(sizes);
      listen("resize", heard = () => {
        const now = fits(sizes);
        if (now !== last) callback({ matches: last = now });
      });
      queueMicrotask(() => guarded(() => callback({ matches: last })));
    },
    disconnect,
  };
}

export const query: Family = {
  createSelectorQuery: () => selectorQuery(null),
  createIntersectionObserver: (first?: any, second?: any) => isInstance(first)
    ? intersectionObserver(instanceOf(first), second)
    : intersectionObserver(null, first),
  createMediaQueryObserver: (self?: any) => mediaQueryObserver(isInstance(self) ? instanceOf(self) : topPage()!),
};

/** Pages and components ask for themselves. */
export function connectQuery(): void {
  const members = {
    createSelectorQuery(this: any) { return selectorQuery(instanceOf(this)); },
    createIntersectionObserver(this: any, options?: object) { return intersectionObserver(instanceOf(this), options); },
    createMediaQueryObserver(this: any) { return mediaQueryObserver(instanceOf(this)); },
  };
  Object.assign(pageApi, members);
  Object.assign(componentApi, members);
}
