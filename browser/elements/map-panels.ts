// What a program draws on a map by layouts of its own: panels over it, signs and bubbles of markers. A layout is an XML file of the program with
// the elements box, text and image; ${name} in it is one of the given params. Only known attributes count, so a layout can do nothing but be seen and tapped.
import { numberOr, part, textOf, truthy, type Context, type Host } from "./element";
import type { MapState } from "./map";
import { button } from "./map-marks";
import { pixelOf, placeOf } from "./map-view";

const PANELS_MAX = 20, NODES_MAX = 200, DEPTH_MAX = 10;
const texts = new Map<string, Promise<string>>();

function layout(ctx: Context, src: string): Promise<string> {
  let text = texts.get(src);
  if (!text) {
    text = ctx.ask({ k: "open", what: "layout", page: 0, path: src }).then(String);
    text.catch(() => texts.delete(src));
    texts.set(src, text);
  }
  return text;
}

const escaped = (value: unknown): string => textOf(value as string).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** Builds what a layout says; `tapped` hears the id of a text that may be tapped. */
async function build(given: any, ctx: Context, tapped: ((id: string) => void) | null): Promise<HTMLElement> {
  const text = (await layout(ctx, textOf(given?.src))).replace(/\$\{([\w$.]+)\}/g, (_, name: string) => escaped(given?.params?.[name]));
  const read = new DOMParser().parseFromString(text.replace(/^[^<]+/, ""), "text/xml");
  if (read.querySelector("parsererror")) throw new Error(`${textOf(given?.src)} is not a layout: it is no XML`);
  let left = NODES_MAX;
  const make = (node: Element, depth: number, within: string): HTMLElement => {
    const box = part("div", "");
    const at = (name: string): string => node.getAttribute(name) ?? "";
    dress(box, at, within);
    if (node.localName === "text") box.textContent = at("text");
    if (node.localName === "image") {
      const img = part("img", "", box) as HTMLImageElement;
      img.alt = "";
      img.src = ctx.asset(at("src"));
      img.style.cssText = "display:block;width:100%;height:100%";
    }
    if (tapped && at("clickable") === "true") {
      box.setAttribute("role", "button");
      box.tabIndex = 0;
      box.style.cursor = "pointer";
      box.addEventListener("click", (ev) => { ev.stopPropagation(); tapped(at("id")); });
    }
    if (node.localName === "box" && depth < DEPTH_MAX) for (const child of node.children) if (left-- > 0) box.appendChild(make(child, depth + 1, at("layout") || "relative"));
    return box;
  };
  return make(read.documentElement, 0, "");
}

const PIXELS = ["width", "height", "padding", "padding-left", "padding-top", "padding-right", "padding-bottom", "border-radius", "border-width", "font-size", "left", "top", "right", "bottom"];
const WORDS = ["background-color", "border-color", "color", "font-weight", "text-align"];

function dress(box: HTMLElement, at: (name: string) => string, within: string): void {
  const style = box.style, kind = at("layout");
  style.boxSizing = "border-box";
  if (kind === "horizontal" || kind === "vertical") style.cssText += `;display:flex;flex-direction:${kind === "vertical" ? "column" : "row"}`;
  else style.position = "relative";
  const placed = ["left", "top", "right", "bottom"].some((side) => at(side));
  if (within === "relative" && placed) style.position = "absolute";
  for (const name of PIXELS) {
    const side = /^(left|top|right|bottom)$/.test(name);
    if (at(name)) style.setProperty(side && style.position !== "absolute" ? `margin-${name}` : name, `${numberOr(at(name), 0)}px`);
  }
  for (const name of WORDS) if (at(name)) style.setProperty(name, at(name));
  if (at("border-width")) style.borderStyle = "solid";
  if (at("vertical-align") === "middle") style.setProperty(kind === "vertical" ? "justify-content" : "align-items", "center");
  if (at("horizontal-align") === "middle") style.setProperty(kind === "vertical" ? "align-items" : "justify-content", "center");
  if (at("stroke-width")) style.setProperty("-webkit-text-stroke", `${numberOr(at("stroke-width"), 0)}px ${at("stroke-color") || "#fff"}`);
  if (at("number-of-lines")) style.cssText += `;display:-webkit-box;-webkit-box-orient:vertical;overflow:hidden;-webkit-line-clamp:${Math.floor(numberOr(at("number-of-lines"), 1))}`;
}

const wrong = (ctx: Context) => (e: Error): void => ctx.send([4, e.message]);

const drawn = new WeakMap<Host, unknown>();

/** Draws the panels anew when there are others. */
export function panelsOf(el: Host, ctx: Context): void {
  const s: MapState = el.$s, list = s.layers.panels.slice(0, PANELS_MAX);
  if (drawn.get(el) === s.layers.panels) return;
  drawn.set(el, s.layers.panels);
  s.panels.replaceChildren();
  for (const p of list) {
    void build(p?.layout, ctx, (layoutId) => ctx.emit(el, "panelTap", { panelId: p.id ?? null, layoutId })).then((made) => {
      if (!s.layers.panels.includes(p)) return;
      const at = p.position ?? {};
      const box = button("z-index:1002;overflow:hidden;cursor:default", textOf(p.id), () => ctx.emit(el, "panelTap", { panelId: p.id ?? null, layoutId: null }));
      for (const side of ["left", "top", "right", "bottom", "width", "height"]) if (at[side] !== undefined) box.style.setProperty(side, `${numberOr(at[side], 0)}px`);
      if (at.width !== undefined) made.style.width = "100%";
      if (at.height !== undefined) made.style.height = "100%";
      box.appendChild(made);
      s.panels.appendChild(box);
    }).catch(wrong(ctx));
  }
}

/** Signs and bubbles of markers that have a layout, over those that map-marks.ts draws: rebuilt only when their layouts change. */
export function layoutsOf(el: Host, ctx: Context): void {
  const s: MapState = el.$s;
  for (const m of s.layers.markers) {
    const place = placeOf(m);
    if (!place || !(m.iconLayout || m.customCallout?.layout)) continue;
    const at = pixelOf(el, place), shown = m.customCallout?.layout && (s.callout === m.id || truthy(m.customCallout.isShow));
    if (m.iconLayout) put(el, m.iconLayout, ctx, at.x, at.y, 2, null);
    if (shown) put(el, m.customCallout.layout, ctx, at.x, at.y - numberOr(m.height, 28) - 8, 1000, (layoutId) => ctx.emit(el, "calloutTap", { markerId: m.id ?? null, ...place, layoutId }));
  }
}

function put(el: Host, given: any, ctx: Context, x: number, y: number, z: number, tapped: ((id: string) => void) | null): void {
  const { pins }: MapState = el.$s, box = part("div", "", pins);
  box.style.cssText = `position:absolute;left:${x}px;top:${y}px;z-index:${z};transform:translate(-50%,-100%)${tapped ? "" : ";pointer-events:none"}`;
  build(given, ctx, tapped).then((made) => box.replaceChildren(made)).catch(wrong(ctx));
}
