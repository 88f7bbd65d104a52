// swiper: slides that follow the finger. Each swiper-item sits in a cell of the swiper's own shadow root, placed by
// its distance from the current position, so a circle needs no copies of slides.
import { lengthText, numberOr, textOf, truthy, writeAttribute, type Context, type ElementDef, type Host } from "./element";
import { drag, type Drag } from "./drag";

interface State {
  items: HTMLElement[];
  cells: HTMLElement[];
  track: HTMLElement;
  dots: HTMLElement;
  position: number;       // in slides; a fraction while moving
  current: number;
  wanted: number | null;  // set by the program before the slides were there
  told: { current: number; at: number }[]; // changes sent to the program, whose echo has not come back
  from: number;
  timer: number;
  moving: number;         // animation frame
  dragging: boolean;
  stop: (() => void)[];
}

const SHADOW = `:host{display:block}
.track{position:relative;display:grid;width:100%;height:100%;overflow:hidden}
.cell{grid-area:1/1;position:relative;min-width:0;will-change:transform}
.cell.out{position:absolute;inset:0;height:100%}
.cell ::slotted(*){width:100%}
.dots{position:absolute;left:0;right:0;bottom:10px;display:flex;justify-content:center;gap:8px;pointer-events:none}
.dots.v{left:auto;right:10px;top:0;bottom:0;flex-direction:column;align-items:center}
.dots i{width:8px;height:8px;border-radius:50%;background:var(--dot,rgba(0,0,0,.3))}
.dots i.on{background:var(--dot-on,#000)}
.dots[hidden]{display:none}`;

const EASINGS: Record<string, (t: number) => number> = {
  linear: (t) => t,
  easeInCubic: (t) => t ** 3,
  easeOutCubic: (t) => 1 - (1 - t) ** 3,
  easeInOutCubic: (t) => (t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2),
  default: (t) => 1 - (1 - t) ** 3,
};

function flag(el: Host, name: string): boolean {
  return el.hasAttribute(name);
}

function figure(el: Host, name: string, fallback: number): number {
  return numberOr(el.getAttribute(name), fallback);
}

/** Slides seen at once, and the length of one in pixels. */
function geometry(el: Host): { shown: number; vertical: boolean; before: number; size: number } {
  const vertical = flag(el, "vertical");
  const shown = Math.max(1, figure(el, "display-multiple-items", 1));
  const s: State = el.$s;
  const whole = vertical ? s.track.clientHeight : s.track.clientWidth;
  const before = pixels(el, "previous-margin"), after = pixels(el, "next-margin");
  return { shown, vertical, before, size: Math.max(1, (whole - before - after) / shown) };
}

function pixels(el: Host, name: string): number {
  const v = el.getAttribute(name) ?? "";
  const n = parseFloat(v) || 0;
  return /rpx\s*$/.test(v) ? (n * window.innerWidth) / 750 : n;
}

function isCircular(el: Host): boolean {
  const s: State = el.$s;
  return flag(el, "circular") && s.items.length > Math.max(1, figure(el, "display-multiple-items", 1));
}

function lastStop(el: Host): number {
  return Math.max(0, (el.$s as State).items.length - Math.max(1, figure(el, "display-multiple-items", 1)));
}

/** Puts every cell where the position says. */
function layout(el: Host): void {
  const s: State = el.$s;
  const n = s.items.length;
  const { vertical, before, size, shown } = geometry(el);
  const margins = before > 0 && flag(el, "snap-to-edge") && !isCircular(el);
  const lead = margins && s.position <= 0 ? 0 : before;
  s.cells.forEach((cell, i) => {
    let offset = i - s.position;
    if (isCircular(el)) offset = ((((offset + n / 2) % n) + n) % n) - n / 2;
    if (isCircular(el) && n === 2 && offset < -0.999) offset += 2;
    const far = offset < -shown - 1 || offset > shown + 1;
    const px = lead + offset * size;
    cell.style.transform = vertical ? `translate3d(0,${px}px,0)` : `translate3d(${px}px,0,0)`;
    cell.style.visibility = far ? "hidden" : "";
    cell.style[vertical ? "height" : "width"] = `${size}px`;
    cell.style[vertical ? "width" : "height"] = vertical ? "100%" : "";
  });
  markChanging(el);
}

