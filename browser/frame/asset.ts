// Addresses in attributes: files of the program lie under the release's asset address; outside pictures are as they are.
import type { Frame } from "./model";

/** The address to load, or "" when it is of a kind that an element may not load. */
export function assetOf(f: Frame, address: unknown): string {
  const s = typeof address === "string" ? address.trim() : "";
  if (s === "") return "";
  if (/^(https?:|data:(image|audio|video)\/|blob:)/i.test(s)) return s;
  if (s.startsWith("//")) return "https:" + s;
  if (/^[a-z][a-z0-9+.-]*:/i.test(s)) return s.startsWith("souk-asset:") ? f.assets + s.slice("souk-asset:".length).replace(/^\/+/, "") : "";
  return f.assets + resolve(s, f.ctx.path);
}

/** Resolves a path from the file `from`; one that begins with "/" is from the program's root. It never leaves the root. */
export function resolve(path: string, from: string): string {
  const parts = path.startsWith("/") ? [] : from.split("/").slice(0, -1);
  for (const p of path.split("/")) {
    if (p === "..") parts.pop();
    else if (p !== "." && p !== "") parts.push(p);
  }
  return parts.join("/");
}
