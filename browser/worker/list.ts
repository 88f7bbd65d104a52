// a:for: rows patched along their own paths, lists compared by key (common ends trimmed, then the longest run that may
// stay), lists without keys by position.
import { Op } from "../wire/wire";
import { type At, type Block, empty, forget, insert, metHoles, metRegions, setHoles, update, updateRegions } from "./block";
import { below, type Dep, meets, type Scopes, type Tree } from "./dirty";
import { movedIn } from "./comp";
import { tellsMoves } from "./definition";
import { After, afterDraw, emit } from "./flush";
import type { Instance } from "./instance";
import { evaluate, type ForDef, type Scope } from "./program";

export interface ForRegion extends At {
  def: ForDef;
  blocks: Block[];
  /** Keys of the rows, each once; null when there is no a:key. */
  keys: unknown[] | null;
  /** The same as a set, while the list only changes by $spliceData. */
  taken: Set<unknown> | null;
}

/** Rows of one a:for; more are cut off, with an error in the console. */
const maxRows = 100_000;

export interface Rows { items: any[]; index: string[] | null; length: number }

/** What a:for can walk: arrays, objects (index = key), numbers (0 … n-1) and strings. */
export function rowsOf(value: any): Rows {
  if (Array.isArray(value)) return { items: value, index: null, length: Math.min(value.length, maxRows) };
  if (typeof value === "number") {
    const length = value > 0 ? Math.min(Math.floor(value), maxRows) : 0;
    return { items: Array.from({ length }, (_, i) => i), index: null, length };
  }
  if (typeof value === "string") return rowsOf(Array.from(value));
  if (typeof value === "object" && value !== null) {
    const index = Object.keys(value).slice(0, maxRows);
    return { items: index.map(k => value[k]), index, length: index.length };
  }
  return { items: [], index: null, length: 0 };
}

export function scopeOf(rows: Rows, i: number, u: Scope | null): Scope {
  return { i: rows.items[i], x: rows.index ? rows.index[i] : i, u };
}

/** Keys of all rows as the program gives them; null when there is no a:key. */
function keysOf(r: ForRegion, rows: Rows): unknown[] | null {
  const key = r.def.key;
  if (!key) return null;
  const keys: unknown[] = new Array(rows.length), s: Scope = { i: null, x: 0, u: r.b.s };
  for (let i = 0; i < rows.length; i++) {
    s.i = rows.items[i];
    s.x = rows.index ? rows.index[i] : i;
    keys[i] = keyOf(key(s));
  }
  return keys;
}

/** Whether each key is a number above the one before, so that none comes twice: ids often are. */
function rising(keys: unknown[]): boolean {
  for (let i = 0, last = -Infinity; i < keys.length; i++) {
    const k = keys[i];
    if (typeof k !== "number" || !(k > last)) return false;
    last = k;
  }
  return true;
}

/** A key that came before gets a private one, so that rows stay apart. */
function apart(keys: unknown[], from: number, to: number, seen: Set<unknown>): void {
  for (let i = from; i < to; i++) {
    let k = keys[i];
    if (seen.has(k)) for (let n = 2; seen.has(k = `${String(keys[i])}\u0000${n}`);) n++;
    seen.add(keys[i] = k);
  }
}

function keyOf(k: unknown): unknown {
  return typeof k === "object" && k !== null ? JSON.stringify(k) : k;
}

function list(r: ForRegion): Rows {
  return rowsOf(evaluate(r.def.l, r.b.c.d, r.b.s));
}

function insertRows(r: ForRegion, rows: Rows, from: number, to: number): Block[] {
  const scopes: Scope[] = new Array(to - from);
  for (let i = from; i < to; i++) scopes[i - from] = scopeOf(rows, i, r.b.s);
  return scopes.length ? insert(r.b.id, r.i, from, r, r.b.c, r.b.c.view.blocks[r.def.b], scopes) : [];
}

export function createFor(b: Block, i: number, def: ForDef): ForRegion {
  const r: ForRegion = { b, i, def, blocks: [], keys: null, taken: null };
  const rows = list(r);
  r.keys = keysOf(r, rows);
  if (r.keys && !rising(r.keys)) apart(r.keys, 0, rows.length, new Set());
  r.blocks = insertRows(r, rows, 0, rows.length);
  return r;
}

