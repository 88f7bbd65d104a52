// picker-view: columns that turn under the finger; the row under the band in the middle is chosen.
import { drag } from "./drag";
import { enclosing, own, part, styleText, textOf, truthy, writeAttribute, type Context, type ElementDef, type Host } from "./element";

interface View { value: number[]; band: HTMLElement; mask: HTMLElement }
interface Column { position: number; from: number; frame: number; slot: HTMLElement; stop: (() => void)[]; turning: boolean; wheel: number }

const ROW_PX = 34;
const SETTLE_MS = 300;

const VIEW_SHADOW = `:host{display:flex}
.columns{position:relative;display:flex;flex:1;width:100%;height:100%}
::slotted(*){flex:1;height:100%}`;
const COLUMN_SHADOW = `:host{display:block}
.rows{position:absolute;left:0;right:0;top:calc(50% - ${ROW_PX / 2}px);will-change:transform}
::slotted(*){height:${ROW_PX}px;line-height:${ROW_PX}px;overflow:hidden;box-sizing:border-box}`;

function shadow(el: Host, css: string, className: string): HTMLElement {
  const root = el.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  const box = document.createElement("div");
  box.className = className;
  box.appendChild(document.createElement("slot"));
  root.appendChild(box);
  return box;
}

function columnsOf(view: Host): Host[] {
  return [...view.children].filter((c) => c.localName === "a-picker-view-column") as Host[];
}

function rows(column: Host): number {
  return column.children.length;
}

function draw(column: Host): void {
  const s: Column = column.$s;
  s.slot.style.transform = `translate3d(0,${-s.position * ROW_PX}px,0)`;
  const chosen = Math.round(s.position);
  column.setAttribute("aria-valuenow", String(chosen));
  column.setAttribute("aria-valuetext", column.children[chosen]?.textContent?.trim() ?? "");
}

function clamp(column: Host, n: number): number {
  return Math.min(Math.max(0, rows(column) - 1), Math.max(0, n));
}

/** Shows the values that the program set. */
function show(view: Host): void {
  const v: View = view.$s;
  columnsOf(view).forEach((column, i) => {
    const s: Column | undefined = column.$s;
    if (!s || s.turning) return;
    s.position = clamp(column, Math.floor(v.value[i] ?? 0));
    draw(column);
  });
}

function tell(column: Host, ctx: Context): void {
  const view = enclosing(column, "a-picker-view");
  if (!view) return;
  const value = columnsOf(view).map((c) => Math.round(clamp(c, (c.$s as Column)?.position ?? 0)));
  const v: View = view.$s;
  const changed = value.some((n, i) => n !== (v.value[i] ?? 0));
  v.value = value;
  if (changed) ctx.emit(view, "change", { value });
}

function turnTo(column: Host, to: number, ctx: Context): void {
  const s: Column = column.$s;
  const view = enclosing(column, "a-picker-view");
  cancelAnimationFrame(s.frame);
  const from = s.position, target = clamp(column, Math.round(to)), start = performance.now();
  const time = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : SETTLE_MS;
  const finish = () => {
    s.turning = false;
    s.position = target;
    draw(column);
    tell(column, ctx);
    if (view) ctx.emit(view, "pickEnd", {});
  };
  if (view?.hasAttribute("immediate-change")) { s.position = target; tell(column, ctx); s.position = from; }
  const step = (now: number) => {
    const t = time ? Math.min(1, Math.max(0, (now - start) / time)) : 1;
    s.position = from + (target - from) * (1 - (1 - t) ** 3);
    draw(column);
    if (t < 1 && column.isConnected) s.frame = requestAnimationFrame(step);
    else finish();
  };
  s.frame = requestAnimationFrame(step);
}

