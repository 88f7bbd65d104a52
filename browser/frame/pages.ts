// Pages: each has a shadow root with its own styles and its own scroll; one is shown, transitions slide.
import { own } from "../elements/element";
import { glide } from "../elements/glide";
import { forget } from "./apply";
import { listenPage } from "./events";
import { listenGestures } from "./gestures";
import type { Block, DomNode, Frame, Page, Template } from "./model";
import { templateOf } from "./template";

const SLIDE_MS = 260;
/** Distance from the end at which a page counts as scrolled through, in CSS pixels, unless it says otherwise. */
const REACH_BOTTOM_PX = 50;

/** A page's own block: one region, 0, whose anchor is the shadow root's only node. */
function pageTemplate(path: string): Template {
  const proto = document.createDocumentFragment();
  proto.appendChild(document.createTextNode(""));
  return {
    path, proto, single: null, roots: 1, walk: new Int32Array(0), holes: [], baked: [], regions: Int32Array.of(0), rootRegions: Int32Array.of(0),
    live: [], events: new Map(), types: new Set(), marks: undefined, appear: new Int32Array(0),
  };
}

/** Templates of a page that are prepared before it opens: its first screen's, mostly all. */
const AHEAD_MAX = 24;

/** Prepares what a page needs when it opens, while nothing else is to be done. */
export function preparePage(f: Frame, path: string): void {
  const entry = f.bundle.pages[path];
  if (!entry || entry.view < 0 || f.pages.size) return;
  for (const n of entry.styles) sheet(f, n);
  for (let def = 0; def < Math.min(AHEAD_MAX, f.bundle.views[entry.view]?.blocks.length ?? 0); def++) templateOf(f, entry.view, def);
}

export function openPage(f: Frame, id: number, path: string): void {
  const entry = f.bundle.pages[path];
  const frame = layer("souk-page", f.stage);
  const scroller = layer("souk-scroll", frame);
  const host = layer("souk-host", scroller);
  const root = host.attachShadow({ mode: "open" });
  const config = entry?.config ?? {};
  const window = (f.bundle.app.window ?? {}) as Record<string, unknown>;
  frame.style.setProperty("--rpx", (config.responsive ?? window.responsive) === false ? "0.5px" : f.rpx);
  frame.style.visibility = "hidden";
  root.adoptedStyleSheets = [f.base, ...(entry?.styles ?? []).map((n) => sheet(f, n))];
  const page = { id, path, entry, frame, scroller, host, root, bottomSent: 0, scrollQueued: false, pull: { offset: 0, state: "idle", bar: null } } as unknown as Page;
  const block: Block = { id, page, t: pageTemplate(path), nodes: [], lists: null };
  const anchor = document.createTextNode("") as unknown as DomNode;
  anchor.$b = block;
  block.nodes.push(anchor);
  root.appendChild(anchor);
  page.block = block;
  f.blocks.set(id, block);
  f.pages.set(id, page);
  listenPage(f, page);
  listenGestures(f, page);
  f.late?.pull(f, page);
  scroller.addEventListener("scroll", () => scrolled(f, page), { passive: true });
  host.addEventListener("scroll", () => scrolled(f, page), { passive: true });
}

function layer(className: string, parent: HTMLElement): HTMLElement {
  const el = document.createElement("div");
  el.className = className;
  parent.appendChild(own(el));
  return el;
}

function sheet(f: Frame, n: number): CSSStyleSheet {
  let s = f.sheets[n];
  if (!s) {
    s = f.sheets[n] = new CSSStyleSheet();
    s.replaceSync(f.bundle.styles[n].css);
  }
  return s;
}

export function showPage(f: Frame, id: number, how: string): void {
  const page = f.pages.get(id);
  if (!page) throw new Error(`page ${id} does not exist`);
  const from = f.shown;
  f.shown = page;
  page.frame.style.visibility = "";
  page.frame.classList.add("shown");
  paintStage(f, page);
  if (!from || from === page) return;
  from.frame.classList.remove("shown");
  const hide = () => { if (f.shown !== from) from.frame.style.visibility = "hidden"; };
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  if (matchMedia("(prefers-reduced-motion: reduce)").matches || (how !== "push" && how !== "pop")) return hide();
  slide(page, from, how, hide);
}

/** Slides the new page in from the right, or the old one out to it. */
function slide(to: Page, from: Page, how: string, done: () => void): void {
  const moving = how === "push" ? to : from;
  const still = how === "push" ? from : to;
  const right = "translate3d(100%,0,0)", away = "translate3d(-28%,0,0)", here = "translate3d(0,0,0)";
  const options = { duration: SLIDE_MS, easing: "cubic-bezier(.25,.8,.3,1)" };
  moving.frame.style.zIndex = "2";
  const a = moving.frame.animate([{ transform: how === "push" ? right : here }, { transform: how === "push" ? here : right }], options);
  still.frame.animate([{ transform: how === "push" ? here : away }, { transform: how === "push" ? away : here }], options);
  a.onfinish = a.oncancel = () => { moving.frame.style.zIndex = ""; done(); };
}

/** What shows behind a short page is the page's own background, as a browser paints the body's behind everything. */
export function paintStage(f: Frame, page: Page): void {
  f.after.push(() => {
    const style = getComputedStyle(page.host);
    const config = page.entry?.config ?? {};
    const fallback = typeof config.backgroundColor === "string" ? config.backgroundColor : "";
    const clear = style.backgroundColor === "rgba(0, 0, 0, 0)" && style.backgroundImage === "none";
    page.scroller.style.backgroundColor = clear ? fallback : style.backgroundColor;
  });
}

export function closePage(f: Frame, id: number): void {
  const page = f.pages.get(id);
  if (!page) throw new Error(`page ${id} does not exist`);
  f.pages.delete(id);
  forget(f, page.block);
  if (f.shown === page) f.shown = null;
  const running = page.frame.getAnimations();
  if (running.length) Promise.allSettled(running.map((a) => a.finished)).then(() => page.frame.remove());
  else page.frame.remove();
}

function scrolled(f: Frame, page: Page): void {
  if (page.scrollQueued) return;
  page.scrollQueued = true;
  requestAnimationFrame(() => {
    page.scrollQueued = false;
    if (!f.pages.has(page.id) || f.shown !== page) return;
    reportScroll(f, page);
  });
}

function reportScroll(f: Frame, page: Page): void {
  const s = scrollerOf(page);
  f.send([3, page.id, "scroll", { scrollTop: Math.round(s.scrollTop * 100) / 100, scrollHeight: s.scrollHeight }]);
  const window = (f.bundle.app.window ?? {}) as Record<string, unknown>;
  const distance = Number(page.entry?.config.onReachBottomDistance ?? window.onReachBottomDistance ?? REACH_BOTTOM_PX) || REACH_BOTTOM_PX;
  const near = s.scrollTop + s.clientHeight >= s.scrollHeight - distance;
  if (near && page.bottomSent !== s.scrollHeight) f.send([3, page.id, "reachBottom"]);
  page.bottomSent = near ? s.scrollHeight : 0;
}

/** Where the page scrolls: usually the scroller; the host itself when the program's ACSS makes `page` scroll. */
export function scrollerOf(page: Page): HTMLElement {
  return page.host.scrollTop > 0 || (page.host.scrollHeight > page.host.clientHeight && page.scroller.scrollHeight <= page.scroller.clientHeight) ? page.host : page.scroller;
}

/** Scrolls a page; answers when it stands. duration in milliseconds, 0 = at once. */
export function scrollTo(page: Page, top: number, duration: number): Promise<void> {
  return glide(scrollerOf(page), "scrollTop", top, duration);
}