export function updateFor(r: ForRegion, tree: Tree | undefined, scopes: Scopes | null): void {
  const changed = ownTree(r.def, tree, scopes);
  if (changed === undefined && !meets(r.def.p, tree, scopes)) {
    patchAll(r, 0, r.blocks.length, tree, { i: undefined, x: false, u: scopes });
    return;
  }
  const rows = list(r);
  if (spliceRows(r, rows, tree, scopes)) return;
  if (changed instanceof Map && !rows.index && rows.length === r.blocks.length && patchSome(r, rows, changed, tree, scopes)) return;
  reconcile(r, rows, tree, scopes);
}

/** What changed below the list, where the list is a pure path; true when only the list's deps can tell. */
function ownTree(def: ForDef, tree: Tree | undefined, scopes: Scopes | null): Tree | undefined {
  if (!def.path) return undefined;
  return treeAt(def.path, tree, scopes);
}

function treeAt(dep: Dep, tree: Tree | undefined, scopes: Scopes | null): Tree | undefined {
  if (dep.l < 0) return below(tree, dep.p);
  let s = scopes;
  for (let level = dep.l; level > 0 && s; level--) s = s.u;
  return s ? below(s.i, dep.p) : undefined;
}

const met: number[] = [];

/** Patches rows that see the same change. */
function patchAll(r: ForRegion, from: number, to: number, tree: Tree | undefined, scopes: Scopes): void {
  if (from >= to) return;
  const def = r.blocks[from].def, holes = metHoles(def, tree, scopes, []), regions = metRegions(def, tree, scopes);
  if (!holes.length && !regions) return;
  if (holes.length === 1 && !regions) return patchHole(r.blocks, from, to, holes);
  for (let i = from; i < to; i++) {
    setHoles(r.blocks[i], holes);
    if (regions) updateRegions(r.blocks[i], tree, scopes);
  }
}

/** One hole of many rows: mostly a selection, which changes two of them. */
function patchHole(blocks: Block[], from: number, to: number, holes: number[]): void {
  const [h] = holes, { f } = blocks[from].def.h[h];
  for (let i = from; i < to; i++) {
    const b = blocks[i];
    let value: unknown;
    try { value = f(b.c.d, b.s); } catch { value = b; } // setHoles evaluates it again and reports
    if (typeof value !== "string" || value !== b.v[b.o + h]) setHoles(b, holes);
  }
}

/** Patches the rows named by the tree; false when a key changed, and the whole list must be compared. */
function patchSome(r: ForRegion, rows: Rows, changed: Map<string, Tree>, tree: Tree | undefined, scopes: Scopes | null): boolean {
  const at: number[] = [];
  for (const name of changed.keys()) {
    const i = +name;
    if (!(i >= 0 && i < rows.length)) continue;
    const b = r.blocks[i];
    b.s!.i = rows.items[i];
    if (r.keys && keyOf(r.def.key!(b.s!)) !== r.keys[i]) return false;
    at.push(i);
  }
  const quiet: Scopes = { i: undefined, x: false, u: scopes };
  if (onlyListChanged(r, tree, scopes)) {
    for (const i of at) patchRow(r.blocks[i], tree, { i: changed.get(String(i)), x: false, u: scopes });
    return true;
  }
  const some = new Set(at);
  for (let i = 0; i < r.blocks.length; i++) patchRow(r.blocks[i], tree, some.has(i) ? { i: changed.get(String(i)), x: false, u: scopes } : quiet);
  return true;
}

function patchRow(b: Block, tree: Tree | undefined, scopes: Scopes): void {
  setHoles(b, metHoles(b.def, tree, scopes, met));
  if (b.r.length) updateRegions(b, tree, scopes);
}

/** Whether rows without a change of their own can be left alone: nothing that they read of the outside changed. */
function onlyListChanged(r: ForRegion, tree: Tree | undefined, scopes: Scopes | null): boolean {
  const quiet: Scopes = { i: undefined, x: false, u: scopes }, def = r.b.c.view.blocks[r.def.b];
  return !metHoles(def, tree, quiet, met).length && !metRegions(def, tree, quiet);
}

