// Pictures that lie on a map's ground: tiles of the program's own, and overlays between two corners. They are in a plane of their own below the
// canvas, which a CSS transform turns and tilts as map-view.ts does with places.
import { numberOr, textOf, type Context, type Host } from "./element";
import type { MapState } from "./map";
import { EYE_PX, places, planeOf, regionOf } from "./map-view";
import { project, unproject } from "./mercator";

const TILE_PX = 256, TILES_MAX = 96, OVERLAYS_MAX = 50, LEVEL_MAX = 20;

export interface MapGround { paint(el: Host, ctx: Context): void }

type Wanted = Map<string, { src: string; left: number; top: number; width: number; height: number; alpha: number; z: number }>;

/** Puts the wanted pictures in their places; one that is there already is only moved. */
export function paintGround(el: Host, ctx: Context): void {
  const s: MapState = el.$s, wanted: Wanted = new Map(), { ground } = s;
  if (s.tile) tiles(el, s, wanted, ctx);
  for (const g of s.layers["ground-overlays"].slice(0, OVERLAYS_MAX)) overlay(s, g, wanted, ctx);
  let plane = ground.firstElementChild as HTMLElement | null;
  if (!plane) {
    if (!wanted.size) return;
    plane = ground.appendChild(document.createElement("div"));
    plane.style.cssText = "position:absolute;width:0;height:0;transform-origin:0 0";
  }
  plane.style.left = `${s.offset[0] * 100}%`;
  plane.style.top = `${s.offset[1] * 100}%`;
  plane.style.transform = s.rotate || s.skew ? `perspective(${EYE_PX}px) rotateX(${s.skew}deg) rotateZ(${s.rotate}deg)` : "";
  const here = new Map([...plane.children].map((img) => [(img as HTMLElement).dataset.key!, img as HTMLImageElement]));
  for (const [key, at] of wanted) {
    const img = here.get(key) ?? plane.appendChild(document.createElement("img"));
    here.delete(key);
    if (!img.dataset.key) {
      img.dataset.key = key;
      img.alt = "";
      img.draggable = false;
      img.src = at.src;
      img.addEventListener("error", () => { img.style.visibility = "hidden"; }); // what cannot be loaded leaves the plan's paper
    }
    img.style.cssText += `;position:absolute;left:${at.left}px;top:${at.top}px;width:${at.width}px;height:${at.height}px;opacity:${at.alpha};z-index:${at.z}`;
  }
  for (const gone of here.values()) gone.remove();
}

/** Tiles of the level nearest to the scale; {x}, {y} and {z} in the address are their numbers. */
function tiles(el: Host, s: MapState, wanted: Wanted, ctx: Context): void {
  const level = Math.min(LEVEL_MAX, Math.max(0, Math.round(s.scale))), count = 2 ** level, size = TILE_PX * 2 ** (s.scale - level);
  const { northeast, southwest } = regionOf(el);
  const first = project({ latitude: northeast.latitude, longitude: southwest.longitude }, level), last = project({ latitude: southwest.latitude, longitude: northeast.longitude }, level);
  const top = Math.max(0, Math.floor(first.y / TILE_PX)), bottom = Math.min(count - 1, Math.floor(last.y / TILE_PX));
  for (let y = top; y <= bottom; y++) {
    for (let x = Math.floor(first.x / TILE_PX); x <= Math.floor(last.x / TILE_PX) && wanted.size < TILES_MAX; x++) {
      const column = ((x % count) + count) % count, address = textOf(s.tile.url).replaceAll("{x}", String(column)).replaceAll("{y}", String(y)).replaceAll("{z}", String(level));
      const src = ctx.asset(address);
      if (!src) return;
      const at = planeOf(s, unproject({ x: x * TILE_PX, y: y * TILE_PX }, level));
      wanted.set(`${level}/${x}/${y} ${s.tile.url}`, { src, left: at.x, top: at.y, width: size + 0.5, height: size + 0.5, alpha: 1, z: 0 });
    }
  }
}

function overlay(s: MapState, g: any, wanted: Wanted, ctx: Context): void {
  const corners = places(g?.["include-points"] ?? g?.includePoints).map((p) => planeOf(s, p)), src = ctx.asset(g?.image);
  if (corners.length < 2 || !src || g.visible === false) return;
  const xs = corners.map((c) => c.x), ys = corners.map((c) => c.y), left = Math.min(...xs), top = Math.min(...ys);
  wanted.set(`overlay ${textOf(g.id)} ${src}`, { src, left, top, width: Math.max(...xs) - left, height: Math.max(...ys) - top, alpha: numberOr(g.alpha, 1), z: numberOr(g.zIndex, 0) + 1 });
}
