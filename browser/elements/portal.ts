// Elements that stand outside the page's flow or speak for the whole page: page-meta, match-media, root-portal, page-container, error-view.
import { answers } from "./callable";
import { glide } from "./glide";
import { keep, lengthText, numberOr, own, part, styleText, textOf, truthy, writeAttribute, type Context, type ElementDef, type Host } from "./element";

const hostOf = (el: Host, ctx: Context): HTMLElement => ctx.root(el).host as HTMLElement;

// ---- page-meta: the page's own look, and its scrolling ---------------------------------------------------------------------

function scrollPage(el: Host, value: string, ctx: Context): void {
  const probe = part("div", "", own(part("div", "", el)));
  probe.style.cssText = `position:absolute;visibility:hidden;height:${value}`;
  const top = probe.offsetHeight;
  probe.parentElement!.remove();
  const scroller = hostOf(el, ctx).parentElement;
  if (scroller) void glide(scroller, "scrollTop", top, numberOr(el.getAttribute("scroll-duration"), 300));
}

export const pageMeta: ElementDef = {
  create(el, ctx) {
    ctx.after(() => {
      const scroller = hostOf(el, ctx).parentElement;
      if (!scroller) return;
      const heard = (): void => ctx.emit(el, "scroll", { scrollTop: scroller.scrollTop });
      scroller.addEventListener("scroll", heard, { passive: true });
      el.$s = () => scroller.removeEventListener("scroll", heard);
    });
  },
  set(el, name, value, ctx) {
    const text = textOf(value);
    ctx.after(() => {
      const host = hostOf(el, ctx);
      if (name === "page-style") host.style.cssText = styleText(value);
      else if (name === "root-background-color") host.style.backgroundColor = text;
      else if (name === "background-color") host.parentElement?.style.setProperty("background-color", text);
      else if (name === "background-color-top") host.parentElement?.parentElement?.style.setProperty("background-color", text); // which a page that is pulled down leaves bare
      else if (name === "background-text-style") host.parentElement?.parentElement?.style.setProperty("--dots", text === "light" ? "#fff" : "#8a8f99");
      else if (name === "page-font-size") host.style.fontSize = text === "system" ? "" : lengthText(value);
      else if (name === "root-font-size") document.documentElement.style.fontSize = text === "system" ? "" : lengthText(value);
      else if (name === "scroll-top" && text) scrollPage(el, lengthText(value), ctx);
    });
    return false;
  },
  destroy(el) { el.$s?.(); },
};

// ---- match-media ----------------------------------------------------------------------------------------------------------

const FEATURES = ["min-width", "max-width", "width", "min-height", "max-height", "height"];

function condition(el: Host): string {
  const parts = FEATURES.filter((f) => el.hasAttribute(f)).map((f) => `(${f}:${lengthText(el.getAttribute(f))})`);
  const turned = el.getAttribute("orientation");
  if (turned === "landscape" || turned === "portrait") parts.push(`(orientation:${turned})`);
  return parts.join(" and ") || "all";
}

export const matchMedia_: ElementDef = {
  create(el) { el.$s = { stop: () => {} }; },
  set(el, name, value, ctx) {
    writeAttribute(el, name, value);
    ctx.after(() => {
      el.$s.stop();
      const list = window.matchMedia(condition(el)), show = (): void => { el.toggleAttribute("data-out", !list.matches); };
      list.addEventListener("change", show);
      el.$s.stop = () => list.removeEventListener("change", show);
      show();
    });
  },
  destroy(el) { el.$s.stop(); },
};

// ---- root-portal: over everything else, without leaving its place in the tree -----------------------------------------------

function raise(el: HTMLElement, up: boolean): void {
  el.popover = "manual";
  if (!el.isConnected || el.matches(":popover-open") === up) return;
  if (up) el.showPopover();
  else el.hidePopover();
}

export const rootPortal: ElementDef = {
  create(el, ctx) { ctx.after(() => { if (!el.hasAttribute("data-flat")) raise(el, true); }); },
  set(el, name, value) {
    if (name !== "enable") return false;
    el.toggleAttribute("data-flat", !truthy(value));
    if (truthy(value)) raise(el, true);
    else el.popover = null;
  },
};

// ---- page-container: a sheet over the page -----------------------------------------------------------------------------------

interface Sheet { id: number; shown: boolean; flat: boolean; turn: number; overlay: HTMLElement; box: HTMLElement }

