// canvas: replays drawing commands that the worker recorded. Commands of one canvas run in the order they came, also
// across pictures that are still loading.
import { answers } from "./callable";
import { keep, numberOr, own, part, textOf, truthy, writeAttribute, type Context, type ElementDef, type Host } from "./element";

type Command = [name: string, ...args: any[]];
interface State {
  canvas: HTMLCanvasElement;
  sized: boolean;          // width or height were given: they are the grid's size
  ratio: number;           // device pixels in one unit of the grid
  queue: Promise<unknown>;
  pictures: Map<string, Promise<HTMLImageElement>>;
}

/** Side of a canvas, in device pixels. */
const MAX_SIDE = 8192;
const MAX_PICTURES = 200;

const METHODS = new Set((
  "arc arcTo beginPath bezierCurveTo clearRect clip closePath ellipse fill fillRect fillText lineTo moveTo quadraticCurveTo rect " +
  "restore rotate roundRect save scale setLineDash stroke strokeRect strokeText transform translate"
).split(" "));
const PROPERTIES = new Set((
  "fillStyle strokeStyle lineWidth lineCap lineJoin lineDashOffset miterLimit font textAlign textBaseline globalAlpha globalCompositeOperation " +
  "shadowBlur shadowColor shadowOffsetX shadowOffsetY direction filter imageSmoothingEnabled"
).split(" "));

function resize(s: State, side: "width" | "height", units: number): void {
  s.canvas[side] = Math.max(1, Math.min(MAX_SIDE, Math.round(units)));
}

/** A canvas without a size of its own has its box's, in the screen's pixels. */
function fit(el: Host): void {
  const s: State = el.$s;
  if (s.sized || !el.clientWidth) return;
  s.ratio = Math.min(3, window.devicePixelRatio || 1);
  const w = Math.round(el.clientWidth * s.ratio), h = Math.round(el.clientHeight * s.ratio);
  if (s.canvas.width === w && s.canvas.height === h) return;
  resize(s, "width", w);
  resize(s, "height", h);
  reset(s);
}

function reset(s: State): void {
  s.canvas.getContext("2d")?.setTransform(s.ratio, 0, 0, s.ratio, 0, 0);
}

function picture(s: State, src: string): Promise<HTMLImageElement> {
  let loading = s.pictures.get(src);
  if (loading) return loading;
  if (s.pictures.size >= MAX_PICTURES) s.pictures.clear();
  loading = load(src, true).catch(() => load(src, false));
  s.pictures.set(src, loading);
  return loading;
}

/** With leave of its server a picture may be read back from the canvas; without, it is only drawn. */
function load(src: string, readable: boolean): Promise<HTMLImageElement> {
  return new Promise((done, fail) => {
    const img = new Image();
    if (readable) img.crossOrigin = "anonymous";
    img.onload = () => done(img);
    img.onerror = () => fail(new Error(`the picture ${src.slice(0, 100)} cannot be loaded`));
    img.src = src;
  });
}

function addressOf(image: unknown, ctx: Context): Promise<string> {
  return new Promise((done) => { if (!ctx.file(image, done)) done(ctx.asset(image)); });
}

async function source(el: Host, from: any, ctx: Context): Promise<CanvasImageSource> {
  if (from?.canvas !== undefined) {
    const other = [...ctx.root(el).querySelectorAll<Host>("a_canvas")].find((c) => c.id === from.canvas);
    if (other) return (other.$s as State).canvas;
  }
  return picture(el.$s, await addressOf(from?.image, ctx));
}

/** A colour, a gradient or a pattern as data: {linear|radial|conic: numbers, stops} or {pattern, repeat}. */
async function paint(el: Host, g: CanvasRenderingContext2D, value: any, ctx: Context): Promise<string | CanvasGradient | CanvasPattern> {
  if (typeof value !== "object" || value === null) return String(value);
  if (value.pattern) return g.createPattern(await source(el, value.pattern, ctx), String(value.repeat ?? "repeat")) ?? "#000";
  const n = (value.linear ?? value.radial ?? value.conic ?? []).map(Number);
  const made = value.linear ? g.createLinearGradient(n[0], n[1], n[2], n[3])
    : value.radial ? g.createRadialGradient(n[0], n[1], n[2], n[3], n[4], n[5])
    : g.createConicGradient(n[0], n[1], n[2]);
  for (const [offset, color] of value.stops ?? []) made.addColorStop(Math.min(1, Math.max(0, Number(offset))), String(color));
  return made;
}

async function draw(el: Host, commands: Command[], reserve: boolean, ctx: Context): Promise<null> {
  const s: State = el.$s;
  fit(el);
  const g = s.canvas.getContext("2d");
  if (!g) throw new Error("this canvas cannot be drawn on");
  if (!reserve) clear(s, g);
  for (const [name, ...args] of commands) {
    try {
      if (METHODS.has(name)) (g as any)[name](...args);
      else if (name[0] === "=") await property(el, g, name.slice(1), args[0], ctx);
      else if (name === "drawImage") (g.drawImage as any)(await source(el, args[0], ctx), ...args.slice(1));
      else if (name === "setTransform") setTransform(s, g, args);
      else if (name === "resetTransform") reset(s);
    } catch (e) {
      ctx.send([4, `canvas ${name}: ${(e as Error).message}`]);
    }
  }
  return null;
}