/** With `acceleration` the slides that pass by have a class of their own. */
function markChanging(el: Host): void {
  const s: State = el.$s, names = flag(el, "acceleration") ? el.getAttribute("changing-class")?.split(/\s+/).filter(Boolean) ?? [] : [];
  const under = s.position % 1 !== 0;
  for (const name of names) s.items.forEach((item, i) => item.classList.toggle(name, under && Math.abs(i - s.position) < 1));
}

/** The cell that gives the swiper its height; the others lie over it. */
function chooseHeight(el: Host): void {
  const s: State = el.$s;
  const how = el.getAttribute("adjust-height") ?? "first";
  const free = flag(el, "vertical") && !flag(el, "adjust-vertical-height");
  s.cells.forEach((cell, i) => {
    const inFlow = !free && (how === "highest" || (how === "current" ? i === s.current : how !== "none" && i === 0));
    cell.classList.toggle("out", !inFlow);
  });
}

function drawDots(el: Host): void {
  const s: State = el.$s;
  s.dots.hidden = !flag(el, "indicator-dots");
  s.dots.classList.toggle("v", flag(el, "vertical"));
  while (s.dots.children.length < s.items.length) s.dots.appendChild(document.createElement("i"));
  while (s.dots.children.length > s.items.length) s.dots.lastElementChild!.remove();
  [...s.dots.children].forEach((dot, i) => dot.classList.toggle("on", i === s.current));
  const active = el.getAttribute("active-class")?.split(/\s+/).filter(Boolean) ?? [];
  if (active.length) s.items.forEach((item, i) => active.forEach((name) => item.classList.toggle(name, i === s.current)));
  s.items.forEach((item, i) => item.setAttribute("aria-hidden", String(i !== s.current)));
}

/** Reads the slides anew after the template changed them. What wraps a swiper-item, such as a navigator, is the slide. */
function refresh(el: Host, ctx: Context): void {
  const s: State = el.$s;
  const items = [...el.children].filter((c): c is HTMLElement => c.localName === "a_swiper_item" || c.querySelector(":scope a_swiper_item") !== null);
  if (items.length !== s.items.length || items.some((item, i) => item !== s.items[i])) {
    const first = s.items.length === 0;
    s.items = items;
    s.cells = items.map((item) => cellOf(item));
    s.track.replaceChildren(...s.cells);
    if (first && s.wanted !== null && s.wanted < items.length) {
      s.current = s.wanted;
      s.wanted = null;
    }
    s.current = Math.max(0, Math.min(s.current, items.length - 1));
    s.position = s.current;
  }
  chooseHeight(el);
  layout(el);
  drawDots(el);
  schedule(el, ctx);
}

/** An echo of a change that later ones have overtaken must not turn the swiper back. */
const ECHO_MS = 1500;

function isLateEcho(s: State, to: number): boolean {
  const now = performance.now();
  s.told = s.told.filter((x) => now - x.at < ECHO_MS);
  const i = s.told.findIndex((x) => x.current === to);
  const late = i >= 0 && i < s.told.length - 1;
  s.told.splice(0, i + 1);
  return late;
}

/** Goes where the program wants, once that slide is there. */
function aim(el: Host, ctx: Context): void {
  const s: State = el.$s;
  if (!el.isConnected) return;
  refresh(el, ctx);
  const to = s.wanted;
  if (to === null || to >= s.items.length) return;
  s.wanted = null;
  if (to !== s.current) go(el, to, "", ctx);
}

