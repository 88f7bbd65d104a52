// The program as app.js registers it: template programs (docs/runtime.md §2, dynamic half), SJS modules, script modules.
// Deps are parsed once, when a view is first used.
import { type Dep, readDeps } from "./dirty";
import { report } from "./report";

/** The scope chain: item and index of a for, or the props of a slot. */
export interface Scope { i: any; x: any; u: Scope | null }
export type Fn<T = any> = (d: any, s: Scope | null) => T;
type Deps = unknown[][];

export interface RawRegion { k: "if" | "for" | "comp" | "slot" | "tpl"; u?: string[] | true; [key: string]: any }
export interface NodeFacts { tag?: string; id?: string | Fn; class?: string | Fn; data?: Fn; mark?: Fn | Record<string, unknown>; ref?: string | Fn }
export interface RawBlock {
  h?: [Fn, Deps][];
  r?: RawRegion[];
  /** {s}: what it yields may be a function of an SJS module. */
  e?: Record<number, Record<string, string | Fn | { s: Fn }>>;
  n?: Record<number, NodeFacts>;
}
export interface RawView { blocks: RawBlock[]; t?: Record<string, number> }

export interface Hole { f: Fn; p: Dep[] }

/** Evaluates an expression of a template; SJS functions in it may throw, which is reported and yields undefined. */
export function evaluate<T>(f: Fn<T>, d: any, s: Scope | null): T | undefined {
  try {
    return f(d, s);
  } catch (error) {
    report(error);
    return undefined;
  }
}

interface Region<K> { k: K; u: string[] | true }
export interface IfDef extends Region<"if"> { c: { f: Fn | null; p: Dep[]; b: number }[]; p: Dep[] }
export interface ForDef extends Region<"for"> { l: Fn; p: Dep[]; path: Dep | null; key: ((s: Scope) => unknown) | null; b: number }
export interface Prop { name: string; f: Fn | null; value: unknown; p: Dep[] }
/**
 * each: the a:for around content whose slot name is dynamic: every row chooses its slot. on: the caller's own slot, when the content
 * does no more than pass that on.
 */
export interface SlotContent { name: string | Fn; p: Dep[]; b: number; scoped: boolean; each: { l: Fn; d: Dep[] } | null; on: string | null }
export interface CompDef extends Region<"comp"> {
  tag: string; p: Prop[]; f: [name: string, handler: unknown][];
  /** generic:x="y" of the tag: which of the caller's tags stands for a generic tag inside. */
  g: Record<string, string> | null;
  ref: string | Fn | null; host: number; slots: SlotContent[];
}
export interface SlotDef extends Region<"slot"> { name: string | Fn; d: Dep[]; p: Prop[]; b: number }
export interface TplDef extends Region<"tpl"> { is: string | Fn; d: Dep[]; data: Fn | null }
export type RegionDef = IfDef | ForDef | CompDef | SlotDef | TplDef;

export interface BlockDef {
  i: number;
  h: Hole[];
  r: RegionDef[];
  e: RawBlock["e"];
  n: RawBlock["n"];
  /** Events or queries may name a block of this kind. */
  named: boolean;
}
export interface View { n: number; blocks: BlockDef[]; t: Record<string, number> }

type Sjs = (exports: any, require: (path: string) => any) => void;
type Module = () => void;

const templates = new Map<number, (sjs: (path: string) => any) => RawView>();
const views = new Map<number, View>();
const sjsModules = new Map<string, Sjs>();
const sjsExports = new Map<string, any>();
const modules = new Map<string, Module>();
const using = new Map<string, Record<string, string>>();
const standing = new Map<string, Record<string, string>>();

/** The object that app.js finds as `souk`, but for run. */
export const registry = {
  template(index: number, make: (sjs: (path: string) => any) => RawView): void { templates.set(index, make); },
  sjs(path: string, body: Sjs): void { sjsModules.set(path, body); },
  module(name: string, body: Module): void { modules.set(name, body); },
  components(path: string, tags: Record<string, string>, placeholders?: Record<string, string>): void {
    using.set(path, tags);
    if (placeholders) standing.set(path, placeholders);
  },
};

/** Takes a module's body, to be run once. */
export function takeModule(name: string): Module | undefined {
  const body = modules.get(name);
  modules.delete(name);
  return body;
}

/** The tag that stands in while the component behind a tag is on its way. */
export function placeholderOf(path: string, tag: string): string | undefined {
  return standing.get(path)?.[tag];
}

export function componentsOf(path: string): Record<string, string> {
  return using.get(path) ?? {};
}

/** The exports of an SJS module, evaluated once; cycles see what is there so far. */
export function sjs(path: string): any {
  const known = sjsExports.get(path);
  if (known) return known;
  const body = sjsModules.get(path);
  if (!body) throw new Error(`there is no SJS module ${path}`);
  const exports = {};
  sjsExports.set(path, exports);
  body(exports, sjs);
  return exports;
}

/** A template by its number; -1 is a page or component without one. */
export function view(n: number): View {
  if (n < 0) return { n, blocks: [], t: {} };
  let v = views.get(n);
  if (!v) {
    const make = templates.get(n);
    if (!make) throw new Error(`the program has no template number ${n}`);
    const raw = make(sjs);
    views.set(n, v = { n, blocks: raw.blocks.map(readBlock), t: raw.t ?? {} });
    templates.delete(n);
  }
  return v;
}

function readBlock(raw: RawBlock, i: number): BlockDef {
  return {
    i,
    h: (raw.h ?? []).map(([f, deps]) => ({ f, p: readDeps(deps) })),
    r: (raw.r ?? []).map(readRegion),
    e: raw.e,
    n: raw.n,
    named: !!(raw.e || raw.n),
  };
}

function readRegion(r: RawRegion): RegionDef {
  const u = r.u ?? true;
  switch (r.k) {
    case "if": {
      const c = (r.c as [Fn | null, Deps | null, number][]).map(([f, deps, b]) => ({ f, p: readDeps(deps), b }));
      return { k: "if", u, c, p: c.flatMap(branch => branch.p) };
    }
    case "for":
      return { k: "for", u, l: r.l, p: readDeps(r.d), path: r.p ? readDeps([r.p])[0] : null, key: r.key ?? null, b: r.b };
    case "comp":
      return {
        k: "comp", u, tag: r.tag, p: (r.p ?? []).map(readProp), f: Object.entries(r.f ?? {}), g: r.g ?? null, ref: r.ref ?? null, host: r.host ?? -1,
        slots: (r.slots ?? []).map((c: any[]): SlotContent => ({ name: c[0], p: readDeps(c[1]), b: c[2], scoped: !!c[3], each: c[5] ? { l: c[5].l, d: readDeps(c[5].d) } : null, on: c[6] ?? null })),
      };
    case "slot":
      return { k: "slot", u, name: r.name ?? "", d: readDeps(r.d), p: (r.p ?? []).map(readProp), b: r.b ?? -1 };
    case "tpl":
      return { k: "tpl", u, is: r.is, d: readDeps(r.d), data: r.data ?? null };
  }
}

function readProp([name, value, deps]: [string, unknown, Deps?]): Prop {
  const f = typeof value === "function" ? value as Fn : null;
  return { name, f, value: f ? undefined : value, p: readDeps(deps) };
}
