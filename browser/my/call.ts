// The call contract of my.*: one object with success, fail and complete, or a Promise when none of them is given.
import type { Failure } from "../wire/wire";
import { guarded } from "../worker/report";
import { callShell } from "../worker/shell";

export type Done = (ok: boolean, data?: any) => void;
export type Method = (...args: any[]) => any;
export type Family = Record<string, unknown>;

export function failure(error: number, errorMessage: string): Failure {
  return { error, errorMessage };
}

export const badArgument = 2;
export const notSupported = 4;

function callbacks(opts: any): boolean {
  return typeof opts?.success === "function" || typeof opts?.fail === "function" || typeof opts?.complete === "function";
}

/** Runs a call; what it answers goes to the callbacks of opts, or to the Promise that is returned. */
export function perform(opts: any, start: (done: Done) => void): Promise<any> | undefined {
  if (callbacks(opts)) {
    start(once((ok, data = {}) => {
      if (ok) { if (typeof opts.success === "function") guarded(() => opts.success(data)); }
      else if (typeof opts.fail === "function") guarded(() => opts.fail(data));
      if (typeof opts.complete === "function") guarded(() => opts.complete(data));
    }));
    return undefined;
  }
  const promise = new Promise((fulfil, reject) => start(once((ok, data = {}) => ok ? fulfil(data) : reject(data))));
  // Most programs never look at the Promise of, say, showToast: its failure is no error of theirs.
  promise.catch(() => {});
  return promise;
}

function once(done: Done): Done {
  let open = true;
  return (ok, data) => {
    if (open) done(ok, data);
    open = false;
  };
}

/** What goes to the shell: everything but functions. */
export function plainOpts(opts: any): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  if (typeof opts === "object" && opts !== null) for (const k of Object.keys(opts)) if (typeof opts[k] !== "function") out[k] = opts[k];
  return out;
}

/** Calls that the shell answers by itself. */
export function forwarded(names: string): Family {
  return Object.fromEntries(names.trim().split(/\s+/).map(name =>
    [name, (opts?: any) => perform(opts, done => { callShell(name, plainOpts(opts), done); })]));
}

/** Calls that end here, at once or later. */
export function answering(name: string, answer: (opts: any) => any): Method {
  return (opts?: any) => perform(opts, done => {
    queueMicrotask(() => {
      try {
        done(true, answer(opts ?? {}) ?? {});
      } catch (e) {
        done(false, isFailure(e) ? e : failure(3, `${name}: ${e instanceof Error ? e.message : e}`));
      }
    });
  });
}

export function isFailure(e: any): e is Failure {
  return typeof e?.error === "number" && typeof e?.errorMessage === "string";
}

/** Many callers, one contract: on… takes a callback, off… takes it away, or all of them without one. */
export interface Listeners { on: Method; off: Method; tell(...args: unknown[]): void; readonly size: number }

export function listeners(): Listeners {
  const set = new Set<Method>();
  return {
    on(listener) { if (typeof listener === "function") set.add(listener); },
    off(listener) { if (typeof listener === "function") set.delete(listener); else set.clear(); },
    tell(...args) { for (const listener of [...set]) guarded(() => listener(...args)); },
    get size() { return set.size; },
  };
}
