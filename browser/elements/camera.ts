// camera: the device's camera in a page. The frame may not open one: it tells the shell what is wanted, and draws the pictures that come,
// asking for the next when one is drawn.
import { own, part, textOf, type Context, type ElementDef, type Host } from "./element";
import type { Json } from "../wire/wire";

interface State { id: number; pen: CanvasRenderingContext2D; wish: Record<string, string>; waiting: boolean; size: ResizeObserver }

interface Heard { type: "picture" | "ready" | "stop" | "error" | "scanCode"; detail?: any }

/** Pictures are as fine as the screen, at most this: a finer one is only more to copy. */
const DENSITY_MAX = 2;

/** Tells the shell what is wanted, once for all attributes that change together. */
function wish(el: Host, ctx: Context): void {
  const s: State = el.$s;
  if (s.waiting) return;
  s.waiting = true;
  ctx.after(() => {
    s.waiting = false;
    if (!el.isConnected) return;
    const density = Math.min(DENSITY_MAX, devicePixelRatio);
    ctx.tell({ k: "camera", id: s.id, page: ctx.page(el), name: el.id, width: el.clientWidth * density, height: el.clientHeight * density, ...s.wish });
  });
}

function hear(el: Host, m: Heard, ctx: Context): void {
  const s: State = el.$s;
  if (m.type !== "picture") return ctx.emit(el, m.type, (m.detail ?? {}) as Json);
  const picture = m.detail as ImageBitmap, { canvas } = s.pen;
  if (canvas.width !== picture.width) canvas.width = picture.width;
  if (canvas.height !== picture.height) canvas.height = picture.height;
  s.pen.drawImage(picture, 0, 0);
  picture.close();
  ctx.tell({ k: "cameraNext", id: s.id });
}

export const camera: ElementDef = {
  create(el, ctx) {
    const canvas = own(part("canvas", "souk-camera", el)) as HTMLCanvasElement;
    const id = ctx.newId();
    const size = new ResizeObserver(() => wish(el, ctx));
    el.$s = { id, pen: canvas.getContext("2d", { alpha: false })!, wish: {}, waiting: false, size } satisfies State;
    ctx.hear(id, (m: Heard) => hear(el, m, ctx));
    size.observe(el);
  },
  set(el, name, value, ctx) {
    const s: State = el.$s;
    switch (name) {
      case "mode": s.wish.mode = textOf(value); break;
      case "device-position":
        s.wish.facing = textOf(value);
        el.toggleAttribute("data-front", value === "front"); // whom it sees expects a mirror
        break;
      case "flash": s.wish.flash = textOf(value); break;
      case "output-dimension": s.wish.dimension = textOf(value); break;
      case "frame-size": s.wish.frame = textOf(value); break;
      default: return false;
    }
    wish(el, ctx);
  },
  destroy(el, ctx) {
    const s: State = el.$s;
    s.size.disconnect();
    ctx.hear(s.id, null);
    ctx.tell({ k: "cameraClose", id: s.id });
  },
};