// ---- $spliceData ------------------------------------------------------------------------------------------------------

/** All that changed since the last flush, when it is one $spliceData of one list: in whose data, and what went and came. */
export interface Splice { d: any; k: string[]; list: unknown[]; at: number; went: number; came: number }
let splice: Splice | null = null;

/** Brings what an instance shows up to date. */
export function updateRoot(inst: Instance, tree: Tree | undefined): void {
  splice = inst.splice && { d: inst.c.d, ...inst.splice };
  inst.splice = null;
  try {
    if (inst.root && tree) update(inst.root, tree, null);
  } finally {
    splice = null;
  }
}

/** Takes out and puts in what $spliceData did, without looking at the other rows; false when that is not all. */
function spliceRows(r: ForRegion, rows: Rows, tree: Tree | undefined, scopes: Scopes | null): boolean {
  const s = splice, { path } = r.def;
  if (!s || !path || path.l >= 0 || r.b.c.d !== s.d || rows.items !== s.list || path.p.join() !== s.k.join()) return false;
  if (rows.length !== s.list.length || r.blocks.length !== rows.length - s.came + s.went || !onlyListChanged(r, tree, scopes)) return false;
  const { at, went, came } = s;
  if (r.keys) {
    const come: unknown[] = [], scope: Scope = { i: null, x: 0, u: r.b.s };
    for (scope.x = at; scope.x < at + came; scope.x++) {
      scope.i = rows.items[scope.x];
      come.push(keyOf(r.def.key!(scope)));
    }
    if (came) r.taken ??= new Set(r.keys);
    for (let i = at; i < at + went; i++) r.taken?.delete(r.keys[i]);
    if (r.taken) apart(come, 0, came, r.taken);
    r.keys = put(r.keys, at, went, come);
  }
  if (went) removeRows(r, at, at + went);
  r.blocks = put(r.blocks, at, 0, insertRows(r, rows, at, at + came));
  if (went !== came) shift(r, at + came);
  return true;
}

/** A list with some taken out and others, perhaps very many, put there. */
function put<T>(list: T[], at: number, went: number, come: T[]): T[] {
  if (!come.length) list.splice(at, went);
  else if (at + went < list.length) return list.slice(0, at).concat(come, list.slice(at + went));
  else {
    list.length = at;
    for (const one of come) list.push(one);
  }
  return list;
}

/** Rows from one on have another index. */
function shift(r: ForRegion, from: number): void {
  if (from >= r.blocks.length) return;
  const moved: Scopes = { i: undefined, x: true, u: null }, { def } = r.blocks[from], holes = metHoles(def, undefined, moved, []);
  for (let i = from; i < r.blocks.length; i++) {
    const b = r.blocks[i];
    b.s!.x = i;
    if (holes.length) setHoles(b, holes);
    if (b.r.length) updateRegions(b, undefined, moved);
  }
}

// ---- comparing two lists ----------------------------------------------------------------------------------------------

function reconcile(r: ForRegion, rows: Rows, tree: Tree | undefined, scopes: Scopes | null): void {
  const keys = keysOf(r, rows), olds = r.keys;
  r.taken = null;
  if (!keys || !olds) byPosition(r, rows, tree, scopes);
  else if (!swapped(r, rows, olds, keys, tree, scopes)) {
    if (!rising(keys)) apart(keys, 0, keys.length, new Set());
    byKey(r, rows, olds, keys, tree, scopes);
  }
  r.keys = keys;
}

/** The same rows in the same order but for some that changed places, the outermost first; false when it is more than that. */
function swapped(r: ForRegion, rows: Rows, olds: unknown[], keys: unknown[], tree: Tree | undefined, scopes: Scopes | null): boolean {
  const n = keys.length, moves: number[] = [];
  if (n !== olds.length) return false;
  for (let i = 0, j = n - 1; i <= j;) {
    if (keys[i] === olds[i]) i++;
    else if (keys[j] === olds[j]) j--;
    else if (keys[i] === olds[j] && keys[j] === olds[i]) moves.push(j, i, ++i, j--);
    else return false;
  }
  for (let k = 0; k < moves.length; k += 4) {
    const i = moves[k + 1], j = moves[k], row = r.blocks[i];
    r.blocks[i] = r.blocks[j];
    r.blocks[j] = row;
    if (tellsMoves.any) for (const moved of [r.blocks[i], row]) afterDraw(After.Mount, () => movedIn(moved));
  }
  if (moves.length) emit([Op.Move, r.b.id, r.i, moves]);
  patchFresh(r.blocks, 0, n, rows, 0, tree, scopes);
  return true;
}

