// What pages and components have in common: the record behind `this`, the setData family, observers, and the queue that
// brings changed instances up to date, parents before children.
import type { Block, Context } from "./block";
import type { CompRegion, Kind } from "./comp";
import { below, getPath, keepPath, mark, parsePath, plain, setPath, type Tree } from "./dirty";
import { After, afterDraw, schedule } from "./flush";
import type { Splice } from "./list";
import { invoke, report } from "./report";

export interface Instance {
  /** What the program sees as `this`. */
  self: any;
  is: string;
  id: number;
  /** Distance from the page, through drawn parents. */
  depth: number;
  page: Instance;
  /** The tag that made a component; null for a page. */
  site: CompRegion | null;
  /** What kind of component; null for a page. */
  kind: Kind | null;
  c: Context;
  root: Block | null;
  /** A tab page's block around the program's own tab bar. */
  bar: Block | null;
  observers: Observer[];
  /** Data paths changed since the last flush, and callbacks that wait for it. */
  tree: Tree | undefined;
  callbacks: (() => unknown)[] | null;
  /** Set while one $spliceData is all that changed. */
  splice: Omit<Splice, "d"> | null;
  /** Props that the caller gave since, and what changed in them. */
  nextProps: Record<string, unknown> | null;
  propsTree: Tree | undefined;
  /** The data before this round, kept only for those who ask for it. */
  keeps: boolean;
  kept: Record<string, unknown> | null;
  alive: boolean;
  /** A page that the frame has opened. */
  drawn: boolean;
  /** Inside didUpdate, and whether all that was set since the last round were the very values already there, inside it:
   *  such a round is drawn, but is no news to didUpdate, or it would go on for ever. */
  updating: boolean;
  quiet: boolean;
  /** Set while the instance is being brought up to date: its own setData joins that round. */
  busy: boolean;
  queued: boolean;
  /** Set up by comp.ts or page.ts. */
  refresh: (inst: Instance) => void;
}

export interface Observer { paths: { k: string[]; deep: boolean }[]; run: (...values: unknown[]) => void }

const key = Symbol("instance");

export function bind(self: any, inst: Instance): void {
  self[key] = inst;
}

export function instanceOf(self: any): Instance {
  const inst = self?.[key];
  if (!inst) throw new TypeError("this is not a page or a component");
  return inst;
}

export function isInstance(self: any): boolean {
  return !!self?.[key];
}

/** A copy of declared data, so that instances do not share it. Values that are not plain are kept as they are. */
export function copyData<T>(value: T): T {
  if (typeof value !== "object" || value === null || !plain(value)) return value;
  if (Array.isArray(value)) return value.map(copyData) as T;
  const copy: any = {};
  for (const k of Object.keys(value)) copy[k] = copyData((value as any)[k]);
  return copy;
}

// ---- the setData family -------------------------------------------------------------------------------------------------

function beforeWrite(inst: Instance, keys: string[]): void {
  if (!inst.keeps) return;
  if (!inst.kept) inst.kept = { ...inst.self.data };
  keepPath(inst.kept, inst.self.data, keys);
}

function dataOf(inst: Instance): any {
  const { self } = inst;
  return typeof self.data === "object" && self.data !== null ? self.data : self.data = {};
}

function changed(inst: Instance, callback: unknown): void {
  if (typeof callback === "function") (inst.callbacks ??= []).push(callback as () => unknown);
  enqueue(inst);
}

/**
 * Whether a component's own member already is this primitive and was so when it was last drawn: then there is nothing to
 * do, and a didUpdate that sets the same again does not go on for ever. What was changed in place since is not the same.
 */
function same(inst: Instance, data: any, keys: string[], value: unknown): boolean {
  return inst.site !== null && inst.root !== null && keys.length === 1 && (typeof value !== "object" || value === null)
    && data[keys[0]] === value && inst.c.d[keys[0]] === value;
}

export function setData(self: any, patch: Record<string, unknown> | null | undefined, callback?: unknown): void {
  const inst = instanceOf(self);
  if (!inst.alive) return;
  const data = dataOf(inst);
  for (const name of Object.keys(patch ?? {})) {
    const value = patch![name];
    if (value === undefined) continue;
    const path = parsePath(name);
    if (same(inst, data, path.k, value)) continue;
    if (!inst.updating || getPath(data, path.k) !== value) inst.quiet = false;
    beforeWrite(inst, path.k);
    inst.splice = null;
    inst.tree = mark(inst.tree, path.k, setPath(data, path, value));
  }
  changed(inst, callback);
}

