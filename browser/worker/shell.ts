// The way to the shell: calls with their replies and events, and news.
import type { Failure, ToShell } from "../wire/wire";
import { guarded } from "./report";

type Reply = (ok: boolean, data: any) => void;
type Emit = (data: any) => void;

let post: (message: ToShell) => void = () => {};
let nextCall = 1;
const replies = new Map<number, Reply>();
const emitters = new Map<number, Emit>();
const listeners = new Map<string, Set<(data: any) => void>>();

export function connectShell(send: (message: ToShell) => void): void { post = send; }

/** Posts; values that cannot be cloned (functions, say) are left out. */
export function tellShell(message: ToShell): void {
  try {
    post(message);
  } catch {
    post(cloneable(message));
  }
}

function cloneable<T>(message: T): T {
  const seen = new Set<unknown>();
  return JSON.parse(JSON.stringify(message, (_key, value) => {
    if (typeof value === "function" || typeof value === "symbol") return undefined;
    if (typeof value === "bigint") return String(value);
    if (typeof value === "object" && value !== null) {
      if (seen.has(value)) return undefined;
      seen.add(value);
    }
    return value;
  }));
}

/** Calls the shell; answers the call's number, by which tell and its events are known. */
export function callShell(api: string, opts: unknown, reply: Reply, emit?: Emit): number {
  const id = nextCall++;
  replies.set(id, reply);
  if (emit) emitters.set(id, emit);
  tellShell({ k: "call", id, api, opts });
  return id;
}

/** Says that no more events of a call are wanted. */
export function forgetCall(id: number): void {
  replies.delete(id);
  emitters.delete(id);
}

export function replied(id: number, ok: boolean, data: unknown): void {
  const reply = replies.get(id);
  replies.delete(id);
  if (reply) guarded(() => reply(ok, ok ? data : failure(data)));
}

function failure(data: unknown): Failure {
  const f = data as Partial<Failure> | null;
  return { ...f, error: Number(f?.error ?? 2), errorMessage: String(f?.errorMessage ?? "unknown error") };
}

export function emitted(id: number, data: unknown): void {
  const emit = emitters.get(id);
  if (emit) guarded(() => emit(data));
}

/** Listens to an event of the shell ("appShow", "networkChange", …). */
export function listen(name: string, listener: (data: any) => void): void {
  let set = listeners.get(name);
  if (!set) listeners.set(name, set = new Set());
  set.add(listener);
}

/** Without a listener: all of them, but those of the runtime itself, which are not in this table. */
export function unlisten(name: string, listener?: (data: any) => void): void {
  if (listener) listeners.get(name)?.delete(listener);
  else listeners.delete(name);
}

export function happened(name: string, data: unknown): void {
  for (const listener of [...listeners.get(name) ?? []]) guarded(() => listener(data));
}

