// Addresses in attributes: files of the program lie under the release's asset address; outside pictures are as they are.
import type { Frame } from "./model";

/** What the program itself wrote, saved or was given lies with the shell, under these addresses. */
const LOCAL = /^https:\/\/(usr|resource)\//;
/** Files whose addresses are remembered; each holds its content in memory. */
const MAX_FILES = 200;
const files = new Map<string, Promise<string>>();

/** Answers whether an address names a file of the program; `ready` then gets an address that can be loaded, or "". */
export function localFile(f: Frame, address: unknown, ready: (url: string) => void): boolean {
  const path = typeof address === "string" ? address.trim() : "";
  if (!LOCAL.test(path)) return false;
  let url = files.get(path);
  if (!url) {
    if (files.size >= MAX_FILES) forgetFile(files.keys().next().value!);
    url = f.ctx.ask({ k: "file", path }).then((blob) => URL.createObjectURL(blob));
    files.set(path, url);
    url.catch(() => files.delete(path));
  }
  url.then(ready, () => ready(""));
  return true;
}

/** A file has another content now: who asks again gets it. */
export function forgetFile(path: string): void {
  files.get(path)?.then((url) => URL.revokeObjectURL(url), () => undefined);
  files.delete(path);
}

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
