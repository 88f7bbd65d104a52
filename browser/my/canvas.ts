// Canvas: drawing commands are recorded here and replayed by the frame; text is measured in the worker, where an
// OffscreenCanvas knows the fonts.
import type { Json } from "../wire/wire";
import { callFrame } from "../worker/flush";
import { guarded } from "../worker/report";
import { topPage } from "../worker/router";
import { callShell } from "../worker/shell";
import { failure, type Family, type Method, notSupported, perform } from "./call";

type Command = [name: string, ...args: Json[]];

/** Commands kept before they are sent by themselves: a program that never draws must not fill the memory. */
const maxCommands = 20_000;

const commandNames = `arc arcTo beginPath bezierCurveTo clearRect clip closePath ellipse fill fillRect fillText lineTo moveTo
  quadraticCurveTo rect resetTransform restore rotate roundRect save scale setLineDash setTransform stroke strokeRect strokeText
  transform translate`.split(/\s+/);

const propertyNames = `fillStyle strokeStyle lineWidth lineCap lineJoin lineDashOffset miterLimit font textAlign textBaseline globalAlpha
  globalCompositeOperation shadowBlur shadowColor shadowOffsetX shadowOffsetY direction filter imageSmoothingEnabled`.split(/\s+/);

/** Old contexts set by method: setFillStyle(x) is fillStyle = x. */
const setters: Record<string, string> = {
  setFillStyle: "fillStyle", setStrokeStyle: "strokeStyle", setLineWidth: "lineWidth", setLineCap: "lineCap", setLineJoin: "lineJoin",
  setMiterLimit: "miterLimit", setTextAlign: "textAlign", setTextBaseline: "textBaseline", setGlobalAlpha: "globalAlpha",
};

const defaults: Record<string, unknown> = {
  fillStyle: "#000000", strokeStyle: "#000000", lineWidth: 1, lineCap: "butt", lineJoin: "miter", lineDashOffset: 0, miterLimit: 10,
  font: "10px sans-serif", textAlign: "start", textBaseline: "alphabetic", globalAlpha: 1, globalCompositeOperation: "source-over",
  shadowBlur: 0, shadowColor: "rgba(0,0,0,0)", shadowOffsetX: 0, shadowOffsetY: 0, direction: "ltr", filter: "none", imageSmoothingEnabled: true,
};

interface Gradient { addColorStop(offset: number, color: string): void }

/** Gradients and patterns travel as data: {linear: [x0, y0, x1, y1], stops: [[offset, color]]}. */
function gradient(kind: "linear" | "radial" | "conic", numbers: number[]): Gradient {
  const stops: [number, string][] = [];
  const g = { [kind]: numbers.map(Number), stops } as unknown as Gradient;
  Object.defineProperty(g, "addColorStop", { value: (offset: number, color: string) => { stops.push([Number(offset), String(color)]); } });
  return g;
}

function imageOf(image: any): Json {
  if (typeof image === "string") return { image };
  return image?.canvas ? { canvas: String(image.canvas) } : { image: String(image?.src ?? "") };
}

const measuring: OffscreenCanvasRenderingContext2D | null | undefined = (() => {
  const Canvas = (globalThis as any).OffscreenCanvas;
  return typeof Canvas === "function" ? guarded(() => new Canvas(1, 1).getContext("2d")) : null;
})();

function measure(font: string, text: string): { width: number } {
  if (measuring) {
    measuring.font = font;
    return measuring.measureText(text);
  }
  // No fonts here (headless): half the size for Latin letters, the whole for others.
  const size = Number(/([\d.]+)px/.exec(font)?.[1] ?? 10);
  return { width: [...text].reduce((sum, c) => sum + (c.charCodeAt(0) < 0x2e80 ? size / 2 : size), 0) };
}