export function spliceData(self: any, patch: Record<string, unknown[]> | null | undefined, callback?: unknown): void {
  const inst = instanceOf(self);
  if (!inst.alive) return;
  const data = dataOf(inst);
  for (const name of Object.keys(patch ?? {})) {
    const args = patch![name], path = parsePath(name);
    if (!Array.isArray(args)) throw new TypeError(`$spliceData: "${name}" needs an array [start, deleteCount, ...items]`);
    inst.quiet = false;
    beforeWrite(inst, [...path.k, ""]);
    const list = getPath(data, path.k), alone = !inst.tree && !inst.nextProps;
    inst.splice = null;
    if (Array.isArray(list)) {
      const at = place(args[0], list.length), before = list.length, came = Math.max(args.length - 2, 0);
      list.splice(...args as [number, number]);
      if (alone) inst.splice = { k: path.k, list, at, came, went: before - list.length + came };
      inst.tree = mark(inst.tree, path.k, path.k.length);
    } else {
      inst.tree = mark(inst.tree, path.k, setPath(data, path, args.slice(2)));
    }
  }
  changed(inst, callback);
}

/** Where a splice begins, as Array.prototype.splice reads it. */
function place(start: unknown, length: number): number {
  const n = Math.trunc(Number(start)) || 0;
  return n < 0 ? Math.max(n + length, 0) : Math.min(n, length);
}

// ---- observers ----------------------------------------------------------------------------------------------------------

export function readObservers(raw: Record<string, unknown> | undefined): Observer[] {
  const out: Observer[] = [];
  for (const names of Object.keys(raw ?? {})) {
    const run = raw![names];
    if (typeof run !== "function") continue;
    out.push({ run: run as Observer["run"], paths: names.split(",").map(readObserved) });
  }
  return out;
}

function readObserved(name: string): { k: string[]; deep: boolean } {
  const text = name.trim();
  if (text === "**") return { k: [], deep: true };
  const deep = text.endsWith(".**");
  return { k: parsePath(deep ? text.slice(0, -3) : text).k, deep };
}

/** Calls the observers whose paths a change touched, with the values of their paths. */
export function observe(inst: Instance, tree: Tree | undefined): void {
  if (!tree || !inst.observers.length) return;
  for (const { paths, run } of inst.observers) {
    if (!paths.some(p => p.deep ? below(tree, p.k) : below(tree, p.k) === true)) continue;
    const data = { ...inst.self.props, ...inst.self.data };
    invoke(inst.self, run, paths.map(p => getPath(data, p.k)));
  }
}

// ---- the queue ----------------------------------------------------------------------------------------------------------

/** Instances brought up to date in one flush before it is taken for a loop between parents and children. */
const maxUpdates = 200_000;
const maxRounds = 200;

const levels: Instance[][] = [];

export function enqueue(inst: Instance): void {
  if (inst.busy || inst.queued || !inst.alive) return;
  inst.queued = true;
  (levels[inst.depth] ??= []).push(inst);
  schedule();
}

/** Brings every changed instance up to date, parents before children, until none is left. */
export function updateAll(): void {
  let updates = 0, rounds = 0;
  for (let depth = 0; depth < levels.length; depth++) {
    const level = levels[depth];
    if (!level?.length) continue;
    levels[depth] = [];
    for (const inst of level) {
      inst.queued = false;
      if (inst.alive) updateOne(inst);
    }
    const lowest = levels.findIndex(l => l?.length);
    if (lowest >= 0 && lowest <= depth) {
      depth = lowest - 1;
      rounds++;
    }
    updates += level.length;
    if (updates > maxUpdates || rounds > maxRounds) {
      stopLoop();
      return;
    }
  }
}

function stopLoop(): void {
  for (const level of levels) for (const inst of level ?? []) inst.queued = false;
  levels.length = 0;
  report(new Error("updates were stopped: components and their parents keep changing each other without end"));
}

function updateOne(inst: Instance): void {
  inst.busy = true;
  try {
    if (inst.tree || inst.nextProps) inst.refresh(inst);
  } catch (error) {
    inst.tree = undefined;
    report(error);
  }
  settled(inst);
}

/** The end of drawing or of a round. What was set while the tree below was being drawn needs another one. */
export function settled(inst: Instance): void {
  inst.busy = false;
  const { callbacks } = inst;
  inst.callbacks = null;
  if (callbacks) for (const callback of callbacks) afterDraw(After.Callback, () => callback.call(inst.self));
  if (inst.tree) enqueue(inst);
}
