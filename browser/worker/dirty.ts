// Which data changed: data paths, trees of changed paths, and whether what an expression reads meets them.
// Writing by path lives here too, because only the write knows how much it created.

/** What changed below a value: all of it, or some members. */
export type Tree = true | Map<string, Tree>;

/** A parsed data path: the keys, and whether each stood in brackets as a number. */
export interface Path { k: string[]; n: boolean[] }

/** What an expression reads: l is the number of scopes up, or -1 for the data root. */
export interface Dep { l: number; p: string[] }

/** Changes seen by one for-item (or slot content) and by those around it. */
export interface Scopes { i: Tree | undefined; x: boolean; u: Scopes | null }

const maxCachedPaths = 10_000;
const maxDepth = 100;
let cache = new Map<string, Path>();

/** "a.b[2]['c']" → a, b, 2, c. Throws on a key that is not a path. */
export function parsePath(key: string): Path {
  let path = cache.get(key);
  if (path) return path;
  if (cache.size >= maxCachedPaths) cache = new Map();
  cache.set(key, path = readPath(key));
  return path;
}

function readPath(key: string): Path {
  const path: Path = { k: [], n: [] };
  if (/^[\w$-]+$/.test(key)) { path.k.push(key); path.n.push(false); return path; }
  const part = /\.?([^.[\]]+)|\[\s*(\d+)\s*\]|\[\s*(?:"([^"]*)"|'([^']*)'|([^\]]+?))\s*\]/gy;
  let end = 0;
  for (let m: RegExpExecArray | null; end < key.length && (m = part.exec(key)); end = part.lastIndex) {
    path.k.push(m[1] ?? m[2] ?? m[3] ?? m[4] ?? m[5]);
    path.n.push(m[2] !== undefined);
  }
  if (end < key.length || !path.k.length || path.k.length > maxDepth) throw new Error(`"${key}" is not a data path`);
  if (path.k.includes("__proto__")) throw new Error(`"${key}": __proto__ cannot be set`);
  return path;
}

/** Adds a changed path (its first `length` keys) to a tree. */
export function mark(tree: Tree | undefined, keys: string[], length: number): Tree {
  if (tree === true || length === 0) return true;
  const root: Map<string, Tree> = tree ?? new Map();
  let at = root;
  for (let i = 0; i < length; i++) {
    const below = at.get(keys[i]);
    if (below === true) return root;
    if (i === length - 1) { at.set(keys[i], true); return root; }
    if (below) at = below;
    else { const fresh = new Map<string, Tree>(); at.set(keys[i], fresh); at = fresh; }
  }
  return root;
}

export function merge(a: Tree | undefined, b: Tree | undefined): Tree | undefined {
  if (!a || !b) return a ?? b;
  if (a === true || b === true) return true;
  for (const [k, t] of b) a.set(k, merge(a.get(k), t)!);
  return a;
}

/** The part of a tree below a path; undefined when nothing there changed. */
export function below(tree: Tree | undefined, keys: string[]): Tree | undefined {
  for (let i = 0; i < keys.length; i++) {
    if (tree === true || !tree) return tree;
    tree = tree.get(keys[i]);
  }
  return tree;
}

export function meets(deps: Dep[], tree: Tree | undefined, scopes: Scopes | null): boolean {
  for (let i = 0; i < deps.length; i++) {
    const dep = deps[i];
    let level = dep.l;
    if (level < 0) {
      if (tree && below(tree, dep.p)) return true;
      continue;
    }
    let s = scopes;
    while (level-- > 0 && s) s = s.u;
    if (s && (dep.p[0] === "#" ? s.x : s.i && below(s.i, dep.p))) return true;
  }
  return false;
}

export function anyScope(s: Scopes | null): boolean {
  for (; s; s = s.u) if (s.i || s.x) return true;
  return false;
}

export function readDeps(raw: unknown[][] | null | undefined): Dep[] {
  return (raw ?? []).map(d => typeof d[0] === "number"
    ? { l: d[0], p: d.slice(1).map(String) }
    : { l: -1, p: d.map(String) });
}

export function getPath(data: any, keys: string[]): any {
  for (let i = 0; i < keys.length && data != null; i++) data = data[keys[i]];
  return data;
}

/**
 * Writes a value by path, makes missing objects and arrays on the way, and answers how many leading keys of the path
 * name what changed: fewer than all when a container was made or an array grew.
 */
export function setPath(data: any, path: Path, value: unknown): number {
  const { k, n } = path, last = k.length - 1;
  let at = data, changed = k.length;
  for (let i = 0; i < last; i++) {
    let next = at[k[i]];
    if (typeof next !== "object" || next === null) {
      next = at[k[i]] = n[i + 1] ? [] : {};
      if (changed > i) changed = i + 1;
    }
    at = next;
  }
  if (Array.isArray(at) && changed > last && !(+k[last] < at.length)) changed = last;
  at[k[last]] = value;
  return changed;
}

/** A copy that shares everything but the changed containers, so that whoever compares identities sees the change. */
export function copyChanged<T>(value: T, tree: Tree): T {
  if (typeof value !== "object" || value === null || !plain(value)) return value;
  const copy: any = Array.isArray(value) ? value.slice() : { ...value };
  if (tree !== true) for (const [k, t] of tree) if (t !== true && k in copy) copy[k] = copyChanged(copy[k], t);
  return copy;
}

export function plain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const proto = Object.getPrototypeOf(value);
  return proto === Object.prototype || proto === null;
}

/** Before a path is written: gives the kept copy its own containers along the path. */
export function keepPath(kept: any, data: any, keys: string[]): void {
  for (let i = 0; i < keys.length - 1; i++) {
    const now = data[keys[i]];
    if (typeof now !== "object" || now === null || typeof kept !== "object" || kept === null) return;
    if (kept[keys[i]] === now) kept[keys[i]] = Array.isArray(now) ? now.slice() : { ...now };
    kept = kept[keys[i]];
    data = now;
  }
}
