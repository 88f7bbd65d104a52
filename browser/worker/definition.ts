// What Component(), Page() and Mixin() register, read once: mixins merged in front, own members last.
import type { Observer } from "./instance";
import { readObservers } from "./instance";

type Options = Record<string, any>;
export type Hook = (...args: any[]) => any;

export interface Relation { type: "parent" | "child" | "ancestor" | "descendant"; path: string; target: unknown; linked?: Hook; linkChanged?: Hook; unlinked?: Hook }

export interface Definition {
  /** Data objects, or functions that make one, in the order in which they override each other. */
  data: unknown[];
  props: Record<string, unknown>;
  /** Methods and members of their own: what instances inherit. */
  members: Record<string, unknown>;
  hooks: Record<string, Hook[]>;
  lifetimes: Record<string, Hook[]>;
  pageEvents: Record<string, Hook[]>;
  observers: Observer[];
  relations: Record<string, Relation>;
  mixins: Set<unknown>;
  /** What `options` of the component or one of its mixins switched on: the rest is the program's own business. */
  on: Set<string>;
  ref: Hook | null;
  virtualHost: boolean;
  externalClasses: string[];
}

export const componentHooks = ["onInit", "deriveDataFromProps", "didMount", "didUpdate", "didUnmount", "onError"];
export const pageHooks = [
  "onLoad", "onShow", "onReady", "onHide", "onUnload", "onPullDownRefresh", "onReachBottom", "onPageScroll", "onTitleClick",
  "onOptionMenuClick", "onTabItemTap", "beforeTabItemTap", "onBack", "onKeyboardHeight", "onResize", "onSelectedTabItemTap",
];
const reserved = new Set([
  "data", "props", "methods", "mixins", "options", "observers", "lifetimes", "relations", "externalClasses", "ref",
  "pageEvents", "rootEvents", "events", "definitionFilter",
]);

const mixins = new Map<unknown, Options>();
let nextMixin = 1;

/** Mixin(): answers what `mixins` and `relations` name it by. */
export function registerMixin(options: Options): string {
  const id = `mixin:${nextMixin++}`;
  mixins.set(id, options ?? {});
  return id;
}

export function define(options: Options, hooks: string[], path: string): Definition {
  const def: Definition = {
    data: [], props: {}, members: {}, hooks: {}, lifetimes: {}, pageEvents: {}, observers: [], relations: {}, mixins: new Set(), on: new Set(),
    ref: null, virtualHost: options.options?.virtualHost !== false, externalClasses: options.externalClasses ?? [],
  };
  add(def, options, hooks, path, 0);
  if (!def.on.has("observers")) def.observers = [];
  if (!def.on.has("lifetimes")) def.lifetimes = {};
  if (!def.on.has("relations")) def.relations = {};
  if (def.lifetimes.moved || Object.values(def.relations).some(r => r.linkChanged)) tellsMoves.any = true;
  return def;
}

/** Events of pages that some component of the program listens to; for others nobody looks for components. */
export const pageNews = new Set<string>();

/** Whether any component of the program wants to hear that it moved; else nobody looks for them. */
export const tellsMoves = { any: false };

const maxMixinDepth = 20;

function add(def: Definition, o: Options, hooks: string[], path: string, depth: number): void {
  if (depth > maxMixinDepth) throw new Error(`${path}: mixins are nested more than ${maxMixinDepth} deep`);
  for (const m of Array.isArray(o.mixins) ? o.mixins : []) {
    const options = mixins.get(m) ?? (typeof m === "object" && m ? m : null);
    if (!options || def.mixins.has(m)) continue;
    def.mixins.add(m);
    options.definitionFilter?.(o, []);
    add(def, options, hooks, path, depth + 1);
  }
  if (o.data) def.data.push(o.data);
  Object.assign(def.props, o.props);
  for (const name of Object.keys(o)) {
    if (hooks.includes(name)) collect(def.hooks, name, o[name]);
    else if (!reserved.has(name)) def.members[name] = o[name];
  }
  Object.assign(def.members, o.methods);
  for (const name of Object.keys(o.lifetimes ?? {})) collect(def.lifetimes, name, o.lifetimes[name]);
  for (const from of [o.pageEvents, o.rootEvents, o.events]) for (const name of Object.keys(from ?? {})) {
    collect(def.pageEvents, name, from[name]);
    pageNews.add(name);
  }
  def.observers.push(...readObservers(o.observers));
  for (const name of Object.keys(o.relations ?? {})) def.relations[name] = { ...o.relations[name], path: resolve(path, name) };
  for (const name of Object.keys(o.options ?? {})) if (o.options[name] === true) def.on.add(name);
  if (typeof o.ref === "function") def.ref = o.ref;
}

function collect(into: Record<string, Hook[]>, name: string, hook: unknown): void {
  if (typeof hook === "function") (into[name] ??= []).push(hook as Hook);
}

/** "./b" seen from "components/a/index" is "components/a/b"; a leading slash starts at the program's root. */
export function resolve(from: string, to: string): string {
  if (to.startsWith("/")) return to.replace(/^\/+/, "");
  const parts = from.split("/").slice(0, -1);
  for (const part of to.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}
