// Components: made from a tag of a template, given props, brought up to date, unmounted. The order of their life cycle is
// the documented one: onInit, deriveDataFromProps, (drawn), didMount; deriveDataFromProps, didUpdate; didUnmount.
import { type At, type Block, type Context, empty, forgetOne, insertOne, update } from "./block";
import { copyChanged, meets, merge, type Scopes, type Tree } from "./dirty";
import { type Definition, define, componentHooks } from "./definition";
import { After, afterDraw, schedule } from "./flush";
import { bind, copyData, enqueue, type Instance, instanceOf, isInstance, observe, settled } from "./instance";
import { updateRoot } from "./list";
import { componentApi } from "./members";
import { fetchFor, isThere } from "./packages";
import { componentsOf, type CompDef, evaluate, type Fn, placeholderOf, takeModule, view } from "./program";
import { rare } from "./rare";
import { guarded, invoke, report } from "./report";
import { walk } from "./select";
import { holds, nameIn, type SlotRegion, updateContent, valueTree } from "./slot";
import { settings } from "./settings";

export interface CompRegion extends At {
  def: CompDef;
  inst: Instance | null;
  host: Block | null;
  /** Props as the caller's expressions gave them last. */
  given: unknown[];
  /** Places in the component where the children of the tag are drawn. */
  slots: Set<SlotRegion> | null;
}

/** What all instances of a component share: proto is what `this` inherits. */
export interface Kind {
  def: Definition; path: string; view: number; proto: object;
  /** Props that nobody gave. */
  props: Record<string, unknown>;
  /** Whether a didUpdate looks at what was before. */
  keeps: boolean;
}

function kindFrom(def: Definition, path: string, view: number): Kind {
  const proto = Object.assign(Object.create(componentApi), def.members, { is: path });
  return { def, path, view, proto, props: { ...def.props, $slots: noSlots }, keeps: !!def.hooks.didUpdate?.some(h => h.length > 1) };
}

/** Components nested in each other; more means that one contains itself. */
const maxNesting = 200;

const kinds = new Map<string, Kind | null>();
let pending: Record<string, any> | null = null;
let nextId = 1;

/** Component(): registers for the module that is being evaluated. */
export function registerComponent(options: Record<string, any>): void { pending = options ?? {}; }

export function kindOf(inst: Instance): Definition | undefined { return inst.kind?.def; }

/** Tells a component what one of its own methods threw; answers whether `self` is one. */
export function componentFailed(self: unknown, error: unknown): boolean {
  const def = isInstance(self) ? kindOf(instanceOf(self)) : undefined;
  for (const hook of def?.hooks.onError ?? []) guarded(() => hook.call(self, error));
  return !!def;
}

/** Evaluates the modules of the components that a page or component uses, deepest first. */
export function loadComponents(path: string): void {
  for (const used of Object.values(componentsOf(path))) if (isThere(used)) kind(used);
}

/** The component that stands for change:…: it draws nothing and hands changes to an SJS function. */
const watchTag = "souk-watch";

function watchKind(): Kind {
  const tell = (self: any, before: unknown): void => {
    const { site } = instanceOf(self), { value, run, node } = self.props;
    if (value !== before || self.first) rare.sjs?.changed(site!.b.c.inst, [site!.b.id, node], run, value, before);
    self.first = false;
  };
  const def = define({
    first: true,
    didMount(this: any) { tell(this, undefined); },
    didUpdate(this: any, before: any) { tell(this, before.value); },
  }, componentHooks, watchTag);
  return kindFrom(def, watchTag, -1);
}

function kind(path: string): Kind | null {
  if (path === watchTag && !kinds.has(path)) kinds.set(path, watchKind());
  const known = kinds.get(path);
  if (known !== undefined) return known;
  kinds.set(path, null);
  const entry = settings.bundle.components[path], body = takeModule(path);
  if (!entry) return null;
  loadComponents(path);
  pending = null;
  if (body) guarded(body);
  const def = define(pending ?? {}, componentHooks, path);
  pending = null;
  if ((entry.config as any)?.virtualHost === false) def.virtualHost = false;
  const made = kindFrom(def, path, entry.view);
  kinds.set(path, made);
  return made;
}