function follow(column: Host, ctx: Context): void {
  const s: Column = column.$s;
  s.stop.push(drag(column, {
    start() {
      cancelAnimationFrame(s.frame);
      s.from = s.position;
      s.turning = true;
      const view = enclosing(column, "a-picker-view");
      if (view) ctx.emit(view, "pickStart", {});
      return true;
    },
    move(d) {
      const to = s.from - d.dy / ROW_PX;
      const inside = clamp(column, to);
      s.position = inside + (to - inside) / 3;
      draw(column);
    },
    end(d, cancelled) { turnTo(column, s.position - (cancelled ? 0 : (d.vy * 150) / ROW_PX), ctx); },
  }));
  const wheel = (ev: WheelEvent) => {
    ev.preventDefault();
    s.position = clamp(column, s.position + ev.deltaY / 100);
    draw(column);
    clearTimeout(s.wheel);
    s.wheel = window.setTimeout(() => turnTo(column, s.position, ctx), 120);
  };
  column.addEventListener("wheel", wheel, { passive: false });
  column.addEventListener("click", (ev) => {
    if (ev.detail === 0 || s.turning) return;
    const box = column.getBoundingClientRect();
    const by = Math.round((ev.clientY - box.top - box.height / 2) / ROW_PX);
    if (by) turnTo(column, Math.round(s.position) + by, ctx);
  });
}

export const pickerView: ElementDef = {
  create(el, ctx) {
    shadow(el, VIEW_SHADOW, "columns");
    const mask = own(part("div", "", el)), band = own(part("div", "", el));
    for (const over of [mask, band]) over.slot = "over";
    const slot = document.createElement("slot");
    slot.name = "over";
    el.shadowRoot!.appendChild(slot);
    el.$s = { value: [], band, mask } satisfies View;
    dress(el, "mask", "");
    dress(el, "indicator", "");
    const changes = new MutationObserver(() => show(el));
    changes.observe(el, { childList: true });
    ctx.after(() => show(el));
  },
  set(el, name, value, ctx) {
    const v: View = el.$s;
    switch (name) {
      case "value": v.value = Array.isArray(value) ? value.map(Number) : []; ctx.after(() => show(el)); return;
      case "indicator-style": return dress(el, "indicator", styleText(value));
      case "mask-style": return dress(el, "mask", styleText(value));
      case "indicator-class": v.band.className = textOf(value); return;
      case "mask-class": v.mask.className = textOf(value); return;
      case "immediate-change": return writeAttribute(el, name, truthy(value));
      default: return false;
    }
  },
  value: (el) => (el.$s as View).value,
};

/** The band and the fading above and below it, with the program's own style on top. */
function dress(el: Host, what: "indicator" | "mask", css: string): void {
  const v: View = el.$s;
  if (what === "indicator") v.band.style.cssText = `position:absolute;left:0;right:0;top:50%;height:${ROW_PX}px;margin-top:-${ROW_PX / 2}px;border-top:1px solid #ddd;border-bottom:1px solid #ddd;box-sizing:border-box;pointer-events:none;${css}`;
  else v.mask.style.cssText = `position:absolute;inset:0;pointer-events:none;background:linear-gradient(rgba(255,255,255,.92),rgba(255,255,255,.5) calc(50% - ${ROW_PX / 2}px),transparent calc(50% - ${ROW_PX / 2}px),transparent calc(50% + ${ROW_PX / 2}px),rgba(255,255,255,.5) calc(50% + ${ROW_PX / 2}px),rgba(255,255,255,.92));${css}`;
}

export const pickerViewColumn: ElementDef = {
  create(el, ctx) {
    const slot = shadow(el, COLUMN_SHADOW, "rows");
    el.$s = { position: 0, from: 0, frame: 0, slot, stop: [], turning: false, wheel: 0 } satisfies Column;
    el.tabIndex = 0;
    el.setAttribute("role", "spinbutton");
    follow(el, ctx);
    const arrange = () => {
      const view = enclosing(el, "a-picker-view");
      if (view?.$s) show(view);
      draw(el);
    };
    new MutationObserver(arrange).observe(el, { childList: true });
    ctx.after(arrange);
  },
  destroy(el) {
    const s: Column = el.$s;
    cancelAnimationFrame(s.frame);
    clearTimeout(s.wheel);
    for (const stop of s.stop) stop();
  },
  on: {
    keydown(el, ev: KeyboardEvent, ctx) {
      const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 5, PageUp: -5 }[ev.key];
      if (!by) return;
      ev.preventDefault();
      turnTo(el, Math.round((el.$s as Column).position) + by, ctx);
    },
  },
};
