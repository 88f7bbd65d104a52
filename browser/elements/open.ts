// web-view, lifestyle, contact-button, favorite: the frame draws the button at most; the shell does the rest.
import { answers } from "./callable";
import { keep, lengthText, own, part, textOf, truthy, type Context, type ElementDef, type Host } from "./element";

async function open(el: Host, what: string, event: string, more: Record<string, unknown>, ctx: Context): Promise<void> {
  try {
    const data = await ctx.ask({ k: "open", what, page: ctx.page(el), ...more });
    if (event) ctx.emit(el, event, data ?? {});
  } catch (e) {
    ctx.emit(el, "error", { type: what, errorMessage: (e as Error).message });
  }
}

/** A page in a frame of its own, which only the shell can lay over this one: this element says where and what. */
export const webView: ElementDef = {
  create(el, ctx) {
    const id = ctx.newId();
    el.$s = { id };
    ctx.hear(id, (m: { type: string; detail?: any }) => {
      if (m.type === "navigate") ctx.send([3, ctx.page(el), "navigate", m.detail]);
      else ctx.emit(el, m.type, m.detail ?? {});
    });
    answers(el, (name, args) => {
      if (name !== "postMessage") throw new Error(`web-view has no ${name}`);
      ctx.tell({ k: "webviewPost", id, data: args[0] });
      return null;
    });
  },
  set(el, name, value, ctx) {
    if (name !== "src") return false;
    const src = textOf(value);
    ctx.after(() => ctx.tell({ k: "webview", id: el.$s.id, page: ctx.page(el), src }));
  },
  destroy(el, ctx) {
    ctx.hear(el.$s.id, null);
    ctx.tell({ k: "webviewClose", id: el.$s.id });
  },
};

function asButton(el: Host, name: string): void {
  el.tabIndex = 0;
  el.setAttribute("role", "button");
  if (!el.hasAttribute("aria-label") && name) el.setAttribute("aria-label", name);
}

export const lifestyle: ElementDef = {
  create(el) {
    asButton(el, "");
    const box = own(part("div", "", el));
    box.style.cssText = "display:flex;flex:1;align-items:center;gap:10px;padding:10px 12px;background:#fff;border:1px solid #eee;border-radius:6px;font-size:14px";
    const memo = part("span", "", box);
    memo.style.cssText = "flex:1;min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap";
    const follow = part("span", "", box);
    follow.style.cssText = "padding:4px 12px;border-radius:14px;background:#1677ff;color:#fff;font-size:13px";
    follow.textContent = "关注 Follow";
    el.$s = { memo, follow };
  },
  set(el, name, value) {
    if (name !== "memo") return false;
    el.$s.memo.textContent = textOf(value);
  },
  tap(el, ctx) { void open(el, "lifestyle", "follow", { publicId: el.getAttribute("public-id") ?? "" }, ctx); },
};

const BUBBLE = "M12 2C6.5 2 2 5.8 2 10.500c0 2.7 1.5 5.1 3.8 6.600L5 21l4.3-2.200c.9.2 1.8.2 2.7.2 5.5 0 10-3.8 10-8.500S17.5 2 12 2zM7.5 12A1.5 1.5 0 1 1 7.5 9a1.5 1.5 0 0 1 0 3zm4.5 0a1.5 1.5 0 1 1 0-3 1.5 1.5 0 0 1 0 3zm4.5 0a1.5 1.5 0 1 1 0-3 1.5 1.5 0 0 1 0 3z";
const STAR = "m12 2 3.1 6.3 6.9 1-5 4.9 1.2 6.900L12 17.800l-6.2 3.300L7 14.200l-5-4.9 6.9-1z";

function sign(el: Host, d: string, color: string): void {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.style.cssText = `width:100%;height:100%;fill:${color}`;
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", d);
  svg.appendChild(path);
  el.appendChild(own(svg));
  el.$s = { svg };
}

export const contactButton: ElementDef = {
  create(el) {
    asButton(el, "客服 Support");
    sign(el, BUBBLE, "#00a3ff");
  },
  set(el, name, value, ctx) {
    if (name === "size") { const [w, h] = textOf(value).split("*"); keep(el, "width", lengthText(w)); keep(el, "height", lengthText(h ?? w)); }
    else if (name === "color") el.$s.svg.style.fill = textOf(value);
    else if (name === "icon" && truthy(value)) {
      const img = own(part("img", "souk-img")) as HTMLImageElement;
      img.src = ctx.asset(value);
      img.alt = "";
      el.$s.svg.replaceWith(img);
    } else return false;
  },
  tap(el, ctx) { void open(el, "contact", "", { scene: el.getAttribute("scene") ?? "", tntInstId: el.getAttribute("tnt-inst-id") ?? "" }, ctx); },
};

export const favorite: ElementDef = {
  create(el) {
    asButton(el, "收藏 Favourite");
    sign(el, STAR, "#ffb300");
  },
  tap(el, ctx) { void open(el, "favorite", "favorite", {}, ctx); },
};