// ---- creation -----------------------------------------------------------------------------------------------------------

export function createComp(b: Block, i: number, def: CompDef): CompRegion {
  const r: CompRegion = { b, i, def, inst: null, host: null, given: new Array(def.p.length), slots: def.slots.length ? new Set() : null };
  const path = readyPath(r), k = path === undefined ? null : kind(path);
  if (!k) return r;
  const parent = drawnParent(b);
  if (parent.depth >= maxNesting) {
    report(new Error(`${path}: components are nested more than ${maxNesting} deep`));
    return r;
  }
  const inst = r.inst = makeInstance(r, k, parent);
  startInstance(inst, k);
  drawInstance(r, inst, k);
  return r;
}

/** The component to draw now: the one meant or, until its package is there, the one that stands in. */
function readyPath(r: CompRegion): string | undefined {
  const owner = r.b.c.inst, { tag } = r.def, path = pathOf(owner, tag);
  if (path === undefined || isThere(path)) return path;
  fetchFor(path).then(() => replace(r), failedToCome);
  const stand = placeholderOf(owner.is, tag);
  return stand === undefined ? undefined : componentsOf(owner.is)[stand];
}

const told = new WeakSet<object>();
function failedToCome(error: object): void {
  if (!told.has(error)) report(error);
  told.add(error);
}

/** Takes away what stood in and draws the component itself. */
function replace(r: CompRegion): void {
  const { b, i, def } = r;
  if (b.r[i] !== r) return;
  removeComp(r);
  empty(r);
  b.r[i] = createComp(b, i, def);
  schedule();
}

/** The component behind a tag: one that the user of this component named for a generic tag, which may be generic there too, or its own. */
function pathOf(inst: Instance, tag: string): string | undefined {
  if (tag === watchTag) return tag;
  const site = inst.site as CompRegion | null, named = site?.def.g?.[tag];
  return (site && named !== undefined ? pathOf(site.b.c.inst, named) : undefined) ?? componentsOf(inst.is)[tag];
}

/** The instance in whose drawn tree a block stands. */
export function drawnParent(b: Block): Instance {
  for (let at: Block = b; ; at = at.up.b) {
    if (!at.up) return at.c.inst;
    if (at.up.def.k === "comp") {
      const r = at.up as CompRegion;
      if (r.host !== at && r.inst) return r.inst;
    }
  }
}

function makeInstance(r: CompRegion, k: Kind, parent: Instance): Instance {
  const self = Object.create(k.proto), c: Context = { d: {}, inst: null as never, view: view(k.view) };
  const inst: Instance = c.inst = {
    self, is: k.path, id: nextId++, depth: parent.depth + 1, page: r.b.c.inst.page, site: r, kind: k, c, root: null, bar: null, observers: k.def.observers,
    tree: undefined, callbacks: null, splice: null, nextProps: null, propsTree: undefined, keeps: k.keeps,
    kept: null, alive: true, drawn: true, quiet: true, updating: false, busy: true, queued: false, refresh,
  };
  bind(self, inst);
  self.$id = inst.id;
  self.$page = inst.page.self;
  self.props = firstProps(r, k.props);
  self.data = {};
  for (const data of k.def.data) Object.assign(self.data, typeof data === "function" ? guarded(() => data.call(self)) : copyData(data));
  return inst;
}

function firstProps(r: CompRegion, defaults: Record<string, unknown>): Record<string, unknown> {
  const props = { ...defaults }, { b, def } = r, { d } = b.c;
  for (let n = 0; n < def.p.length; n++) {
    const p = def.p[n], value = r.given[n] = p.f ? evaluate(p.f, d, b.s) : p.value;
    if (value !== undefined) props[p.name] = value;
  }
  for (let n = 0; n < def.f.length; n++) {
    const f = def.f[n];
    if (functionOf(b, handlerOf(b, f[1]))) props[f[0]] = caller(r, f[1]);
  }
  if (r.slots) props.$slots = givenSlots(r);
  return props;
}