/** A context that records. Assigned properties become commands "=name" where they stand among the others. */
function recorder(full: (commands: Command[]) => void): { context: any; take: () => Command[] } {
  let commands: Command[] = [], dash: number[] = [];
  const state: Record<string, unknown> = { ...defaults }, saved: Record<string, unknown>[] = [];
  const record = (command: Command): void => {
    commands.push(command);
    if (commands.length >= maxCommands) full(take());
  };
  const take = (): Command[] => {
    const taken = commands;
    commands = [];
    return taken;
  };
  const set = (name: string, value: unknown): void => {
    state[name] = value;
    record([`=${name}`, value as Json]);
  };
  const context: any = {};
  for (const name of commandNames) context[name] = (...args: any[]) => {
    if (name === "save") saved.push({ ...state });
    if (name === "restore") Object.assign(state, saved.pop());
    record([name, ...args]);
  };
  for (const name of propertyNames) Object.defineProperty(context, name, { get: () => state[name], set: v => set(name, v), enumerable: true, configurable: true });
  for (const name of Object.keys(setters)) context[name] = (v: unknown) => set(setters[name], v);
  Object.assign(context, {
    setFontSize: (px: number) => set("font", String(state.font).replace(/[\d.]+px/, `${Number(px)}px`)),
    setShadow: (x: number, y: number, blur: number, color: string) => {
      for (const [k, v] of [["shadowOffsetX", x], ["shadowOffsetY", y], ["shadowBlur", blur], ["shadowColor", color]]) set(k as string, v);
    },
    drawImage: (image: unknown, ...args: any[]) => record(["drawImage", imageOf(image), ...args]),
    createLinearGradient: (...n: number[]) => gradient("linear", n),
    createRadialGradient: (...n: number[]) => gradient("radial", n),
    createCircularGradient: (x: number, y: number, r: number) => gradient("radial", [x, y, 0, x, y, r]),
    createConicGradient: (...n: number[]) => gradient("conic", n),
    createPattern: (image: unknown, repeat: string) => ({ pattern: imageOf(image), repeat }),
    measureText: (text: unknown) => measure(String(state.font), String(text)),
    getLineDash: () => dash,
    setLineDash: (pattern: unknown) => {
      dash = Array.isArray(pattern) ? pattern.map(Number) : [];
      record(["setLineDash", dash]);
    },
  });
  return { context, take };
}

// ---- my.createCanvasContext -----------------------------------------------------------------------------------------------

function canvasCall(page: number, id: Json, args: Json[], opts: any, answer: (result: any) => any = () => ({})): Promise<any> | undefined {
  return perform(opts, done => {
    callFrame("canvas", [page, id, ...args], (result, error) => error ? done(false, failure(3, error)) : done(true, answer(result)));
  });
}

function createCanvasContext(id: unknown): any {
  const page = topPage()?.id ?? 0, name = String(id ?? "");
  const send = (commands: Command[], reserve: boolean, done?: () => void): void => {
    callFrame("canvas", [page, name, "draw", commands as Json, reserve ? 1 : 0], () => done?.());
  };
  const { context, take } = recorder(commands => send(commands, true));
  context.draw = (reserve?: unknown, callback?: unknown) => {
    const done = typeof reserve === "function" ? reserve : callback;
    send(take(), reserve === true, typeof done === "function" ? done as () => void : undefined);
  };
  context.getImageData = (o?: any) => canvasCall(page, name, ["getImageData", o ?? {}], o, imageData);
  context.putImageData = (o?: any) => canvasCall(page, name, ["putImageData", { ...o, data: undefined, bytes: [...o?.data ?? []] } as Json], o);
  context.toTempFilePath = (o?: any) => toTempFilePath({ ...o, canvasId: name });
  context.toDataURL = (o?: any) => canvasCall(page, name, ["toTempFilePath", plainRect(o)], o, r => r?.dataUrl);
  return context;
}

function imageData(result: any): any {
  const bytes = result?.data ? Uint8ClampedArray.from(globalThis.atob?.(result.data) ?? "", c => c.charCodeAt(0)) : new Uint8ClampedArray();
  return { width: result?.width ?? 0, height: result?.height ?? 0, data: bytes };
}