function cellOf(item: HTMLElement): HTMLElement {
  const cell = document.createElement("div");
  cell.className = "cell";
  const slot = document.createElement("slot");
  cell.appendChild(slot);
  slot.assign(item);
  return cell;
}

function schedule(el: Host, ctx: Context): void {
  const s: State = el.$s;
  clearTimeout(s.timer);
  if (!flag(el, "autoplay") || s.items.length < 2) return;
  s.timer = window.setTimeout(() => {
    if (document.hidden || s.dragging || !el.isConnected) return schedule(el, ctx);
    const next = s.current + 1;
    go(el, isCircular(el) ? s.position + 1 : next > lastStop(el) ? 0 : next, "autoplay", ctx);
  }, Math.max(16, figure(el, "interval", 5000)) + figure(el, "duration", 500));
}

/** Moves to a position (in a circle it may lie beyond either end) and tells of it. */
function go(el: Host, to: number, source: "autoplay" | "touch" | "", ctx: Context): void {
  const s: State = el.$s;
  const n = s.items.length;
  if (!n) return;
  const target = isCircular(el) ? Math.round(to) : Math.max(0, Math.min(lastStop(el), Math.round(to)));
  const current = ((target % n) + n) % n;
  const still = source === "" && flag(el, "disable-programmatic-animation");
  cancelAnimationFrame(s.moving);
  if (current !== s.current) {
    s.current = current;
    if (source) s.told.push({ current, at: performance.now() });
    ctx.emit(el, "change", { current, isChanging: false, source });
    drawDots(el);
    if (el.getAttribute("adjust-height") === "current") chooseHeight(el);
  }
  const done = () => {
    s.position = s.current;
    layout(el);
    ctx.emit(el, "animationEnd", { current: s.current, source });
    schedule(el, ctx);
  };
  if (still || Math.abs(target - s.position) < 0.001) return done();
  glideTo(el, target, done, ctx);
}

function glideTo(el: Host, target: number, done: () => void, ctx: Context): void {
  const s: State = el.$s;
  const from = s.position, start = performance.now();
  const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const time = reduced ? 0 : Math.max(0, figure(el, "duration", 500)) * Math.min(1, Math.abs(target - from) + 0.2);
  const ease = EASINGS[el.getAttribute("easing-function") ?? "default"] ?? EASINGS.default;
  const step = (now: number) => {
    const t = time ? Math.min(1, Math.max(0, (now - start) / time)) : 1;
    s.position = from + (target - from) * ease(t);
    layout(el);
    tellTransition(el, ctx);
    if (t < 1 && el.isConnected) s.moving = requestAnimationFrame(step);
    else done();
  };
  s.moving = requestAnimationFrame(step);
}

function tellTransition(el: Host, ctx: Context): void {
  const s: State = el.$s;
  if (!ctx.listens(el, "transition")) return;
  const { vertical, size } = geometry(el);
  const d = (s.position - s.from) * size;
  ctx.emit(el, "transition", { dx: vertical ? 0 : d, dy: vertical ? d : 0 });
}

function follow(el: Host, ctx: Context): void {
  const s: State = el.$s;
  s.stop.push(drag(el, {
    start(d) {
      const vertical = flag(el, "vertical");
      const angle = figure(el, "touch-angle", 45);
      const along = Math.abs(vertical ? d.dy : d.dx), across = Math.abs(vertical ? d.dx : d.dy);
      if (flag(el, "disable-touch") || s.items.length < 2 || Math.atan2(across, along) * (180 / Math.PI) > angle) return false;
      cancelAnimationFrame(s.moving);
      clearTimeout(s.timer);
      s.from = s.position;
      s.dragging = true;
      return true;
    },
    move(d) {
      const { size, vertical } = geometry(el);
      let to = s.from - (vertical ? d.dy : d.dx) / size;
      if (!isCircular(el)) to = rubber(to, lastStop(el));
      s.position = to;
      layout(el);
      tellTransition(el, ctx);
    },
    end(d, cancelled) {
      s.dragging = false;
      go(el, cancelled ? s.from : landing(el, d), "touch", ctx);
    },
  }));
}