const noSlots = Object.freeze({});

/** props.$slots: which slots the caller fills, as some components ask. */
function givenSlots(r: CompRegion): Record<string, unknown[]> {
  const out: Record<string, unknown[]> = {};
  for (const c of r.def.slots) {
    if (!holds(c, r)) continue;
    const name = c.each ? "" : nameIn(c.name, r.b.c, r.b.s);
    if (name) (out[name === "default" ? "$default" : name] ??= []).push(name);
  }
  return out;
}

/** What stands behind on… of a tag now: a name of a method of the caller's, or a function that an expression yields. */
function handlerOf(b: Block, handler: unknown): unknown {
  return typeof handler === "function" ? evaluate(handler as Fn, b.c.d, b.s) : handler;
}

function functionOf(b: Block, handler: unknown): ((...args: unknown[]) => unknown) | null {
  const found = typeof handler === "string" && handler ? b.c.inst.self[handler] : handler;
  return typeof found === "function" ? found : null;
}

/** One function a tag and name for its whole life, so that handing it on never counts as a change. */
function caller(r: CompRegion, handler: unknown): (...args: unknown[]) => unknown {
  return (...args) => {
    const now = handlerOf(r.b, handler);
    return functionOf(r.b, now)?.apply(typeof now === "function" ? undefined : r.b.c.inst.self, args);
  };
}

function startInstance(inst: Instance, k: Kind): void {
  const { self } = inst, { hooks, lifetimes } = k.def;
  run(lifetimes.created, self);
  if (settings.component2) {
    run(hooks.onInit, self);
    if (hooks.deriveDataFromProps) run(hooks.deriveDataFromProps, self, [self.props]);
    observe(inst, inst.tree);
  }
}

const nothing: unknown[] = [];

export function run(hooks: ((...args: any[]) => any)[] | undefined, self: any, args = nothing): void {
  if (hooks) for (const hook of hooks) invoke(self, hook, args);
}

function drawInstance(r: CompRegion, inst: Instance, k: Kind): void {
  const { b, i, def } = r;
  const { self, c } = inst;
  fillData(inst);
  inst.tree = undefined;
  let at = b.id, region = i;
  if (def.host >= 0 && !k.def.virtualHost) {
    r.host = insertOne(b.id, i, 0, r, b.c, b.c.view.blocks[def.host], b.s);
    at = r.host.id;
    region = 0;
  }
  if (c.view.blocks.length) inst.root = insertOne(at, region, 0, r, c, c.view.blocks[0], null);
  inst.kept = null;
  settled(inst);
  run(k.def.lifetimes.attached, self);
  rare.relation?.link(inst, k.def);
  giveRef(r, k.def);
  if (k.def.hooks.didMount || k.def.lifetimes.ready) afterDraw(After.Mount, () => mounted(inst, k));
}

function mounted(inst: Instance, k: Kind): void {
  if (!inst.alive) return;
  run(k.def.lifetimes.ready, inst.self);
  run(k.def.hooks.didMount, inst.self);
}

function giveRef(r: CompRegion, def: Definition): void {
  const { b, inst } = r;
  if (!r.def.ref || !inst) return;
  const name = typeof r.def.ref === "function" ? evaluate(r.def.ref, b.c.d, b.s) : r.def.ref;
  if (!name) return;
  const value = def.ref ? invoke(inst.self, def.ref, []) : inst.self;
  const owner = b.c.inst.self;
  if (typeof name === "function") invoke(owner, name, [value]);
  else invoke(owner, owner[name], [value]);
}

/** The template's data root: props, then data, in one object that lives as long as the instance. */
function fillData(inst: Instance): void {
  const { self, c } = inst;
  Object.assign(c.d, self.props, self.data);
  c.d.$id = inst.id;
}

// ---- update -------------------------------------------------------------------------------------------------------------

