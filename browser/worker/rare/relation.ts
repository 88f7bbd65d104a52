// relations: components that name each other by path or by a mixin get to know each other when both are in the tree.
import { kindOf } from "../comp";
import type { Definition, Relation } from "../definition";
import { type Instance, instanceOf } from "../instance";
import { componentApi } from "../members";
import { rare } from "../rare";
import { invoke } from "../report";
import { composedParent } from "../select";

/** Linked instances by relation, for each instance that declares any. */
const linked = new WeakMap<Instance, Map<string, Set<Instance>>>();

const opposite = { parent: "child", child: "parent", ancestor: "descendant", descendant: "ancestor" } as const;

function names(relation: Relation, other: Instance): boolean {
  return relation.target !== undefined ? !!kindOf(other)?.mixins.has(relation.target) : relation.path === other.is;
}

/** The declared relations of a to b of the given type, when b declares the opposite back. */
function mutual(a: Instance, b: Instance, type: Relation["type"]): [mine: string, theirs: string] | null {
  const mine = entry(a, b, type), theirs = entry(b, a, opposite[type]);
  return mine !== undefined && theirs !== undefined ? [mine, theirs] : null;
}

function entry(a: Instance, b: Instance, type: Relation["type"]): string | undefined {
  const relations = kindOf(a)?.relations ?? {};
  return Object.keys(relations).find(name => relations[name].type === type && names(relations[name], b));
}

function join(a: Instance, b: Instance, name: string): void {
  let all = linked.get(a);
  if (!all) linked.set(a, all = new Map());
  let set = all.get(name);
  if (!set) all.set(name, set = new Set());
  set.add(b);
  invoke(a.self, kindOf(a)!.relations[name].linked, [b.self]);
}

/** Called when an instance has come into the tree; its relatives above it are already there. */
export function link(inst: Instance, def: Definition): void {
  if (!Object.keys(def.relations).length) return;
  let direct = true;
  for (let up = composedParent(inst); up; up = composedParent(up), direct = false) {
    const pair = (direct ? mutual(inst, up, "parent") : null) ?? mutual(inst, up, "ancestor");
    if (!pair) continue;
    join(up, inst, pair[1]);
    join(inst, up, pair[0]);
  }
}

/** Called when an instance has come to another place among its siblings: both sides of each relation hear of it. */
export function linkMoved(inst: Instance, def: Definition): void {
  for (const [name, others] of linked.get(inst) ?? []) {
    for (const other of others) {
      invoke(inst.self, def.relations[name].linkChanged, [other.self]);
      for (const [theirs, set] of linked.get(other) ?? []) {
        if (set.has(inst)) invoke(other.self, kindOf(other)!.relations[theirs].linkChanged, [inst.self]);
      }
    }
  }
}

export function unlink(inst: Instance, def: Definition): void {
  const mine = linked.get(inst);
  if (!mine) return;
  for (const [name, others] of mine) {
    for (const other of others) {
      invoke(inst.self, def.relations[name].unlinked, [other.self]);
      for (const [theirs, set] of linked.get(other) ?? []) {
        if (set.delete(inst)) invoke(other.self, kindOf(other)!.relations[theirs].unlinked, [inst.self]);
      }
    }
  }
  linked.delete(inst);
}

/** getRelationNodes(name): the name as written in `relations`. */
function related(inst: Instance, name: string): any[] {
  return [...linked.get(inst)?.get(name) ?? []].map(other => other.self);
}

export function connectRelations(): void {
  rare.relation = { link, linkMoved, unlink };
  Object.assign(componentApi, { getRelationNodes(this: any, name: string): any[] { return related(instanceOf(this), name); } });
}
