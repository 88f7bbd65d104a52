// Blocks and their regions: created from a template program, brought up to date along what changed, removed.
// A block is a record with its place in a shared column of hole values; a region is a record by kind. No closures per item.
import { type Json, Op } from "../wire/wire";
import { createComp, removeComp, updateComp, type CompRegion } from "./comp";
import { anyScope, meets, type Scopes, type Tree } from "./dirty";
import { blockIds, emit, emitFirst } from "./flush";
import type { Instance } from "./instance";
import { createFor, updateFor, type ForRegion } from "./list";
import { evaluate, type BlockDef, type IfDef, type RegionDef, type Scope, type TplDef, type View } from "./program";
import { createSlot, removeSlot, updateSlot, type SlotRegion } from "./slot";

/** Whose data a block shows, and whose methods its events call. */
export interface Context { d: any; inst: Instance; view: View }

export interface Block {
  id: number;
  def: BlockDef;
  c: Context;
  s: Scope | null;
  /** Values of the holes, as last sent, at v[o], v[o + 1], …; shared with the blocks inserted together. */
  v: any[];
  o: number;
  r: Region[];
  /** The region it stands in; null for the root block of a page. */
  up: Region | null;
}

/** b[i] is the region's place: region number i of block b. */
export interface At { b: Block; i: number }
export interface IfRegion extends At { def: IfDef; branch: number; block: Block | null }
export interface TplRegion extends At { def: TplDef; block: Block | null; name: string; c: Context | null }
export type Region = IfRegion | ForRegion | CompRegion | SlotRegion | TplRegion;

const noRegions: Region[] = [];

/** Blocks that events or queries may name. */
export const named = new Map<number, Block>();

/** What JSON would lose or lie about, as a template shows it. */
export function shown(value: any): any {
  switch (typeof value) {
    case "string": case "boolean": return value;
    case "number": return value - value === 0 ? value : String(value);
    case "object": return value;
    case "bigint": return String(value);
    default: return null;
  }
}

/** A block with the values of its holes, put into v from o on; without its regions. */
function make(id: number, up: Region | null, c: Context, def: BlockDef, s: Scope | null, v: any[], o: number): Block {
  const block: Block = { id, def, c, s, v, o, r: noRegions, up }, holes = def.h;
  for (let h = 0; h < holes.length; h++) v[o + h] = shown(evaluate(holes[h].f, c.d, s));
  if (def.named) named.set(id, block);
  return block;
}

/** Inserts one block for each scope at a place; their ids follow each other. */
export function insert(parent: number, region: number, at: number, up: Region | null, c: Context, def: BlockDef, scopes: (Scope | null)[]): Block[] {
  const count = scopes.length, first = blockIds(count), width = def.h.length;
  const values: any[] = new Array(width * count), blocks: Block[] = new Array(count);
  for (let i = 0; i < count; i++) blocks[i] = make(first + i, up, c, def, scopes[i], values, i * width);
  if (count === 1 && at === 0) emitFirst(parent, region, c.view.n, def.i, first, values);
  else emit([Op.Insert, parent, region, at, c.view.n, def.i, first, count, values as Json[]]);
  if (def.r.length) for (let i = 0; i < count; i++) fillRegions(blocks[i]);
  return blocks;
}

export function insertOne(parent: number, region: number, at: number, up: Region | null, c: Context, def: BlockDef, s: Scope | null): Block {
  const values: any[] = new Array(def.h.length), block = make(blockIds(1), up, c, def, s, values, 0);
  if (at === 0) emitFirst(parent, region, c.view.n, def.i, block.id, values);
  else emit([Op.Insert, parent, region, at, c.view.n, def.i, block.id, 1, values as Json[]]);
  if (def.r.length) fillRegions(block);
  return block;
}

function fillRegions(b: Block): void {
  const defs = b.def.r;
  if (defs.length === 1) {
    b.r = [createRegion(b, 0, defs[0])];
    return;
  }
  b.r = [];
  for (let i = 0; i < defs.length; i++) b.r.push(createRegion(b, i, defs[i]));
}

function createRegion(b: Block, i: number, def: RegionDef): Region {
  switch (def.k) {
    case "if": return createIf(b, i, def);
    case "for": return createFor(b, i, def);
    case "comp": return createComp(b, i, def);
    case "slot": return createSlot(b, i, def);
    case "tpl": return createTpl(b, i, def);
  }
}

// ---- update -----------------------------------------------------------------------------------------------------------

/** Numbers of the holes of a kind of block that a change meets. */
export function metHoles(def: BlockDef, tree: Tree | undefined, scopes: Scopes | null, into: number[]): number[] {
  into.length = 0;
  for (let i = 0; i < def.h.length; i++) if (meets(def.h[i].p, tree, scopes)) into.push(i);
  return into;
}

export function metRegions(def: BlockDef, tree: Tree | undefined, scopes: Scopes | null): boolean {
  if (!def.r.length) return false;
  if (anyScope(scopes)) return true;
  for (const r of def.r) if (reads(r.u, tree)) return true;
  return false;
}

function reads(names: string[] | true, tree: Tree | undefined): boolean {
  if (!tree || tree === true || names === true) return !!tree;
  for (let i = 0; i < names.length; i++) if (tree.has(names[i])) return true;
  return false;
}

