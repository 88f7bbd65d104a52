// The page stack: at most ten pages, tab pages kept, paths relative to the page that asks, queries decoded.
import { type How, type NavAction, Op, type Query } from "../wire/wire";
import { channel, type EventChannel } from "./channel";
import { resolve } from "./definition";
import { emit, schedule } from "./flush";
import type { Instance } from "./instance";
import { fetchFor, isThere, preloadFor } from "./packages";
import { closePage, createPage, drawPage, drawTabBar, pageEvent } from "./page";
import { settings } from "./settings";
import { tellShell } from "./shell";

export const maxStack = 10;

interface Entry { inst: Instance; path: string; query: Query; channel: EventChannel; loaded: boolean }

/** Why a route was refused, in the words of `fail`. */
export interface Refusal { error: number; errorMessage: string }
export type Routed = { eventChannel?: EventChannel } | Refusal;

let stack: Entry[] = [];
const tabs = new Map<string, Entry>();
let onMissing: (missing: { path: string; query: Query; isEntryPage: boolean }) => void = () => {};

export function onPageMissing(hook: typeof onMissing): void { onMissing = hook; }

export function currentPages(): any[] { return stack.map(e => e.inst.self); }
export function topPage(): Instance | null { return stack.length ? stack[stack.length - 1].inst : null; }
export function pageById(id: number): Instance | null {
  return stack.find(e => e.inst.id === id)?.inst ?? [...tabs.values()].find(e => e.inst.id === id)?.inst ?? null;
}

export function openerChannel(inst: Instance): EventChannel {
  return stack.find(e => e.inst === inst)?.channel ?? channel(undefined).opened;
}

// ---- addresses ----------------------------------------------------------------------------------------------------------

export function parseUrl(url: string, from: string): { path: string; query: Query } {
  const cut = url.indexOf("?");
  const written = cut < 0 ? url : url.slice(0, cut);
  const { pages } = settings.bundle;
  const clean = written.replace(/\.html$/, "").replace(/^\/+/, "");
  const relative = resolve(from, clean);
  const path = !written.startsWith("/") && relative in pages ? relative : written.startsWith("/") || clean in pages ? clean : relative;
  return { path, query: cut < 0 ? {} : parseQuery(url.slice(cut + 1)) };
}