/** Beyond an end the slides follow at a third of the finger's way. */
function rubber(to: number, last: number): number {
  return to < 0 ? to / 3 : to > last ? last + (to - last) / 3 : to;
}

/** How fast a finger must leave for the next slide, as `swipe-speed` has it, and what one of that is in pixels a millisecond. */
const SPEED = 0.05, SPEED_UNIT = 6;

function landing(el: Host, d: Drag): number {
  const s: State = el.$s;
  const { size, vertical } = geometry(el);
  const way = -(vertical ? d.dy : d.dx) / size, speed = -(vertical ? d.vy : d.vx);
  const base = Math.round(s.from);
  if (flag(el, "acceleration")) return Math.round(s.from + way + speed * 1.5);
  const far = Math.abs(way) > figure(el, "swipe-ratio", 0.2) || (Math.abs(speed) > figure(el, "swipe-speed", SPEED) * SPEED_UNIT && speed * way > 0);
  return far ? base + Math.sign(way) * Math.max(1, Math.round(Math.abs(way))) : base;
}

function keys(el: Host, ev: KeyboardEvent, ctx: Context): void {
  const s: State = el.$s;
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[ev.key];
  if (!step || ev.target !== el) return;
  ev.preventDefault();
  go(el, s.position + step, "touch", ctx);
}

export const swiper: ElementDef = {
  create(el, ctx) {
    const root = el.attachShadow({ mode: "open", slotAssignment: "manual" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(SHADOW);
    root.adoptedStyleSheets = [sheet];
    const track = document.createElement("div"), dots = document.createElement("div");
    track.className = "track";
    dots.className = "dots";
    dots.hidden = true;
    root.append(track, dots);
    const s: State = { items: [], cells: [], track, dots, position: 0, current: 0, wanted: null, told: [], from: 0, timer: 0, moving: 0, dragging: false, stop: [] };
    el.$s = s;
    el.setAttribute("role", "group");
    el.setAttribute("aria-roledescription", "carousel");
    el.tabIndex = 0;
    const changes = new MutationObserver(() => refresh(el, ctx));
    changes.observe(el, { childList: true });
    const size = new ResizeObserver(() => { if (!s.dragging) layout(el); });
    size.observe(track);
    s.stop.push(() => changes.disconnect(), () => size.disconnect());
    follow(el, ctx);
    ctx.after(() => refresh(el, ctx));
  },
  set(el, name, value, ctx) {
    const s: State = el.$s;
    switch (name) {
      case "current": {
        const to = Math.max(0, Math.floor(numberOr(value, 0)));
        if (isLateEcho(s, to)) return;
        s.wanted = to;
        ctx.after(() => aim(el, ctx));
        return;
      }
      case "indicator-color": s.dots.style.setProperty("--dot", textOf(value)); return;
      case "indicator-active-color": s.dots.style.setProperty("--dot-on", textOf(value)); return;
      case "previous-margin": case "next-margin": el.setAttribute(name, lengthText(value).startsWith("calc") ? textOf(value) : lengthText(value)); break;
      case "autoplay": case "circular": case "vertical": case "indicator-dots": case "disable-touch": case "acceleration":
      case "disable-programmatic-animation": case "snap-to-edge": case "adjust-vertical-height":
        writeAttribute(el, name, truthy(value));
        break;
      default: writeAttribute(el, name, value);
    }
    if (s.items.length) ctx.after(() => refresh(el, ctx));
  },
  destroy(el) {
    const s: State = el.$s;
    clearTimeout(s.timer);
    cancelAnimationFrame(s.moving);
    for (const stop of s.stop) stop();
  },
  on: { keydown: keys },
};
