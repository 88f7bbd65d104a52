// Pages: registered by Page(), made by the router, drawn, told of their life.
import { Op } from "../wire/wire";
import { type Context, forgetOne, insertOne } from "./block";
import { kindOf, loadComponents } from "./comp";
import { define, type Definition, pageHooks, pageNews } from "./definition";
import { After, afterDraw, blockIds, emit, schedule } from "./flush";
import { bind, copyData, type Instance, observe, settled } from "./instance";
import { pageApi } from "./members";
import { updateRoot } from "./list";
import { takeModule, view } from "./program";
import { guarded, invoke } from "./report";
import { settings } from "./settings";
import { walk } from "./select";

let pending: Record<string, any> | null = null;
const definitions = new Map<string, { def: Definition; options: Record<string, any> }>();
const made = new WeakMap<Instance, Definition>();


/** Page(): registers for the module that is being evaluated. */
export function registerPage(options: Record<string, any>): void { pending = options ?? {}; }

export function pageDefinition(inst: Instance): Definition { return made.get(inst)!; }

function definition(path: string): { def: Definition; options: Record<string, any> } {
  let known = definitions.get(path);
  if (!known) {
    const body = takeModule(path);
    loadComponents(path);
    pending = null;
    if (body) guarded(body);
    const options = pending ?? {};
    pending = null;
    definitions.set(path, known = { def: define(options, pageHooks, path), options });
  }
  return known;
}

/** Makes a page; nothing is called and nothing drawn yet. */
export function createPage(path: string): Instance {
  const { def, options } = definition(path);
  const self = Object.create(pageApi), id = blockIds(1);
  const inst: Instance = {
    self, is: path, id, depth: 0, page: null!, site: null, kind: null, c: { d: null, inst: null!, view: view(settings.bundle.pages[path].view) },
    root: null, bar: null, observers: def.observers, tree: undefined, callbacks: null, splice: null, nextProps: null, propsTree: undefined, keeps: false, kept: null,
    alive: true, drawn: false, quiet: true, updating: false, busy: true, queued: false, refresh,
  };
  inst.page = inst.c.inst = inst;
  made.set(inst, def);
  bind(self, inst);
  Object.assign(self, def.members, { route: path, is: path, $id: id });
  for (const name of pageHooks) if (typeof options[name] === "function") self[name] = options[name];
  self.data = {};
  for (const data of def.data) Object.assign(self.data, typeof data === "function" ? guarded(() => data.call(self)) : copyData(data));
  return inst;
}

/**
 * A tab page gets its own instance of the program's tab bar, before onLoad, since onShow may set it. The bar stands in the
 * page, behind its content.
 */
export function drawTabBar(inst: Instance): void {
  const n = settings.bundle.app.tabBar?.view;
  if (n === undefined) return;
  emit([Op.Open, inst.id, inst.is]);
  const c: Context = { d: {}, inst, view: view(n) };
  guarded(() => { inst.bar = insertOne(inst.id, 0, 0, null, c, c.view.blocks[0], null); });
}

/** getTabBar(): the page's instance of the program's own tab bar. */
export function tabBarOf(inst: Instance): any {
  let found: any;
  walk(inst.bar, component => { found = component.self; return false; });
  return found;
}

/** Opens the page in the frame with its first tree. Call after onLoad and onShow, so that what they set is drawn at once. */
export function drawPage(inst: Instance): void {
  if (!inst.bar) emit([Op.Open, inst.id, inst.is]);
  observe(inst, inst.tree);
  inst.c.d = inst.self.data;
  inst.tree = undefined;
  const def = inst.c.view.blocks[0];
  inst.drawn = true;
  if (def) guarded(() => { inst.root = insertOne(inst.id, 0, 0, null, inst.c, def, null); });
  settled(inst);
  afterDraw(After.Ready, () => {
    if (!inst.alive) return;

    pageEvent(inst, "onReady");
  });
}

function refresh(inst: Instance): void {
  observe(inst, inst.tree);
  const tree = inst.tree;
  inst.tree = undefined;
  inst.c.d = inst.self.data;
  updateRoot(inst, tree);
}

export function closePage(inst: Instance): void {
  if (!inst.alive) return;
  pageEvent(inst, "onUnload");
  inst.alive = false;
  if (!inst.drawn && !inst.bar) return;
  if (inst.root) forgetOne(inst.root);
  if (inst.bar) forgetOne(inst.bar);
  emit([Op.Close, inst.id]);
  schedule();
}

/**
 * Calls a page's handler of an event: mixins' and the page's own, those under `events`, and the pageEvents of components
 * on it. Answers whether anyone listens, and the last answer.
 */
export function pageEvent(inst: Instance, name: string, ...args: unknown[]): { heard: boolean; answer: any } {
  const def = made.get(inst)!, own = inst.self[name];
  const result = { heard: false, answer: undefined as any };
  const call = (self: any, hook: unknown): void => {
    if (typeof hook !== "function") return;
    result.heard = true;
    result.answer = invoke(self, hook, args);
  };
  const hooks = def.hooks[name] ?? [];
  for (const hook of hooks.slice(0, -1)) call(inst.self, hook);
  call(inst.self, own);
  for (const hook of def.pageEvents[name] ?? []) call(inst.self, hook);
  if (name !== "onLoad" && pageNews.has(name)) for (const block of [inst.root, inst.bar]) walk(block, component => {
    for (const hook of kindOf(component)?.pageEvents[name] ?? []) call(component.self, hook);
  });
  return result;
}