/** A drawing that replaces the last one starts on an empty canvas; scale, colours and the rest stay as they were, which chart libraries count on. */
function clear(s: State, g: CanvasRenderingContext2D): void {
  g.save();
  g.setTransform(1, 0, 0, 1, 0, 0);
  g.clearRect(0, 0, s.canvas.width, s.canvas.height);
  g.restore();
}

async function property(el: Host, g: CanvasRenderingContext2D, name: string, value: any, ctx: Context): Promise<void> {
  const s: State = el.$s;
  if (name === "width" || name === "height") {
    s.sized = true;
    s.ratio = 1;
    resize(s, name, numberOr(value, 300));
  } else if (name === "fillStyle" || name === "strokeStyle") g[name] = await paint(el, g, value, ctx);
  else if (PROPERTIES.has(name)) (g as any)[name] = value;
}

function setTransform(s: State, g: CanvasRenderingContext2D, args: any[]): void {
  reset(s);
  const [a, b, c, d, e, f] = args.map(Number);
  g.transform(a, b, c, d, e, f);
}

function area(s: State, o: any): [number, number, number, number] {
  const r = s.ratio;
  const x = numberOr(o?.x, 0) * r, y = numberOr(o?.y, 0) * r;
  return [x, y, Math.max(1, numberOr(o?.width, s.canvas.width / r) * r), Math.max(1, numberOr(o?.height, s.canvas.height / r) * r)].map(Math.round) as any;
}

function toPicture(s: State, o: any): { dataUrl: string; width: number; height: number } {
  const [x, y, w, h] = area(s, o);
  const out = document.createElement("canvas");
  out.width = Math.min(MAX_SIDE, Math.round(numberOr(o?.destWidth, w)));
  out.height = Math.min(MAX_SIDE, Math.round(numberOr(o?.destHeight, h)));
  out.getContext("2d")!.drawImage(s.canvas, x, y, w, h, 0, 0, out.width, out.height);
  const type = /jpe?g/.test(textOf(o?.fileType)) ? "image/jpeg" : "image/png";
  return { dataUrl: out.toDataURL(type, numberOr(o?.quality, 1)), width: out.width, height: out.height };
}

function getPixels(s: State, o: any): { width: number; height: number; data: string } {
  const [x, y, w, h] = area(s, o);
  const pixels = s.canvas.getContext("2d")!.getImageData(x, y, w, h).data;
  let text = "";
  for (let i = 0; i < pixels.length; i += 8192) text += String.fromCharCode(...pixels.subarray(i, i + 8192));
  return { width: w, height: h, data: btoa(text) };
}

function putPixels(s: State, o: any): null {
  const bytes = Array.isArray(o?.bytes) ? Uint8ClampedArray.from(o.bytes) : Uint8ClampedArray.from(atob(textOf(o?.data)), (c) => c.charCodeAt(0));
  const width = Math.max(1, Math.floor(numberOr(o?.width, 1)));
  const height = Math.floor(bytes.length / 4 / width);
  if (height < 1) throw new Error("putImageData: fewer bytes than one row");
  s.canvas.getContext("2d")!.putImageData(new ImageData(bytes.slice(0, width * height * 4), width, height), numberOr(o?.x, 0) * s.ratio, numberOr(o?.y, 0) * s.ratio);
  return null;
}

function verb(el: Host, name: string, args: any[], ctx: Context): any {
  const s: State = el.$s;
  switch (name) {
    case "draw": return draw(el, Array.isArray(args[0]) ? args[0] : [], truthy(args[1]), ctx);
    case "toTempFilePath": return toPicture(s, args[0]);
    case "getImageData": return getPixels(s, args[0]);
    case "putImageData": return putPixels(s, args[0]);
    case "measureText": {
      const g = s.canvas.getContext("2d")!;
      g.save();
      g.font = textOf(args[0]);
      const width = g.measureText(textOf(args[1])).width;
      g.restore();
      return { width };
    }
    case "size": fit(el); return { width: s.canvas.width / s.ratio, height: s.canvas.height / s.ratio };
    default: throw new Error(`canvas has no ${name}`);
  }
}

export const canvas: ElementDef = {
  create(el, ctx) {
    const made = own(part("canvas", "souk-canvas", el)) as HTMLCanvasElement;
    el.$s = { canvas: made, sized: false, ratio: 1, queue: Promise.resolve(), pictures: new Map() } satisfies State;
    answers(el, (name, args) => {
      const s: State = el.$s;
      const work = s.queue.then(() => verb(el, name, args, ctx));
      s.queue = work.catch(() => undefined);
      return work;
    });
    ctx.after(() => { fit(el); ctx.emit(el, "ready", {}); });
  },
  set(el, name, value) {
    if (name === "disable-scroll") return writeAttribute(el, name, truthy(value)), keep(el, "touch-action", truthy(value) ? "none" : "");
    if (name !== "width" && name !== "height") return false;
    const s: State = el.$s;
    const units = parseFloat(textOf(value));
    if (!(units > 0)) return;
    s.sized = true;
    s.ratio = 1;
    resize(s, name, units);
  },
};