export function parseQuery(text: string): Query {
  const query: Query = {};
  for (const pair of text.replace(/#.*$/, "").split("&")) {
    if (!pair) continue;
    const cut = pair.indexOf("=");
    query[decode(cut < 0 ? pair : pair.slice(0, cut))] = cut < 0 ? "" : decode(pair.slice(cut + 1));
  }
  return query;
}

function decode(text: string): string {
  if ((settings.bundle.app.behavior as { decodeQuery?: string } | undefined)?.decodeQuery === "disable") return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function isTab(path: string): boolean {
  return tabIndex(path) >= 0;
}

export function tabIndex(path: string): number {
  return (settings.bundle.app.tabBar?.items ?? []).findIndex(item => item.pagePath.replace(/^\/+/, "") === path);
}

// ---- moves --------------------------------------------------------------------------------------------------------------

function missing(path: string, query: Query, isEntryPage: boolean): Refusal {
  const plugin = /(?:dynamic-)?plugin:\/+([^/?]+)/.exec(path);
  if (plugin) return { error: 10, errorMessage: `a page of plugin "${plugin[1]}" cannot be opened: Souk has no plugins` };
  onMissing({ path, query, isEntryPage });
  return { error: 10, errorMessage: `page "${path}" is not in app.json` };
}

function open(path: string, query: Query, ends = channel(undefined)): Entry {
  const inst = createPage(path);
  if (isTab(path)) drawTabBar(inst);
  return { inst, path, query, channel: ends.opened, loaded: false };
}

/** Shows the top page: the shell is told first, so that a title set in onLoad is this page's; then onLoad once, onShow, the
 *  first tree if it has none, and the operation that brings it to the front. */
function show(entry: Entry, how: How, action: NavAction): void {
  tellShell({ k: "nav", action, stack: stack.map(e => ({ id: e.inst.id, path: e.path, query: e.query })) });
  if (!entry.loaded) {
    entry.loaded = true;
    pageEvent(entry.inst, "onLoad", { ...entry.query });
  }
  pageEvent(entry.inst, "onShow");
  if (!entry.inst.alive || stack[stack.length - 1] !== entry) return;
  if (!entry.inst.drawn) drawPage(entry.inst);
  emit([Op.Show, entry.inst.id, how]);
  schedule();
  preloadFor(entry.path);
}

function hideTop(): void {
  const top = topPage();
  if (top) pageEvent(top, "onHide");
}

/** Closes the pages above `length`, from the top; tab pages stay alive for their tab. */
function closeDown(length: number, keepTabs: boolean): void {
  for (const entry of stack.splice(length).reverse()) {
    if (keepTabs && tabs.get(entry.path) === entry) continue;
    tabs.delete(entry.path);
    closePage(entry.inst);
  }
}

export function launch(path: string, query: Query): void {
  const first = settings.bundle.app.entryPagePath?.replace(/^\/+/, "") || settings.bundle.app.pages[0];
  let wanted = path.replace(/^\/+/, "") || first;
  if (!(wanted in settings.bundle.pages)) {
    missing(wanted, query, true);
    if (stack.length) return;
    wanted = first;
  }
  if (!(wanted in settings.bundle.pages)) throw new Error("the program has no pages");
  const entry = open(wanted, query);
  stack = [entry];
  if (isTab(wanted)) tabs.set(wanted, entry);
  show(entry, "push", "launch");
}

export function navigateTo(url: string, from: string, events?: Record<string, (...args: unknown[]) => void>): Routed {
  const { path, query } = parseUrl(url, from);
  if (!(path in settings.bundle.pages)) return missing(path, query, false);
  if (isTab(path)) return { error: 11, errorMessage: `navigateTo cannot open the tab page "${path}"; use switchTab` };
  if (stack.length >= maxStack) return { error: 12, errorMessage: `the page stack is full: at most ${maxStack} pages` };
  const ends = channel(events);
  hideTop();
  const entry = open(path, query, ends);
  stack.push(entry);
  show(entry, "push", "push");
  return { eventChannel: ends.opener };
}

export function redirectTo(url: string, from: string): Routed {
  const { path, query } = parseUrl(url, from);
  if (!(path in settings.bundle.pages)) return missing(path, query, false);
  if (isTab(path)) return { error: 11, errorMessage: `redirectTo cannot open the tab page "${path}"; use switchTab` };
  closeDown(stack.length - 1, false);
  const entry = open(path, query);
  stack.push(entry);
  show(entry, "replace", "replace");
  return {};
}

export function navigateBack(delta: number): Routed {
  if (stack.length <= 1) return { error: 13, errorMessage: "this is the first page" };
  const length = Math.max(1, stack.length - Math.max(1, Math.floor(delta) || 1));
  closeDown(length, true);
  show(stack[stack.length - 1], "pop", "pop");
  return {};
}

/** What pages hear of a tapped tab. */
export function tabEvent(index: number): { index: number; pagePath: string; text: string } {
  const item = settings.bundle.app.tabBar!.items[index];
  return { index, pagePath: item.pagePath, text: item.name ?? "" };
}

/** `by`: a tap on the bar, or a call. A page that is back hears of the tap before its onShow, a new one after it. */
export function switchTab(url: string, from: string, by: "user" | "api" = "api"): Routed {
  const { path, query } = parseUrl(url, from);
  if (!isTab(path)) return { error: 14, errorMessage: `switchTab: "${path}" is not a tab page` };
  if (!(path in settings.bundle.pages)) return missing(path, query, false);
  if (topPage()?.is === path) return {};
  hideTop();
  closeDown(0, true);
  const known = tabs.get(path), entry = known ?? open(path, query), event = { ...tabEvent(tabIndex(path)), from: by };
  if (known) pageEvent(known.inst, "onTabItemTap", event);
  else tabs.set(path, entry);
  stack = [entry];
  show(entry, "tab", "tab");
  if (!known) pageEvent(entry.inst, "onTabItemTap", event);
  return {};
}

export function reLaunch(url: string, from: string): Routed {
  const { path, query } = parseUrl(url, from);
  if (!(path in settings.bundle.pages)) return missing(path, query, false);
  closeDown(0, false);
  for (const entry of tabs.values()) closePage(entry.inst);
  tabs.clear();
  const entry = open(path, query);
  stack = [entry];
  if (isTab(path)) tabs.set(path, entry);
  show(entry, "replace", "relaunch");
  return {};
}

// ---- my.navigateTo and this.pageRouter.navigateTo ---------------------------------------------------------------------------

type Route = (opts: any, from: string) => Routed;
const table: Record<string, Route> = {
  navigateTo: (o, from) => navigateTo(String(o.url ?? ""), from, o.events),
  redirectTo: (o, from) => redirectTo(String(o.url ?? ""), from),
  navigateBack: o => navigateBack(Number(o.delta ?? 1)),
  switchTab: (o, from) => switchTab(String(o.url ?? ""), from),
  reLaunch: (o, from) => reLaunch(String(o.url ?? ""), from),
};
export const routeNames = Object.keys(table);

/** A move, which has to wait where the page's package is not there yet. */
export function route(name: string, opts: any, from: string): Routed | Promise<Routed> {
  const go = (): Routed => table[name](opts ?? {}, from);
  const { path } = parseUrl(String(opts?.url ?? ""), from);
  if (name === "navigateBack" || isThere(path)) return go();
  const top = topPage();
  const busy = (loading: boolean): void => { if (top) tellShell({ k: "page", id: top.id, set: { loading } }); };
  busy(true);
  return fetchFor(path).then(go, (error: Error): Refusal => ({ error: 12, errorMessage: error.message })).finally(() => busy(false));
}

let wrap: (name: string, from: () => string) => (opts?: any) => unknown = name => () => name;
/** my/route.ts gives the success, fail, complete contract. */
export function onWrap(made: typeof wrap): void { wrap = made; }

export function routes(from: string): Record<string, (opts?: any) => unknown> {
  return Object.fromEntries(routeNames.map(name => [name, wrap(name, () => from)]));
}