function plainRect(o: any): Json {
  const out: Record<string, Json> = {};
  for (const k of ["x", "y", "width", "height", "destWidth", "destHeight", "fileType", "quality"]) if (o?.[k] !== undefined) out[k] = o[k];
  return out;
}

function toTempFilePath(opts: any): Promise<any> | undefined {
  const id = String(opts?.canvas?.canvas ?? opts?.canvasId ?? "");
  return canvasCall(topPage()?.id ?? 0, id, ["toTempFilePath", plainRect(opts)], opts,
    r => ({ apFilePath: r?.dataUrl, tempFilePath: r?.dataUrl, filePath: r?.dataUrl }));
}

// ---- <canvas type="2d"> -----------------------------------------------------------------------------------------------------

/** The pixels are in another process, which answers later: what canvases answer at once cannot be had. */
function elsewhere(name: string): Method {
  return () => { throw failure(notSupported, `${name}: the canvas is drawn elsewhere; my.canvasToTempFilePath gives its picture, and an old context's getImageData its pixels`); };
}

/** The node of a canvas: its context draws by itself at the end of each task. */
export function canvasNode(page: number, id: string, width: number, height: number): any {
  let asked = false, context: any = null;
  const send = (commands: Command[]): void => { callFrame("canvas", [page, id, "draw", commands as Json, 1], () => {}); };
  const recording = recorder(send);
  const soon = (): void => {
    if (asked) return;
    asked = true;
    queueMicrotask(() => {
      asked = false;
      const commands = recording.take();
      if (commands.length) send(commands);
    });
  };
  const node: any = {
    canvas: id, _width: width, _height: height,
    getContext(kind: string) {
      if (kind !== "2d") return null;
      return context ??= new Proxy(recording.context, {
        get: (target, name) => {
          if (name === "canvas") return node;
          if (name === "getImageData" || name === "isPointInPath" || name === "isPointInStroke") return elsewhere(String(name));
          const member = target[name];
          return typeof member === "function" ? (...args: unknown[]) => { soon(); return member(...args); } : member;
        },
        set: (target, name, value) => { target[name] = value; soon(); return true; },
      });
    },
    createImage,
    requestAnimationFrame: (run: (time: number) => void) => setTimeout(() => run(Date.now()), 16),
    cancelAnimationFrame: (n: number) => clearTimeout(n),
    toDataURL: elsewhere("toDataURL"),
  };
  for (const side of ["width", "height"] as const) {
    Object.defineProperty(node, side, {
      get: () => node[`_${side}`],
      set: v => {
        node[`_${side}`] = v;
        recording.context[side] = v;
        send([...recording.take(), [`=${side}`, Number(v)]]);
      },
    });
  }
  return node;
}

/** An image that tells when it can be drawn; the shell reads its size. */
function createImage(): any {
  let src = "";
  const image: Record<string, any> = { width: 0, height: 0, onload: null, onerror: null };
  Object.defineProperty(image, "src", {
    get: () => src,
    set: (value: string) => {
      src = String(value);
      callShell("getImageInfo", { src }, (ok, data) => {
        if (ok) Object.assign(image, { width: data.width, height: data.height });
        const tell = (ok ? image.onload : image.onerror) as Method | null;
        if (typeof tell === "function") tell.call(image, data);
      });
    },
  });
  return image;
}

function createOffscreenCanvas(opts?: any): any {
  const Canvas = (globalThis as any).OffscreenCanvas;
  if (typeof Canvas !== "function") throw failure(4, "createOffscreenCanvas: there is no canvas here");
  return Object.assign(new Canvas(Number(opts?.width) || 300, Number(opts?.height) || 150), { createImage });
}

export const canvas: Family = { createCanvasContext, createOffscreenCanvas, canvasToTempFilePath: toTempFilePath };
