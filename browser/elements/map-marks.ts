// What stands on a map and can be tapped and read: markers with their bubbles, controls, the compass. DOM elements over the canvas.
import { numberOr, part, textOf, truthy, type Context, type Host } from "./element";
import type { MapState } from "./map";
import { inRange } from "./map-draw";
import { pixelOf, placeOf } from "./map-view";
import type { Place, Point } from "./mercator";

const MAX_MARKERS = 1000, MAX_CONTROLS = 50, BEYOND_PX = 200;

export function marks(el: Host, ctx: Context, changed: () => void): void {
  const s: MapState = el.$s, made: HTMLElement[] = [];
  for (const m of s.layers.markers.slice(0, MAX_MARKERS)) {
    const place = placeOf(m);
    if (!place || !inRange(m.displayRanges, s.scale)) continue;
    const at = m.fixedPoint ? { x: numberOr(m.fixedPoint.originX, 0), y: numberOr(m.fixedPoint.originY, 0) } : pixelOf(el, place);
    if (at.x < -BEYOND_PX || at.y < -BEYOND_PX || at.x > el.clientWidth + BEYOND_PX || at.y > el.clientHeight + BEYOND_PX) continue;
    made.push(pin(el, m, place, at, ctx, changed));
    const custom = m.label ? null : m.customCallout;
    if (custom && !custom.layout && (s.callout === m.id || truthy(custom.isShow))) made.push(bubble(el, m, place, at, custom, ctx));
    else if (!custom && s.callout === m.id && m.callout?.content) made.push(bubble(el, m, place, at, { type: 1, descList: [{ desc: m.callout.content }] }, ctx));
  }
  for (const c of s.layers.controls.slice(0, MAX_CONTROLS)) made.push(control(el, c, ctx));
  if (s.show.compass) made.push(compass(s, changed));
  s.pins.replaceChildren(...made);
}

export function button(css: string, label: string, tapped: () => void): HTMLElement {
  const b = document.createElement("div");
  b.style.cssText = "position:absolute;cursor:pointer;" + css;
  b.tabIndex = 0;
  b.setAttribute("role", "button");
  if (label) b.setAttribute("aria-label", label);
  b.addEventListener("click", (ev) => { ev.stopPropagation(); tapped(); });
  b.addEventListener("keydown", (ev) => { if (ev.key === "Enter" || ev.key === " ") { ev.preventDefault(); ev.stopPropagation(); tapped(); } });
  return b;
}

function picture(src: string, css: string, parent: HTMLElement): void {
  const img = part("img", "", parent) as HTMLImageElement;
  img.src = src;
  img.alt = "";
  img.draggable = false;
  img.style.cssText = "display:block;" + css;
}

function pin(el: Host, m: any, place: Place, at: Point, ctx: Context, changed: () => void): HTMLElement {
  const s: MapState = el.$s, w = numberOr(m.width, 0), h = numberOr(m.height, 0), icon = ctx.asset(m.iconPath);
  const b = button(`left:${at.x}px;top:${at.y}px;transform:translate(${-numberOr(m.anchorX, 0.5) * 100}%,${-numberOr(m.anchorY, 1) * 100}%) rotate(${numberOr(m.rotate, 0)}deg);opacity:${numberOr(m.alpha, 1)};z-index:${Math.round(numberOr(m.markerLevel, 0)) + 1}`,
    textOf(m.title) || "marker", () => {
      s.callout = s.callout === m.id ? null : m.id;
      ctx.emit(el, "markerTap", { markerId: m.id ?? null, ...place });
      changed();
    });
  if (m.style?.type) styled(b, m.style, ctx);
  else if (icon) picture(icon, `${w ? `width:${w}px;` : "max-width:48px;"}${h ? `height:${h}px` : ""}`, b);
  else part("div", "souk-map-drop", b);
  const text = textOf(m.label?.content ?? (m.style ? "" : m.iconAppendStr));
  if (text) label(b, text, m.label ?? { color: m.iconAppendStrColor });
  return b;
}

/** A marker that is a text between pictures (types 1 and 2), or one with a picture before it (3). */
function styled(b: HTMLElement, look: any, ctx: Context): void {
  const plate = part("div", "souk-map-plate", b);
  const sign = (path: unknown): void => { const src = ctx.asset(path); if (src) picture(src, "height:18px", plate); };
  sign(look.icon1 ?? look.icon);
  const text = part("span", "", plate);
  text.textContent = textOf(look.text1 ?? look.text);
  text.style.color = textOf(look.color) || (look.type === 3 ? "#33B276" : "");
  text.style.fontSize = { small: "11px", large: "17px" }[textOf(look.fontType)] ?? "";
  plate.style.backgroundColor = textOf(look.bgColor);
  sign(look.icon2);
}

function label(parent: HTMLElement, text: string, look: any): void {
  const l = part("span", "souk-map-label", parent);
  l.textContent = text;
  l.style.cssText = `font-size:${numberOr(look.fontSize, 12)}px;padding:${numberOr(look.padding, 2)}px;border-radius:${numberOr(look.borderRadius, 3)}px`;
  l.style.color = textOf(look.color) || "#333";
  l.style.backgroundColor = textOf(look.bgColor) || "rgba(255,255,255,.85)";
}

/** The bubble over a marker: white, black (type 0), or texts in colours of their own after a time. */
function bubble(el: Host, m: any, place: Place, at: Point, look: any, ctx: Context): HTMLElement {
  const b = button(`left:${at.x}px;top:${at.y - numberOr(m.height, 28) - 8}px;transform:translate(-50%,-100%);z-index:1000`, "", () => ctx.emit(el, "calloutTap", { markerId: m.id ?? null, ...place }));
  b.className = "souk-map-bubble" + (look.type === 0 ? " dark" : "");
  if (look.time && look.type !== 2) part("b", "", b).textContent = textOf(look.time);
  for (const d of (Array.isArray(look.descList) ? look.descList : []).slice(0, 10)) {
    const text = part("span", "", b);
    text.textContent = textOf(d?.desc);
    text.style.color = textOf(d?.descColor);
  }
  return b;
}

function control(el: Host, c: any, ctx: Context): HTMLElement {
  const at = c?.position ?? {};
  const size = (at.width ? `width:${numberOr(at.width, 40)}px;` : "") + (at.height ? `height:${numberOr(at.height, 40)}px;` : "");
  const b = button(`left:${numberOr(at.left, 0)}px;top:${numberOr(at.top, 0)}px;z-index:1001;${size}`, "control", () => { if (truthy(c.clickable)) ctx.emit(el, "controlTap", { controlId: c.id ?? null }); });
  picture(ctx.asset(c?.iconPath), size ? "width:100%;height:100%" : "", b);
  return b;
}

/** Points north; a tap lays the map as usual. */
function compass(s: MapState, changed: () => void): HTMLElement {
  const b = button("right:10px;top:10px;z-index:1001", "compass", () => { s.rotate = s.skew = 0; changed(); });
  b.className = "souk-map-compass";
  part("i", "", b).style.transform = `rotate(${s.rotate}deg)`;
  return b;
}
