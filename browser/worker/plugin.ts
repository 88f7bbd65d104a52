// Plugins: Souk has none. A program that asks for one goes on without it: what it gets says so, with the plugin's name, when
// it is used, so that one missing plugin never keeps a whole program from starting.
import { report } from "./report";

const named = new Set<string>();

function missing(name: string): Error { return new Error(`plugin "${name}" cannot be loaded: Souk has no plugins`); }

/** Stands for a plugin's exports: each member is a function that throws. */
function absent(name: string): unknown {
  return new Proxy({}, {
    get: (_target, member) => typeof member === "symbol" || member === "then" ? undefined
      : () => { throw new Error(`${String(member)} of plugin "${name}" cannot be called: Souk has no plugins`); },
  });
}

/** requirePlugin(name), requirePlugin(name, callback), requirePlugin.async(name). Each plugin is reported once. */
export const requirePlugin = Object.assign((name: unknown, callback?: unknown): unknown => {
  const plugin = String(name);
  if (!named.has(plugin)) report(missing(plugin));
  named.add(plugin);
  return typeof callback === "function" ? undefined : absent(plugin);
}, { async: (name: unknown): Promise<never> => Promise.reject(missing(String(name))) });
