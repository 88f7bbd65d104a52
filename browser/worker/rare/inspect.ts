// Developer mode looks into the running program: data of its pages and components, storage changed by hand. Nothing here
// runs in a released program: boot.ts asks only when the shell booted it for a developer.
import { storage } from "../../my/storage";
import { type Instance, instanceOf, setData } from "../instance";
import { currentPages } from "../router";
import { walk } from "../select";
import { tellShell } from "../shell";

const shownAtMost = 400;

interface Seen { id: number; is: string; depth: number; data: unknown; props?: unknown }

function seen(inst: Instance): Seen {
  const { data, props } = inst.self;
  return { id: inst.id, is: inst.is, depth: inst.depth, data, ...(inst.site ? { props: plain(props) } : {}) };
}

/** Functions cannot cross; their names can. */
function plain(props: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(props).map(([k, v]) => [k, typeof v === "function" ? "ƒ" : v]));
}

function look(): { instances: Seen[]; more: number; pages: number } {
  const pages = currentPages(), instances: Seen[] = [];
  const top = pages[pages.length - 1];
  let more = 0;
  if (top) {
    const page = instanceOf(top);
    instances.push(seen(page));
    for (const block of [page.root, page.bar]) walk(block, inst => {
      if (instances.length < shownAtMost) instances.push(seen(inst));
      else more++;
    });
  }
  return { instances, more, pages: pages.length };
}

function change({ id, name, value }: { id: number; name: string; value: unknown }): void {
  const top = currentPages().at(-1);
  if (!top) return;
  const page = instanceOf(top);
  let found: Instance | null = page.id === id ? page : null;
  for (const block of [page.root, page.bar]) walk(block, inst => { if (inst.id === id) found = inst; });
  if (found) setData((found as Instance).self, { [name]: value });
}

type Sync = (opts?: unknown) => unknown;

/** What the developer's panels ask; answers go back as {k: "dev"}. */
export function developer(name: string, data: any): void {
  if (name === "dev.look") tellShell({ k: "dev", what: "look", data: look() });
  else if (name === "dev.set") change(data);
  else if (name === "dev.store") (storage.setStorageSync as Sync)(data);
  else if (name === "dev.forget") (storage.removeStorageSync as Sync)(data);
  else if (name === "dev.clear") (storage.clearStorageSync as Sync)();
}
