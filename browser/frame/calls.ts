// Operation 8: what the worker may ask of the frame (docs/runtime.md §4, "Calls of the frame").
import type { Json, Style, View } from "../wire/wire";
import type { Callable } from "../elements/callable";
import { audio } from "./audio";
import { elementAt } from "./locate";
import { allNear, setNear, whole } from "./far";
import { observe, unobserve } from "./observe";
import type { Frame, Page } from "./model";
import { scrollTo } from "./pages";
import { allowPull, startPull, stopPull } from "./pull";
import { query, select, type Question } from "./query";

type Dressed = HTMLElement & { $sjs?: string[]; $kept?: Set<string> };

/** Answers a call; `again` may answer it more than once. */
type Answer = (result: Json) => void;
type Verb = (f: Frame, args: any[], again: Answer) => Json | void | Promise<Json | void>;

const verbs: Record<string, Verb> = {
  async query(f, [page, questions]) {
    await arrived(f);
    whole(pageOf(f, page));
    return query(f, pageOf(f, page), questions as Question[]);
  },
  async scrollTo(f, [id, to]) {
    const page = pageOf(f, id);
    let top = Number(to.scrollTop) || 0;
    if (typeof to.selector === "string" && to.selector) {
      whole(page);
      const el = select(f, page, to.selector)[0];
      if (!el) throw new Error(`no element matches ${to.selector}`);
      top = page.scroller.scrollTop + el.getBoundingClientRect().top - page.scroller.getBoundingClientRect().top;
    }
    await scrollTo(page, top, Number(to.duration) || 0);
  },
  pullDown(f, [id, what]) { 
    const page = pageOf(f, id);
    if (what === "start") startPull(f, page);
    else if (what === "stop") stopPull(page);
    else allowPull(page, what === "allow");
  },
  observe: (f, [id, options], again) => observe(f, pageOf(f, id), options, again),
  unobserve: (_f, [n]) => unobserve(n),
  canvas: (f, [page, at, name, ...args]) => onElement(f, page, at, "a_canvas", name, args),
  video: (f, [page, at, name, ...args]) => onElement(f, page, at, "a_video", name, args),
  map: (f, [page, at, name, ...args]) => onElement(f, page, at, "a_map", name, args),
  container(f, [page]) { // answers whether a page-container was there to close
    const el = pageOf(f, page).root.querySelector<Callable>("a_page_container[data-in]");
    return el?.$call ? el.$call("close", []) : false;
  },
  webview: (f, [page, at, name, ...args]) => onElement(f, page, at, "a_web_view", name, args),
  audio: (f, [n, what, value], again) => audio(f, n, what, value, again),
  package: (f, [text]) => addPackage(f, JSON.parse(text)),
  dress(f, [, effects]) {
    for (const [what, [block, node], value] of effects) {
      const el = elementAt(f, block, node);
      if (el) f.touched.push([el, true]);
      dress(el, what, value);
    }
    setNear(f);
  },
  async font(_f, [{ family, source, desc }]) {
    const face = new FontFace(String(family), String(source), desc ?? {});
    document.fonts.add(await face.load());
  },
  hideKeyboard() { blurAll(document); },
  focus(f, [page, at]) { (element(f, page, at, "a_input,a_textarea").querySelector("input,textarea") as HTMLElement | null)?.focus(); },
};

/** A sub-package's views and styles take their places; sheets that pages have adopted already fill up. */
function addPackage(f: Frame, { views, styles, fonts }: { views: Record<number, View>; styles: Record<number, Style>; fonts?: string }): void {
  for (const n in views) f.bundle.views[n] = views[n];
  for (const n in styles) {
    f.bundle.styles[n] = styles[n];
    f.sheets[n]?.replaceSync(styles[n].css);
  }
  allNear(f);
  if (!fonts) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(fonts);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}

/** What an SJS function wants of an element. A style takes the place of the one it set before, and stands above the template's. */
function dress(el: Dressed | null, what: string, value: any): void {
  if (!el) return;
  if (what === "addClass") el.classList.add(...value);
  else if (what === "removeClass") el.classList.remove(...value);
  else if (what === "property") Object.assign(el, value);
  else if (what === "style") {
    const set = typeof value === "string" ? value.split(";").map((rule) => rule.split(/:(.*)/s)) : Object.entries(value ?? {});
    for (const name of el.$sjs ?? []) el.style.removeProperty(name);
    el.$sjs = [];
    for (const [name, given] of set) {
      const property = String(name).trim().replace(/[A-Z]/g, (c) => "-" + c.toLowerCase());
      if (!property || given == null) continue;
      el.style.setProperty(property, String(given).trim().replace(/(-?(?:\d+\.?\d*|\.\d+))rpx\b/g, "calc(var(--rpx)*$1)"), "important");
      el.$sjs.push(property);
      (el.$kept ??= new Set()).add(property);
    }
  }
}

function blurAll(root: Document | ShadowRoot): void {
  const el = root.activeElement as HTMLElement | null;
  if (el?.shadowRoot) blurAll(el.shadowRoot);
  else el?.blur();
}

function pageOf(f: Frame, id: number): Page {
  const page = f.pages.get(id) ?? f.blocks.get(id)?.page;
  if (!page) throw new Error(`page ${id} is closed`);
  return page;
}

/** The element with this id in the page; a web-view may be asked for without one. */
function element(f: Frame, page: number, at: unknown, tags: string): Callable {
  const p = pageOf(f, page);
  for (const el of p.root.querySelectorAll<Callable>(tags)) if (at === "" || el.id === at || el.getAttribute("canvas-id") === at) return el;
  throw new Error(`the page has no ${tags.slice(2)} with the id ${JSON.stringify(at)}`);
}

/** How long a call waits for the element's code to be loaded. */
const GROUP_MS = 10_000;

/** An element whose code is on its way has not its size yet. */
async function arrived(f: Frame): Promise<void> {
  for (const end = performance.now() + GROUP_MS; [...f.waiting.values()].some((w) => w.length > 0) && performance.now() < end; ) {
    await new Promise((next) => setTimeout(next, 10));
  }
}

async function onElement(f: Frame, page: number, at: unknown, tag: string, name: string, args: any[]): Promise<Json> {
  const el = element(f, page, at, tag);
  for (const end = performance.now() + GROUP_MS; !el.$call; ) {
    if (performance.now() > end) throw new Error(`the code of ${tag.slice(2).replaceAll("_", "-")} did not arrive`);
    await new Promise((next) => setTimeout(next, 20));
  }
  return (await el.$call(String(name), args)) ?? null;
}

/** Runs a call and answers it. */
export function call(f: Frame, id: number, name: string, args: Json[]): void {
  const verb = verbs[name];
  if (!verb) return f.send([1, id, null, `the frame has no call ${name}`]);
  const run = async () => (await verb(f, args, (result) => f.send([1, id, result]))) ?? null;
  run().then((result) => f.send([1, id, result]), (e) => f.send([1, id, null, (e as Error).message]));
}
