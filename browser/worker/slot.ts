// <slot>: draws what the caller of a component put between its tags, as often as the component has the slot; the content
// keeps the caller's data, scope and methods. Without content it draws its own fallback.
import { type At, type Block, empty, forget, insertOne, update } from "./block";
import type { CompRegion } from "./comp";
import { getPath, meets, type Scopes, type Tree } from "./dirty";
import { evaluate, type Prop, type Scope, type SlotContent, type SlotDef } from "./program";

export interface SlotRegion extends At {
  def: SlotDef;
  name: string;
  /** The component tag whose children fill this slot; null in a page. */
  site: CompRegion | null;
  contents: SlotContent[];
  blocks: Block[];
  /** What slot-scope receives. */
  props: Record<string, unknown>;
}

function nameIn(name: SlotDef["name"], at: Block): string {
  const value = typeof name === "function" ? evaluate(name, at.c.d, at.s) : name;
  return value == null || value === "" ? "default" : String(value);
}

export function createSlot(b: Block, i: number, def: SlotDef): SlotRegion {
  const r: SlotRegion = { b, i, def, name: nameIn(def.name, b), site: b.c.inst.site, contents: [], blocks: [], props: {} };
  for (const p of def.p) r.props[p.name] = p.f ? evaluate(p.f, b.c.d, b.s) : p.value;
  r.site?.slots.add(r);
  draw(r);
  return r;
}

function draw(r: SlotRegion): void {
  const { b, i, site, def } = r;
  r.contents = site ? site.def.slots.filter(c => nameIn(c.name, site.b) === r.name) : [];
  if (site && r.contents.length) {
    r.blocks = [];
    for (const c of r.contents) {
      const scope: Scope | null = c.scoped ? { i: r.props, x: 0, u: site.b.s } : site.b.s;
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
  const name = meets(r.def.d, tree, scopes) ? nameIn(r.def.name, r.b) : r.name;
  if (name !== r.name) {
    r.name = name;
    redraw(r);
    return;
  }
  if (!r.contents.length) {
    for (const block of r.blocks) update(block, tree, scopes);
    return;
  }
  if (!changed) return;
  for (let k = 0; k < r.blocks.length; k++) if (r.contents[k].scoped) update(r.blocks[k], undefined, { i: changed, x: false, u: null });
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
  if (!site) return;
  if (site.def.slots.some(c => typeof c.name === "function" && meets(c.p, tree, scopes))) {
    const now = site.def.slots.filter(c => nameIn(c.name, site.b) === r.name);
    if (now.length !== r.contents.length || now.some((c, k) => c !== r.contents[k])) {
      redraw(r);
      return;
    }
  }
  for (let k = 0; k < r.contents.length; k++) {
    update(r.blocks[k], tree, r.contents[k].scoped ? { i: undefined, x: false, u: scopes } : scopes);
  }
}

export function removeSlot(r: SlotRegion): void {
  forget(r.blocks);
  r.site?.slots.delete(r);
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