function byPosition(r: ForRegion, rows: Rows, tree: Tree | undefined, scopes: Scopes | null): void {
  const had = r.blocks.length, stay = Math.min(had, rows.length);
  if (stay < had) removeRows(r, stay, had);
  patchFresh(r.blocks, 0, stay, rows, 0, tree, scopes);
  if (rows.length > stay) r.blocks = r.blocks.concat(insertRows(r, rows, stay, rows.length));
}

function removeRows(r: ForRegion, from: number, to: number): void {
  forget(from === 0 && to === r.blocks.length ? r.blocks : r.blocks.slice(from, to));
  if (from === 0 && to === r.blocks.length) empty(r);
  else emit([Op.Remove, r.b.id, r.i, from, to - from]);
  r.blocks.splice(from, to - from);
}

/** Gives rows their items again and patches them; the index counts as changed only where it did. The block at `begin` shows row `row`. */
function patchFresh(blocks: Block[], begin: number, end: number, rows: Rows, row: number, tree: Tree | undefined, scopes: Scopes | null): void {
  if (begin >= end) return;
  const same: Scopes = { i: true, x: false, u: scopes }, moved: Scopes = { i: true, x: true, u: scopes };
  const { def } = blocks[begin], sameHoles = metHoles(def, tree, same, []), movedHoles = metHoles(def, tree, moved, []);
  for (let k = begin; k < end; k++, row++) {
    const b = blocks[k], s = b.s!, index = rows.index ? rows.index[row] : row, stays = s.x === index;
    s.i = rows.items[row];
    s.x = index;
    setHoles(b, stays ? sameHoles : movedHoles);
    if (b.r.length) updateRegions(b, tree, stays ? same : moved);
  }
}

function byKey(r: ForRegion, rows: Rows, olds: unknown[], keys: unknown[], tree: Tree | undefined, scopes: Scopes | null): void {
  const before = r.blocks, n = keys.length, m = olds.length;
  let start = 0, end = 0;
  while (start < n && start < m && keys[start] === olds[start]) start++;
  while (end < n - start && end < m - start && keys[n - 1 - end] === olds[m - 1 - end]) end++;
  if (start === m - end) {
    patchEnds(r, rows, start, end, n, tree, scopes);
    const added = insertRows(r, rows, start, n - end);
    r.blocks = start === m ? before.concat(added) : [...before.slice(0, start), ...added, ...before.slice(start)];
    return;
  }
  if (start === n - end) {
    removeRows(r, start, m - end);
    patchEnds(r, rows, start, end, n, tree, scopes);
    return;
  }
  reorder(r, rows, olds, keys, start, end, tree, scopes);
}

function patchEnds(r: ForRegion, rows: Rows, start: number, end: number, n: number, tree: Tree | undefined, scopes: Scopes | null): void {
  const blocks = r.blocks, m = blocks.length;
  patchFresh(blocks, 0, start, rows, 0, tree, scopes);
  patchFresh(blocks, m - end, m, rows, n - end, tree, scopes);
}

/** The middle: rows that went are removed, the rest is moved with as few moves as possible, new rows are put between. */
function reorder(r: ForRegion, rows: Rows, olds: unknown[], keys: unknown[], start: number, end: number, tree: Tree | undefined, scopes: Scopes | null): void {
  const n = keys.length, m = olds.length, place = new Map<unknown, number>();
  for (let i = start; i < n - end; i++) place.set(keys[i], i);
  const goes: boolean[] = [];
  let staying = 0;
  for (let i = start; i < m - end; i++) if (!(goes[i - start] = !place.has(olds[i]))) staying++;
  if (!staying && !start && !end) {
    removeRows(r, 0, m);
    r.blocks = insertRows(r, rows, 0, n);
    return;
  }
  const rest: Block[] = [], target: number[] = [];
  for (let i = start; i < m - end; i++) if (!goes[i - start]) {
    rest.push(r.blocks[i]);
    target.push(place.get(olds[i])!);
  }
  removeRuns(r, goes, start);
  const sorted = moveRows(r, rest, target, start);
  const next = r.blocks.slice(0, start).concat(sorted, r.blocks.slice(r.blocks.length - end));
  r.blocks = next;
  interleave(r, rows, target.sort((a, b) => a - b), start, n - end);
  patchKept(r, rows, new Set(target), start, end, tree, scopes);
}

