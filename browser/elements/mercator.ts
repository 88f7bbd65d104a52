// The map's arithmetic: Web Mercator, as every street map uses it; one world is 256 · 2^scale pixels wide.

export interface Place { latitude: number; longitude: number }
export interface Point { x: number; y: number }

const TILE_PX = 256;
const MAX_LATITUDE = 85.05;
export const EARTH_CIRCUMFERENCE_M = 40_075_016.686;

export function worldSize(scale: number): number {
  return TILE_PX * 2 ** scale;
}

export function project(p: Place, scale: number): Point {
  const size = worldSize(scale);
  const sin = Math.sin((Math.max(-MAX_LATITUDE, Math.min(MAX_LATITUDE, p.latitude)) * Math.PI) / 180);
  return { x: ((p.longitude + 180) / 360) * size, y: (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * size };
}

export function unproject(p: Point, scale: number): Place {
  const size = worldSize(scale);
  const n = Math.PI * (1 - (2 * p.y) / size);
  return { latitude: (Math.atan(Math.sinh(n)) * 180) / Math.PI, longitude: (p.x / size) * 360 - 180 };
}

/** Metres in one pixel at a latitude. */
export function metresPerPixel(latitude: number, scale: number): number {
  return (EARTH_CIRCUMFERENCE_M * Math.cos((latitude * Math.PI) / 180)) / worldSize(scale);
}

/** Metres between two places, on a sphere. */
export function distance(a: Place, b: Place): number {
  const rad = Math.PI / 180;
  const h = Math.sin(((b.latitude - a.latitude) * rad) / 2) ** 2 +
    Math.cos(a.latitude * rad) * Math.cos(b.latitude * rad) * Math.sin(((b.longitude - a.longitude) * rad) / 2) ** 2;
  return 12_742_017.6 * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** The least round number (1, 2 or 5 times a power of ten) that is not below n. */
export function roundUp(n: number): number {
  const power = 10 ** Math.floor(Math.log10(n));
  for (const step of [1, 2, 5]) if (n <= step * power * 1.0000001) return step * power;
  return 10 * power;
}
