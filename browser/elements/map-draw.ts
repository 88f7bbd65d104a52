// Draws the map's ground (grid, scale) and its lines and areas; markers are DOM elements and lie above.
import { numberOr, textOf, type Host } from "./element";
import type { MapState } from "./map";
import { onScreen, pixelOf, placeOf, planeOf, regionOf } from "./map-view";
import { metresPerPixel, roundUp } from "./mercator";

const MAX_POINTS = 20000, MAX_LINES = 100, CIRCLE_POINTS = 64;
const NOTE = "示意图 · schematic, no map data";

export function drawMap(el: Host, s: MapState): void {
  const ratio = Math.min(3, window.devicePixelRatio || 1);
  const w = el.clientWidth, h = el.clientHeight;
  s.canvas.width = Math.max(1, Math.round(w * ratio));
  s.canvas.height = Math.max(1, Math.round(h * ratio));
  const g = s.canvas.getContext("2d");
  if (!g || !w || !h) return;
  g.scale(ratio, ratio);
  if (!s.tile) grid(el, g, s);
  for (const p of s.layers.polygon) if (inRange(p?.displayRanges, s.scale)) shape(el, g, p, true);
  for (const c of s.layers.circles) circle(el, g, c, s);
  for (const l of s.layers.polyline) shape(el, g, l, false);
  if (s.show.location && s.here) here(el, g, s);
  if (s.show.scale) scaleBar(s, g, h);
  if (s.tile) return;
  g.font = "10px sans-serif";
  g.fillStyle = "rgba(0,0,0,.45)";
  g.textAlign = "right";
  g.fillText(NOTE, w - 6, h - 6);
}

export function inRange(ranges: any, scale: number): boolean {
  return !Array.isArray(ranges) || ranges.some((r) => scale >= Number(r?.from) && scale <= Number(r?.to));
}

/** Lines of latitude and longitude, about every 90 pixels, at round degrees; what they are stands at the edge of a map that lies as usual. */
function grid(el: Host, g: CanvasRenderingContext2D, s: MapState): void {
  const { northeast: ne, southwest: sw } = regionOf(el), light = s.style === "light", figures = !light && !s.rotate && !s.skew;
  const step = roundUp(Math.max(1e-6, ((ne.longitude - sw.longitude) / el.clientWidth) * 90 * (s.skew ? 0.6 : 1)));
  g.strokeStyle = light ? "#eef0ec" : "#dfe4d8";
  g.fillStyle = "#a5ab9c";
  g.lineWidth = 1;
  g.font = "9px sans-serif";
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  const line = (latitude: [number, number], longitude: [number, number]): { x: number; y: number } => {
    const a = pixelOf(el, { latitude: latitude[0], longitude: longitude[0] }), b = pixelOf(el, { latitude: latitude[1], longitude: longitude[1] });
    g.moveTo(a.x, a.y);
    g.lineTo(b.x, b.y);
    return a;
  };
  g.beginPath();
  for (let lon = Math.ceil(sw.longitude / step) * step, n = 0; lon < ne.longitude && n < MAX_LINES; lon += step, n++) {
    const { x } = line([ne.latitude, sw.latitude], [lon, lon]);
    if (figures) g.fillText(lon.toFixed(digits) + "°", x + 3, 10);
  }
  for (let lat = Math.ceil(sw.latitude / step) * step, n = 0; lat < ne.latitude && n < MAX_LINES; lat += step, n++) {
    const { y } = line([lat, lat], [sw.longitude, ne.longitude]);
    if (figures) g.fillText(lat.toFixed(digits) + "°", 3, y - 3);
  }
  g.stroke();
}

/** Where the person is, as phones show it. */
function here(el: Host, g: CanvasRenderingContext2D, s: MapState): void {
  const { x, y } = pixelOf(el, s.here!);
  for (const [radius, fill] of [[18, "rgba(22,119,255,.18)"], [8, "#fff"], [6, "#1677ff"]] as const) {
    g.beginPath();
    g.arc(x, y, radius, 0, Math.PI * 2);
    g.fillStyle = fill;
    g.fill();
  }
}

