// Draws the map's ground (grid, scale) and its lines and areas; markers are DOM elements and lie above.
import { numberOr, textOf, type Host } from "./element";
import { pixelOf, placeAt, placeOf, type MapState } from "./map";
import { metresPerPixel, roundUp } from "./mercator";

const MAX_POINTS = 20000;
const NOTE = "示意图 · schematic, no map data";

export function drawMap(el: Host, s: MapState): void {
  const ratio = Math.min(3, window.devicePixelRatio || 1);
  const w = el.clientWidth, h = el.clientHeight;
  s.canvas.width = Math.max(1, Math.round(w * ratio));
  s.canvas.height = Math.max(1, Math.round(h * ratio));
  const g = s.canvas.getContext("2d");
  if (!g || !w || !h) return;
  g.scale(ratio, ratio);
  g.fillStyle = "#f3f5f0";
  g.fillRect(0, 0, w, h);
  grid(el, g, w, h);
  for (const p of s.layers.polygon) shape(el, g, p, true);
  for (const c of s.layers.circles) circle(el, g, c, s);
  for (const l of s.layers.polyline) shape(el, g, l, false);
  if (s.showScale) scaleBar(s, g, h);
  g.font = "10px sans-serif";
  g.fillStyle = "rgba(0,0,0,.45)";
  g.textAlign = "right";
  g.fillText(NOTE, w - 6, h - 6);
}

/** Lines of latitude and longitude, about every 90 pixels, at round degrees. */
function grid(el: Host, g: CanvasRenderingContext2D, w: number, h: number): void {
  const nw = placeAt(el, 0, 0), se = placeAt(el, w, h);
  const step = roundUp(Math.max(1e-6, ((se.longitude - nw.longitude) / w) * 90));
  g.strokeStyle = "#dfe4d8";
  g.fillStyle = "#a5ab9c";
  g.lineWidth = 1;
  g.font = "9px sans-serif";
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  g.beginPath();
  for (let lon = Math.ceil(nw.longitude / step) * step, n = 0; lon < se.longitude && n < 100; lon += step, n++) {
    const x = Math.round(pixelOf(el, { latitude: 0, longitude: lon }).x) + 0.5;
    g.moveTo(x, 0);
    g.lineTo(x, h);
    g.fillText(lon.toFixed(digits) + "°", x + 3, 10);
  }
  for (let lat = Math.ceil(se.latitude / step) * step, n = 0; lat < nw.latitude && n < 100; lat += step, n++) {
    const y = Math.round(pixelOf(el, { latitude: lat, longitude: 0 }).y) + 0.5;
    g.moveTo(0, y);
    g.lineTo(w, y);
    g.fillText(lat.toFixed(digits) + "°", 3, y - 3);
  }
  g.stroke();
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
  paint(g, "strokeStyle", s.color ?? s.colorList?.[0], "#1677ff");
  g.lineWidth = Math.max(1, numberOr(s.width, closed ? 1 : 4));
  g.lineJoin = g.lineCap = "round";
  g.setLineDash(s.dottedLine ? [2, g.lineWidth * 2] : []);
  g.stroke();
  g.setLineDash([]);
}

function circle(el: Host, g: CanvasRenderingContext2D, c: any, s: MapState): void {
  const place = placeOf(c);
  if (!place) return;
  const at = pixelOf(el, place);
  g.beginPath();
  g.arc(at.x, at.y, Math.max(0, numberOr(c.radius, 0)) / metresPerPixel(place.latitude, s.scale), 0, Math.PI * 2);
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
