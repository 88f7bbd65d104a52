// <slot>: draws what the caller of a component put between its tags, as often as the component has the slot; the content
// keeps the caller's data, scope and methods. Without content it draws its own fallback.
import { type At, type Block, type Context, empty, forget, insertOne, update } from "./block";
import type { CompRegion } from "./comp";
import { getPath, meets, type Scopes, type Tree } from "./dirty";
import { rowsOf, scopeOf } from "./list";
import { evaluate, type Prop, type Scope, type SlotContent, type SlotDef } from "./program";

/** One piece of content: which of the caller's blocks, in which of the caller's scopes. */
interface Piece { c: SlotContent; s: Scope | null }

export interface SlotRegion extends At {
  def: SlotDef;
  name: string;
  /** The component tag whose children fill this slot; null in a page. */
  site: CompRegion | null;
  pieces: Piece[];
  blocks: Block[];
  /** What slot-scope receives. */
  props: Record<string, unknown>;
}

export function nameIn(name: SlotDef["name"], c: Context, s: Scope | null): string {
  const value = typeof name === "function" ? evaluate(name, c.d, s) : name;
  return value == null || value === "" ? "default" : String(value);
}

/** The name a <slot> has now. An expression that gives an empty text is the name of no slot, unlike no name at all. */
function nameNow(b: Block, def: SlotDef): string {
  return typeof def.name === "function" && evaluate(def.name, b.c.d, b.s) === "" ? "" : nameIn(def.name, b.c, b.s);
}

export function createSlot(b: Block, i: number, def: SlotDef): SlotRegion {
  const r: SlotRegion = { b, i, def, name: nameNow(b, def), site: b.c.inst.site, pieces: [], blocks: [], props: {} };
  for (const p of def.p) r.props[p.name] = p.f ? evaluate(p.f, b.c.d, b.s) : p.value;
  r.site?.slots?.add(r);
  draw(r);
  return r;
}

/** Whether content that only passes the caller's own slot on can ever hold anything: if not, it is as if it were not there. */
export function holds(c: SlotContent, site: CompRegion): boolean {
  if (c.on === null) return true;
  const above = site.b.c.inst.site;
  return !!above && above.def.slots.some(up => (typeof up.name === "function" || !!up.each || nameIn(up.name, above.b.c, null) === (c.on || "default")) && holds(up, above));
}

/** What the caller passes for a slot's name now, in its order. */
function piecesFor(name: string, site: CompRegion): Piece[] {
  const { c: context, s } = site.b, pieces: Piece[] = [];
  for (const c of site.def.slots) {
    if (!holds(c, site)) continue;
    if (!c.each) {
      if (nameIn(c.name, context, s) === name) pieces.push({ c, s });
      continue;
    }
    const rows = rowsOf(evaluate(c.each.l, context.d, s));
    for (let n = 0; n < rows.length; n++) {
      const row = scopeOf(rows, n, s);
      if (nameIn(c.name, context, row) === name) pieces.push({ c, s: row });
    }
  }
  return pieces;
}

function draw(r: SlotRegion): void {
  const { b, i, site, def } = r;
  r.pieces = site ? piecesFor(r.name, site) : [];
  if (site && r.pieces.length) {
    r.blocks = [];
    for (const { c, s } of r.pieces) {
      const scope: Scope | null = c.scoped ? { i: r.props, x: 0, u: s } : s;
      r.blocks.push(insertOne(b.id, i, r.blocks.length, r, site.b.c, site.b.c.view.blocks[c.b], scope));
    }
    return;
  }
  r.blocks = def.b < 0 ? [] : [insertOne(b.id, i, 0, r, b.c, b.c.view.blocks[def.b], b.s)];
}

function redraw(r: SlotRegion): void {
  if (r.blocks.length) {
    forget(r.blocks);
    empty(r);
  }
  draw(r);
}

/** The component changed. */
export function updateSlot(r: SlotRegion, tree: Tree | undefined, scopes: Scopes | null): void {
  const changed = updateProps(r, tree, scopes);
  const name = meets(r.def.d, tree, scopes) ? nameNow(r.b, r.def) : r.name;
  if (name !== r.name) {
    r.name = name;
    redraw(r);
    return;
  }
  if (!r.pieces.length) {
    for (const block of r.blocks) update(block, tree, scopes);
    return;
  }
  if (!changed) return;
  for (let k = 0; k < r.blocks.length; k++) if (r.pieces[k].c.scoped) update(r.blocks[k], undefined, { i: changed, x: false, u: null });
}

function updateProps(r: SlotRegion, tree: Tree | undefined, scopes: Scopes | null): Tree | undefined {
  let changed: Map<string, Tree> | undefined;
  for (const p of r.def.p) {
    if (!p.f || !meets(p.p, tree, scopes)) continue;
    const value = evaluate(p.f, r.b.c.d, r.b.s), part = valueTree(p, value, r.props[p.name], r.b, tree, scopes);
    if (part) (changed ??= new Map()).set(p.name, part);
    r.props[p.name] = value;
  }
  return changed;
}

/** The caller changed. */
export function updateContent(r: SlotRegion, tree: Tree | undefined, scopes: Scopes | null): void {
  const { site } = r;
  if (!site || !site.def.slots.length) return;
  const rows = new Set(site.def.slots.filter(c => c.each && meets(c.each.d, tree, scopes)));
  if (rows.size || site.def.slots.some(c => typeof c.name === "function" && meets(c.p, tree, scopes))) {
    const now = piecesFor(r.name, site);
    if (now.length !== r.pieces.length || now.some((p, k) => p.c !== r.pieces[k].c)) {
      redraw(r);
      return;
    }
    now.forEach((p, k) => { if (p.c.each) Object.assign(r.pieces[k].s!, p.s); });
  }
  for (let k = 0; k < r.pieces.length; k++) {
    const { c } = r.pieces[k], all = rows.has(c);
    const outer: Scopes | null = c.each ? { i: all || undefined, x: all, u: scopes } : scopes;
    update(r.blocks[k], tree, c.scoped ? { i: undefined, x: false, u: outer } : outer);
  }
}

export function removeSlot(r: SlotRegion): void {
  forget(r.blocks);
  r.site?.slots?.delete(r);
}

/**
 * What changed within a value that is handed on under a name: nothing for an equal primitive; for an object that is
 * itself a data path exactly what changed below that path; else everything.
 */
export function valueTree(p: Prop, value: unknown, last: unknown, b: Block, tree: Tree | undefined, scopes: Scopes | null): Tree | undefined {
  if (typeof value !== "object" || value === null) return value === last ? undefined : true;
  if (value !== last || p.p.length !== 1) return true;
  const { l, p: keys } = p.p[0];
  let data: any = b.c.d, changed: Tree | undefined = tree;
  if (l >= 0) {
    let s = b.s, c = scopes;
    for (let level = l; level > 0 && s; level--) {
      s = s.u;
      c = c?.u ?? null;
    }
    data = s?.i;
    changed = c?.i;
  }
  if (getPath(data, keys) !== value) return true;
  for (const k of keys) {
    if (!(changed instanceof Map)) break;
    changed = changed.get(k);
  }
  return changed ?? true;
}