function trace(el: Host, g: CanvasRenderingContext2D, points: any): number {
  let n = 0;
  g.beginPath();
  for (const raw of (Array.isArray(points) ? points : []).slice(0, MAX_POINTS)) {
    const place = placeOf(raw);
    if (!place) continue;
    const at = pixelOf(el, place);
    n++ ? g.lineTo(at.x, at.y) : g.moveTo(at.x, at.y);
  }
  return n;
}

/** Colours may be #rrggbbaa; anything the canvas does not know leaves the default. */
function paint(g: CanvasRenderingContext2D, what: "fillStyle" | "strokeStyle", value: unknown, otherwise: string): void {
  g[what] = otherwise;
  if (value) g[what] = textOf(value as string);
}

function shape(el: Host, g: CanvasRenderingContext2D, s: any, closed: boolean): void {
  if (trace(el, g, s?.points) < 2) return;
  if (closed) {
    g.closePath();
    paint(g, "fillStyle", s.fillColor, "rgba(22,119,255,.15)");
    g.fill();
  }
  if (!closed && s.colorList?.length > 1) return rainbow(el, g, s);
  paint(g, "strokeStyle", s.color ?? s.colorList?.[0], "#1677ff");
  g.lineWidth = Math.max(1, numberOr(s.width, closed ? 1 : 4));
  g.lineJoin = g.lineCap = "round";
  g.setLineDash(s.dottedLine ? [2, g.lineWidth * 2] : []);
  g.stroke();
  g.setLineDash([]);
}

/** A line whose parts have colours of their own; the last goes on. */
function rainbow(el: Host, g: CanvasRenderingContext2D, s: any): void {
  g.lineWidth = Math.max(1, numberOr(s.width, 4));
  g.lineCap = "round";
  for (let n = 1; n < Math.min(s.points.length, MAX_POINTS); n++) {
    trace(el, g, [s.points[n - 1], s.points[n]]);
    paint(g, "strokeStyle", s.colorList[Math.min(n, s.colorList.length) - 1], "#1677ff");
    g.stroke();
  }
}

function circle(el: Host, g: CanvasRenderingContext2D, c: any, s: MapState): void {
  const place = placeOf(c);
  if (!place) return;
  const at = planeOf(s, place), radius = Math.max(0, numberOr(c.radius, 0)) / metresPerPixel(place.latitude, s.scale);
  g.beginPath();
  for (let n = 0; n < CIRCLE_POINTS; n++) {
    const turn = (n / CIRCLE_POINTS) * Math.PI * 2, p = onScreen(el, { x: at.x + radius * Math.cos(turn), y: at.y + radius * Math.sin(turn) });
    g.lineTo(p.x, p.y);
  }
  g.closePath();
  paint(g, "fillStyle", c.fillColor, "rgba(22,119,255,.12)");
  g.fill();
  const width = numberOr(c.strokeWidth, 1);
  if (width <= 0) return;
  paint(g, "strokeStyle", c.color, "#1677ff");
  g.lineWidth = width;
  g.stroke();
}

function scaleBar(s: MapState, g: CanvasRenderingContext2D, h: number): void {
  const mpp = metresPerPixel(s.center.latitude, s.scale);
  const metres = roundUp(mpp * 40);
  const length = metres / mpp;
  g.strokeStyle = g.fillStyle = "#555";
  g.lineWidth = 1.5;
  g.beginPath();
  g.moveTo(10, h - 14);
  g.lineTo(10, h - 9);
  g.lineTo(10 + length, h - 9);
  g.lineTo(10 + length, h - 14);
  g.stroke();
  g.font = "10px sans-serif";
  g.textAlign = "left";
  g.fillText(metres >= 1000 ? `${metres / 1000} km` : `${metres} m`, 12, h - 16);
}
