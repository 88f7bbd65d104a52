// Event channels between a page and the one that opened it: two ends, each hears what the other emits.
import { invoke } from "./report";

type Listener = (...args: unknown[]) => void;
export interface EventChannel {
  on(name: string, listener: Listener): void;
  once(name: string, listener: Listener): void;
  off(name: string, listener?: Listener): void;
  emit(name: string, ...args: unknown[]): void;
}
interface Heard { listener: Listener; once: boolean }

function end(own: Map<string, Heard[]>, other: Map<string, Heard[]>): EventChannel {
  const add = (name: string, listener: Listener, once: boolean): void => {
    if (typeof listener === "function") own.set(name, [...own.get(name) ?? [], { listener, once }]);
  };
  return {
    on: (name, listener) => add(name, listener, false),
    once: (name, listener) => add(name, listener, true),
    off: (name, listener) => {
      if (listener) own.set(name, (own.get(name) ?? []).filter(h => h.listener !== listener));
      else own.delete(name);
    },
    emit: (name, ...args) => {
      for (const heard of other.get(name) ?? []) {
        if (heard.once) other.set(name, other.get(name)!.filter(h => h !== heard));
        invoke(undefined, heard.listener, args);
      }
    },
  };
}

/** Both ends; `events` are listeners of the opener's end. */
export function channel(events: Record<string, Listener> | undefined): { opener: EventChannel; opened: EventChannel } {
  const a = new Map<string, Heard[]>(), b = new Map<string, Heard[]>();
  const opener = end(a, b), opened = end(b, a);
  for (const name of Object.keys(events ?? {})) opener.on(name, events![name]);
  return { opener, opened };
}
