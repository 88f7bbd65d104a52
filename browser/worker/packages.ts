// Sub-packages: fetched when a page of theirs is opened, when a component or script of theirs is asked for, or beforehand
// (preloadRule). The frame gets its half first, then the script joins the program's table.
import { heardBy } from "../my/events";
import { callFrame } from "./flush";
import { settings } from "./settings";
import { callShell } from "./shell";

/** What the shell answers: the script, and what the frame gets, as text (docs/runtime.md §1). */
interface Loaded { script: string; frame: string }

const there = new Set<string>();
const loading = new Map<string, Promise<void>>();
let join: (script: string) => void = () => {};

/** `evaluate` runs a package's script, which registers what is in it. */
export function onJoin(evaluate: (script: string) => void): void { join = evaluate; }

/** The root of the sub-package that a page, component or script lies in; "" is the main package. */
function packageOf(path: string): string {
  const { pages, components, app } = settings.bundle, entry = pages[path] ?? components[path];
  if (entry) return entry.package ?? "";
  const roots = (app.subPackages ?? []).map(p => p.root).filter(root => path.startsWith(`${root}/`));
  return roots.sort((a, b) => b.length - a.length)[0] ?? "";
}

export function isThere(path: string): boolean {
  const root = packageOf(path);
  return !root || there.has(root);
}

/** Resolves once the package that a path lies in is there. A failure is forgotten, so that the next try is a new one. */
export function fetchFor(path: string): Promise<void> {
  return fetchPackage(packageOf(path));
}

export function fetchPackage(root: string): Promise<void> {
  if (!root || there.has(root)) return Promise.resolve();
  let known = loading.get(root);
  if (!known) {
    loading.set(root, known = load(root));
    known.catch(() => {
      loading.delete(root);
      heardBy("LazyLoadError").tell({ type: "subpackage", subpackage: [root], errMsg: "loadSubpackage: fail" });
    });
  }
  return known;
}

function load(root: string): Promise<void> {
  return new Promise((done, refuse) => {
    const fail = (why: string): void => refuse(new Error(`sub-package ${root} could not be loaded: ${why}`));
    callShell("loadPackage", { root }, (ok, data) => {
      if (!ok) return fail(data.errorMessage);
      const { script, frame } = data as Loaded;
      callFrame("package", [frame], (_result, error) => {
        if (error !== undefined) return fail(error);
        try {
          join(script);
        } catch (thrown) {
          return fail(String(thrown));
        }
        there.add(root);
        done();
      });
    });
  });
}

/** What a page's preloadRule asks for, once it is shown. Failures are heard when the package is needed. */
export function preloadFor(path: string): void {
  const rule = settings.bundle.app.preloadRule?.[path];
  const wanted = (rule?.packages ?? []).filter(root => !there.has(root) && !loading.has(root));
  if (!wanted.length) return;
  const go = (): void => { for (const root of wanted) fetchPackage(root).catch(() => {}); };
  if (rule!.network !== "wifi") return go();
  callShell("getNetworkType", {}, (ok, data) => { if (ok && String(data.networkType).toUpperCase() === "WIFI") go(); });
}
