// The second half of a group: code that an element needs only once a program or a person asks for it. A group that has one gets it by
// name, once; what it hands over works on the first half's records, and has copies of nothing but plain functions.
import type { Context } from "./element";

const nonce = (document.currentScript as HTMLScriptElement | null)?.nonce ?? "";
const asked = new Map<string, Promise<unknown>>();
const scope = globalThis as { soukFurther?: (what: unknown) => void };

/** Answers what the group `name` hands over. */
export function further<T>(ctx: Context, name: string): Promise<T> {
  let coming = asked.get(name);
  if (!coming) {
    coming = ctx.ask({ k: "group", name }).then((script) => evaluate(String(script)));
    coming.catch(() => asked.delete(name));
    asked.set(name, coming);
  }
  return coming as Promise<T>;
}

function evaluate(script: string): unknown {
  let what: unknown;
  scope.soukFurther = (given) => { what = given; };
  const el = document.createElement("script");
  el.nonce = nonce;
  el.textContent = script;
  document.head.appendChild(el);
  el.remove();
  return what;
}

/** How such a group's script hands over what it holds. */
export function handOver(what: unknown): void {
  scope.soukFurther?.(what);
}