export function updateComp(r: CompRegion, tree: Tree | undefined, scopes: Scopes | null): void {
  const { inst } = r;
  if (!inst) return;
  if (r.host) update(r.host, tree, scopes);
  for (let n = 0; n < r.def.p.length; n++) {
    const p = r.def.p[n];
    if (!p.f || !meets(p.p, tree, scopes)) continue;
    const value = evaluate(p.f, r.b.c.d, r.b.s), part = valueTree(p, value, r.given[n], r.b, tree, scopes);
    if (part) give(inst, p.name, value === r.given[n] ? copyChanged(value, part) : value, part);
    r.given[n] = value;
  }
  for (let n = 0; n < r.def.f.length; n++) {
    const f = r.def.f[n];
    if (typeof f[1] === "function") giveHandler(r, inst, f[0], f[1]);
  }
  if (r.slots) for (const slot of r.slots) updateContent(slot, tree, scopes);
}

function give(inst: Instance, name: string, value: unknown, part: Tree): void {
  const next = inst.nextProps ??= { ...inst.self.props };
  next[name] = value === undefined ? inst.kind!.def.props[name] : value;
  const tree: Map<string, Tree> = inst.propsTree instanceof Map ? inst.propsTree : new Map();
  tree.set(name, merge(tree.get(name), part)!);
  inst.propsTree = tree;
  inst.splice = null;
  enqueue(inst);
}

function giveHandler(r: CompRegion, inst: Instance, name: string, handler: unknown): void {
  const there = !!functionOf(r.b, handlerOf(r.b, handler)), had = typeof (inst.nextProps ?? inst.self.props)[name] === "function";
  if (there !== had) give(inst, name, there ? caller(r, handler) : undefined, true);
}

function refresh(inst: Instance): void {
  const { self } = inst, k = inst.kind!, { hooks } = k.def;
  const prevProps = self.props, nextProps = inst.nextProps ?? prevProps;
  const quiet = inst.quiet && !inst.nextProps;
  inst.quiet = true;
  if (inst.keeps) inst.kept ??= { ...self.data };
  if (settings.component2 && !quiet) run(hooks.deriveDataFromProps, self, [nextProps]);
  self.props = nextProps;
  const propsTree = inst.propsTree;
  inst.nextProps = null;
  inst.propsTree = undefined;
  if (settings.component2) observe(inst, merge(inst.tree, propsTree));
  const tree = merge(inst.tree, propsTree);
  inst.tree = undefined;
  fillData(inst);
  updateRoot(inst, tree);
  const prevData = inst.kept ?? self.data;
  inst.kept = null;
  if (!tree || quiet) return;
  if (hooks.didUpdate || inst.observers.length) afterDraw(After.Update, () => updated(inst, k, prevProps, prevData, tree));
}

function updated(inst: Instance, k: Kind, prevProps: unknown, prevData: unknown, tree: Tree): void {
  if (!inst.alive) return;
  inst.updating = true;
  run(k.def.hooks.didUpdate, inst.self, [prevProps, prevData]);
  inst.updating = false;
  if (!settings.component2) observe(inst, tree);
}

/** Tells the components in a row of a list, which has come to another place. */
export function movedIn(row: Block): void {
  const all: Instance[] = [];
  walk(row, inst => { all.push(inst); });
  for (const inst of all) {
    if (!inst.alive) continue;
    const { def } = inst.kind!;
    run(def.lifetimes.moved, inst.self);
    rare.relation?.linkMoved(inst, def);
  }
}

// ---- removal ------------------------------------------------------------------------------------------------------------

export function removeComp(r: CompRegion): void {
  const { inst } = r;
  if (!inst) return;
  const k = inst.kind!;
  if (inst.root) forgetOne(inst.root);
  if (r.host) forgetOne(r.host);
  inst.alive = false;
  run(k.def.hooks.didUnmount, inst.self);
  run(k.def.lifetimes.detached, inst.self);
  rare.relation?.unlink(inst, k.def);
}