function removeRuns(r: ForRegion, goes: boolean[], start: number): void {
  for (let i = goes.length; i > 0;) {
    if (!goes[i - 1]) { i--; continue; }
    let from = i - 1;
    while (from > 0 && goes[from - 1]) from--;
    removeRows(r, start + from, start + i);
    i = from;
  }
}

/** Sorts blocks (now at start, start + 1, …) by target with one move for each that is not in the longest rising run. */
function moveRows(r: ForRegion, blocks: Block[], target: number[], start: number): Block[] {
  const still = risingRun(target);
  if (still.size === target.length) return blocks;
  const sorted = target.map((_, i) => i).sort((a, b) => target[a] - target[b]), moves: number[] = [];
  // Each goes behind the last row that stays and those put behind that one before. Slot 0 is the front, slot i + 1 row i
  // with what was put behind it.
  const slots = tally(target.length + 1);
  let behind = 0;
  for (const i of sorted) {
    if (still.has(i)) { behind = i + 1; continue; }
    const from = slots.upTo(i);
    slots.add(i + 1, -1);
    const to = slots.upTo(behind);
    slots.add(behind, 1);
    if (from === to) continue;
    moves.push(start + from, start + to);
    if (tellsMoves.any) afterDraw(After.Mount, () => movedIn(blocks[i]));
  }
  if (moves.length) emit([Op.Move, r.b.id, r.i, moves]);
  return sorted.map(i => blocks[i]);
}

interface Tally { add(slot: number, n: number): void; upTo(slot: number): number }

/** Counts in slots, and their sum up to a slot, both in logarithmic time (a Fenwick tree). One in every slot but the first. */
function tally(size: number): Tally {
  const sums = new Int32Array(size + 1);
  const add = (slot: number, n: number): void => { for (let i = slot + 1; i <= size; i += i & -i) sums[i] += n; };
  const upTo = (slot: number): number => {
    let sum = 0;
    for (let i = slot + 1; i > 0; i -= i & -i) sum += sums[i];
    return sum;
  };
  for (let i = 1; i < size; i++) add(i, 1);
  return { add, upTo };
}

/** Positions of a longest strictly rising subsequence. */
export function risingRun(values: number[]): Set<number> {
  const before = new Int32Array(values.length), tails: number[] = [];
  for (let i = 0; i < values.length; i++) {
    let low = 0, high = tails.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (values[tails[mid]] < values[i]) low = mid + 1; else high = mid;
    }
    before[i] = low ? tails[low - 1] : -1;
    tails[low] = i;
  }
  const run = new Set<number>();
  for (let i = tails.length ? tails[tails.length - 1] : -1; i >= 0; i = before[i]) run.add(i);
  return run;
}

/** Inserts the rows of from … to that are not among the kept ones, a run at a time. */
function interleave(r: ForRegion, rows: Rows, kept: number[], from: number, to: number): void {
  let k = 0;
  for (let i = from; i < to;) {
    if (kept[k] === i) { k++; i++; continue; }
    let stop = i + 1;
    while (stop < to && kept[k] !== stop) stop++;
    r.blocks.splice(i, 0, ...insertRows(r, rows, i, stop));
    i = stop;
  }
}

function patchKept(r: ForRegion, rows: Rows, kept: Set<number>, start: number, end: number, tree: Tree | undefined, scopes: Scopes | null): void {
  const n = rows.length;
  for (let i = 0; i < n;) {
    const stays = i < start || i >= n - end || kept.has(i);
    let stop = i + 1;
    while (stop < n && (stop < start || stop >= n - end || kept.has(stop)) === stays) stop++;
    if (stays) patchFresh(r.blocks, i, stop, rows, i, tree, scopes);
    i = stop;
  }
}