/** Over everything; or, for a program that gives a z-index, over what has a lower one in the page. */
function lift(el: Host, up: boolean): void {
  if ((el.$s as Sheet).flat) el.toggleAttribute("data-flat", up);
  else raise(el, up);
}

/** Comes or goes: before, while and after are told; who changes their mind midway is told that too. */
function turn(el: Host, show: boolean, ctx: Context): void {
  const s: Sheet = el.$s;
  if (s.shown === show) return;
  if (s.turn) {
    clearTimeout(s.turn);
    ctx.emit(el, show ? "leaveCancelled" : "enterCancelled");
  }
  s.shown = show;
  ctx.tell({ k: "container", id: s.id, page: ctx.page(el), shown: show }); // while it is there, a step back is for it
  const ms = numberOr(el.getAttribute("duration"), 300);
  el.style.setProperty("--turn", `${ms}ms`);
  ctx.emit(el, show ? "beforeEnter" : "beforeLeave");
  if (show) lift(el, true);
  void el.offsetWidth; // the start must be seen before the change, or nothing moves
  el.toggleAttribute("data-in", show);
  ctx.emit(el, show ? "enter" : "leave");
  s.turn = setTimeout(() => {
    s.turn = 0;
    if (!show) lift(el, false);
    ctx.emit(el, show ? "afterEnter" : "afterLeave");
  }, ms) as unknown as number;
}

export const pageContainer: ElementDef = {
  inner(el) {
    part("div", "souk-sheet-shade", el);
    return part("div", "souk-sheet", el);
  },
  create(el, ctx) {
    const [overlay, box] = el.children as unknown as HTMLElement[];
    const id = ctx.newId();
    el.$s = { id, shown: false, flat: false, turn: 0, overlay, box } satisfies Sheet;
    ctx.hear(id, () => turn(el, false, ctx));
    answers(el, () => { turn(el, false, ctx); return true; });
    overlay.addEventListener("click", () => ctx.emit(el, "clickOverlay"));
    let from = 0;
    box.addEventListener("touchstart", (ev) => { from = ev.touches[0].clientY; }, { passive: true });
    box.addEventListener("touchend", (ev) => {
      if (el.hasAttribute("close-on-slide-down") && ev.changedTouches[0].clientY - from > 80) turn(el, false, ctx);
    }, { passive: true });
    box.setAttribute("role", "dialog");
    box.tabIndex = -1;
  },
  set(el, name, value, ctx) {
    const s: Sheet = el.$s;
    switch (name) {
      case "show": ctx.after(() => turn(el, truthy(value), ctx)); return;
      case "overlay": s.overlay.hidden = !truthy(value); return;
      case "z-index": s.flat = true; keep(el, "z-index", textOf(value)); return;
      case "overlay-style": s.overlay.style.cssText = styleText(value); return;
      case "custom-style": s.box.style.cssText = styleText(value); return;
      case "round": case "close-on-slide-down": writeAttribute(el, name, truthy(value)); return;
      default: return false;
    }
  },
  destroy(el, ctx) {
    const s: Sheet = el.$s;
    clearTimeout(s.turn);
    ctx.hear(s.id, null);
    if (s.shown) ctx.tell({ k: "container", id: s.id, page: 0, shown: false });
  },
};

// ---- error-view ------------------------------------------------------------------------------------------------------------

const WORDS: Record<string, [title: string, message: string]> = {
  default: ["页面出错了", "请稍后再试"], busy: ["系统繁忙", "请稍后再试"], error: ["系统出错了", "请稍后再试"], network: ["网络不给力", "请检查网络后重试"], trade: ["交易失败", "请稍后再试"],
};

function say(el: Host): void {
  const [title, message] = WORDS[el.getAttribute("type") ?? "default"] ?? WORDS.default;
  el.$s.title.textContent = el.getAttribute("title") || title;
  el.$s.message.textContent = el.getAttribute("message") || message;
}

export const errorView: ElementDef = {
  inner(el) {
    part("div", "souk-error-sign", el).textContent = "!";
    part("div", "souk-error-title", el);
    part("div", "souk-error-message", el);
    return part("div", "souk-error-more", el);
  },
  create(el) {
    const [, title, message] = el.children as unknown as HTMLElement[];
    el.$s = { title, message };
    el.setAttribute("role", "alert");
    say(el);
  },
  set(el, name, value) {
    if (name === "fullscreen") writeAttribute(el, name, truthy(value));
    else if (name === "title-color") el.$s.title.style.color = textOf(value);
    else if (name === "message-color") el.$s.message.style.color = textOf(value);
    else writeAttribute(el, name, value);
    say(el);
  },
};