export function setHoles(b: Block, holes: number[]): void {
  const { v, o, c, s, def } = b;
  for (let k = 0; k < holes.length; k++) {
    const h = holes[k], value = shown(evaluate(def.h[h].f, c.d, s));
    if (value === v[o + h] && (typeof value !== "object" || value === null)) continue;
    v[o + h] = value;
    emit([Op.Set, b.id, h, value]);
  }
}

export function update(b: Block, tree: Tree | undefined, scopes: Scopes | null): void {
  if (b.def.h.length) setHoles(b, metHoles(b.def, tree, scopes, []));
  if (b.r.length) updateRegions(b, tree, scopes);
}

export function updateRegions(b: Block, tree: Tree | undefined, scopes: Scopes | null): void {
  const scoped = anyScope(scopes);
  for (let i = 0; i < b.r.length; i++) {
    const r = b.r[i];
    if (!scoped && !reads(r.def.u, tree)) continue;
    switch (r.def.k) {
      case "if": updateIf(r as IfRegion, tree, scopes); break;
      case "for": updateFor(r as ForRegion, tree, scopes); break;
      case "comp": updateComp(r as CompRegion, tree, scopes); break;
      case "slot": updateSlot(r as SlotRegion, tree, scopes); break;
      case "tpl": updateTpl(r as TplRegion, tree, scopes); break;
    }
  }
}

// ---- removal ----------------------------------------------------------------------------------------------------------

/** Forgets blocks whose nodes the frame drops, and unmounts the components below them. */
export function forget(blocks: Block[]): void {
  for (let i = 0; i < blocks.length; i++) forgetOne(blocks[i]);
}

export function forgetOne(b: Block): void {
  if (b.def.named) named.delete(b.id);
  for (let i = 0; i < b.r.length; i++) {
    const r = b.r[i];
    switch (r.def.k) {
      case "for": forget((r as ForRegion).blocks); break;
      case "comp": removeComp(r as CompRegion); break;
      case "slot": removeSlot(r as SlotRegion); break;
      default: { const block = (r as IfRegion | TplRegion).block; if (block) forgetOne(block); }
    }
  }
  b.r = noRegions;
}

export function empty(at: At): void {
  emit([Op.Empty, at.b.id, at.i]);
}

// ---- a:if -------------------------------------------------------------------------------------------------------------

function chooseBranch(def: IfDef, b: Block): number {
  for (let i = 0; i < def.c.length; i++) {
    const f = def.c[i].f;
    if (!f || evaluate(f, b.c.d, b.s)) return i;
  }
  return -1;
}

function drawBranch(r: IfRegion): void {
  const { b, i, def, branch } = r;
  r.block = branch < 0 ? null : insertOne(b.id, i, 0, r, b.c, b.c.view.blocks[def.c[branch].b], b.s);
}

function createIf(b: Block, i: number, def: IfDef): IfRegion {
  const r: IfRegion = { b, i, def, branch: chooseBranch(def, b), block: null };
  drawBranch(r);
  return r;
}

function updateIf(r: IfRegion, tree: Tree | undefined, scopes: Scopes | null): void {
  const branch = meets(r.def.p, tree, scopes) ? chooseBranch(r.def, r.b) : r.branch;
  if (branch === r.branch) {
    if (r.block) update(r.block, tree, scopes);
    return;
  }
  if (r.block) {
    forgetOne(r.block);
    empty(r);
  }
  r.branch = branch;
  drawBranch(r);
}

// ---- <template is> ----------------------------------------------------------------------------------------------------

function drawTemplate(r: TplRegion): void {
  const { b, i, def } = r, { view, inst } = b.c;
  const number = view.t[r.name];
  r.c = { d: templateData(def, b), inst, view };
  r.block = number === undefined ? null : insertOne(b.id, i, 0, r, r.c, view.blocks[number], null);
}

function templateData(def: TplDef, b: Block): any {
  const data = def.data && evaluate(def.data, b.c.d, b.s);
  return typeof data === "object" && data ? data : {};
}

function templateName(def: TplDef, b: Block): string {
  return typeof def.is === "function" ? String(evaluate(def.is, b.c.d, b.s) ?? "") : def.is;
}

function createTpl(b: Block, i: number, def: TplDef): TplRegion {
  const r: TplRegion = { b, i, def, block: null, name: templateName(def, b), c: null };
  drawTemplate(r);
  return r;
}

function updateTpl(r: TplRegion, tree: Tree | undefined, scopes: Scopes | null): void {
  if (!meets(r.def.d, tree, scopes)) return;
  const { b, def } = r, name = templateName(def, b);
  if (name !== r.name) {
    if (r.block) {
      forgetOne(r.block);
      empty(r);
    }
    r.name = name;
    drawTemplate(r);
    return;
  }
  if (!r.block || !r.c) return;
  const before = r.c.d, after = templateData(def, b);
  r.c.d = after;
  update(r.block, differing(before, after), null);
}

/** The members that may differ between two data objects: objects always may, they can be changed in place. */
export function differing(before: any, after: any): Tree | undefined {
  let tree: Map<string, Tree> | undefined;
  for (const k of Object.keys(after)) {
    const v = after[k];
    if (v !== before[k] || (typeof v === "object" && v !== null)) (tree ??= new Map()).set(k, true);
  }
  for (const k of Object.keys(before)) if (!(k in after)) (tree ??= new Map()).set(k, true);
  return tree;
}
