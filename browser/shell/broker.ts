// The broker stands between a mini-program's worker and everything outside. Whatever arrives on the port is taken as
// hostile: its shape is checked, its rate limited, its calls counted, and only names in the table are answered.

import type { Failure, Json, StackEntry, ToShell } from '../wire/wire';
import { failureOf, type Refused } from './host';
import type { Running } from './running';
import type { Shell } from './shell';

/** Call is one my.* call as a handler sees it. */
export interface Call {
  shell: Shell;
  running: Running;
  api: string;
  opts: Record<string, unknown>;
  /** tells the program of progress and other events of this call, while it goes on */
  emit(name: string, data?: Record<string, unknown>): void;
  /** what the program tells a call that goes on: abort, send, close */
  told(listen: (what: string, data: unknown) => void): void;
  signal: AbortSignal;
}

export type Handler = (call: Call) => unknown;
export type Handlers = Record<string, Handler>;

const burst = 600;
const perSecond = 300;
const callsAtOnce = 128;
const floodMax = 5_000;
const stackMax = 10;
const pathMax = 1_024;

/** fail ends a call with the number and words that the program's fail() receives. */
export function fail(error: number, errorMessage: string): never {
  throw { error, errorMessage } satisfies Failure;
}

export const tooMany = 20;
export const notSupported = 4;
export const badArgument = 2;
export const notAllowed = 11;
export const cancelled = 11;

export interface Listeners {
  nav(action: string, stack: StackEntry[]): void;
  page(id: number, set: Record<string, unknown>): void;
  ready(): void;
  exit(data: unknown): void;
  error(message: string, stack: string, page: string): void;
  log(level: string, args: unknown[]): void;
  pong(n: number): void;
  /** developer mode: an answer to a panel */
  dev(what: string, data: unknown): void;
  storage(op: string, key: string, data: Json): void;
  file(op: string, path: string, more: { data: unknown; to: string; at: number }): void;
  /** a call was refused since there were too many, of calls or of what the program asks for */
  tooMuch(): void;
  /** the program sent more than it may for too long */
  flood(): void;
}

export interface Broker {
  take(message: unknown): void;
  stop(): void;
}

/** makeBroker answers the calls of one running program with the table's handlers. */
export function makeBroker(shell: Shell, running: Running, table: Handlers, listen: Listeners): Broker {
  const open = new Map<number, { stop: AbortController; tell: (what: string, data: unknown) => void }>();
  const bucket = makeBucket(() => listen.flood());
  const answer = (id: number, result: { ok: true; data: unknown } | { ok: false; data: Failure }): void => {
    open.delete(id);
    if (!result.ok && result.data.error === tooMany) listen.tooMuch();
    try {
      running.send({ k: 'reply', id, ...result });
    } catch {
      running.send({ k: 'reply', id, ok: false, data: { error: 3, errorMessage: 'the answer cannot be handed over' } });
    }
  };
  const begin = (m: Shape): void => {
    const id = whole(m.id);
    const api = typeof m.api === 'string' ? m.api : '';
    if (id < 0 || open.has(id)) return;
    const handler = Object.hasOwn(table, api) ? table[api] : undefined;
    if (!handler) return answer(id, { ok: false, data: { error: notSupported, errorMessage: `my.${api.slice(0, 64)} is not supported here` } });
    if (open.size >= callsAtOnce) return answer(id, { ok: false, data: { error: 20, errorMessage: `more than ${callsAtOnce} calls at once` } });
    const stop = new AbortController();
    const entry = { stop, tell: (_what: string, _data: unknown): void => undefined };
    open.set(id, entry);
    const call: Call = {
      shell,
      running,
      api,
      opts: shape(m.opts) ?? {},
      signal: stop.signal,
      emit: (name, data) => running.send({ k: 'emit', id, data: { ...data, name } }),
      told: (listener) => (entry.tell = listener),
    };
    run(handler, call).then(
      (data) => answer(id, { ok: true, data }),
      (problem: Refused | Failure) => answer(id, { ok: false, data: failureOf(problem) }),
    );
  };
  return {
    take(message) {
      const m = shape(message);
      if (!m || !bucket()) {
        if (m?.k === 'call') answer(whole(m.id), { ok: false, data: { error: 20, errorMessage: 'too many calls in a short time' } });
        return;
      }
      if (m.k === 'call') begin(m);
      else if (m.k === 'tell') tell(open, m);
      else hear(listen, m);
    },
    stop() {
      for (const entry of open.values()) entry.stop.abort();
      open.clear();
    },
  };
}

async function run(handler: Handler, call: Call): Promise<unknown> {
  return handler(call);
}

type Shape = Record<string, unknown>;

function shape(value: unknown): Shape | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Shape) : null;
}

const whole = (value: unknown): number => (typeof value === 'number' && Number.isSafeInteger(value) ? value : -1);
const words = (value: unknown, most: number): string => (typeof value === 'string' ? value.slice(0, most) : '');

function tell(open: Map<number, { stop: AbortController; tell: (what: string, data: unknown) => void }>, m: Shape): void {
  const entry = open.get(whole(m.id));
  if (!entry) return;
  if (m.what === 'abort') entry.stop.abort();
  entry.tell(words(m.what, 32), m.data);
}

/** hear checks the shape of what is no call. An unknown or misshapen message is dropped. */
function hear(listen: Listeners, m: Shape): void {
  const kind = m.k as Exclude<ToShell['k'], 'call' | 'tell'>;
  if (kind === 'nav') listen.nav(words(m.action, 16), stackOf(m.stack));
  else if (kind === 'page') listen.page(whole(m.id), shape(m.set) ?? {});
  else if (kind === 'ready') listen.ready();
  else if (kind === 'exit') listen.exit(m.data);
  else if (kind === 'error') listen.error(words(m.message, 2_000), words(m.stack, 8_000), words(m.page, 200));
  else if (kind === 'log') listen.log(words(m.level, 8), Array.isArray(m.args) ? m.args.slice(0, 32) : []);
  else if (kind === 'dev') listen.dev(words(m.what, 16), m.data);
  else if (kind === 'pong') listen.pong(whole(m.n));
  else if (kind === 'file') listen.file(words(m.op, 8), words(m.path, 513), { data: m.data, to: words(m.to, 513), at: whole(m.at) });
  else if (kind === 'storage') listen.storage(words(m.op, 8), words(m.key, 257), (m.data ?? null) as Json);
}

function stackOf(value: unknown): StackEntry[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, stackMax).flatMap((entry) => {
    const e = shape(entry);
    const id = whole(e?.id);
    if (!e || id < 0) return [];
    const query = Object.fromEntries(Object.entries(shape(e.query) ?? {}).slice(0, 64).map(([k, v]) => [k, words(v, 4_096)]));
    return [{ id, path: words(e.path, pathMax), query }];
  });
}

/** A bucket of messages: `burst` at once, refilled `perSecond`. Who overdraws it by floodMax is stopped. */
function makeBucket(flood: () => void): () => boolean {
  let left = burst;
  let over = 0;
  let last = performance.now();
  return () => {
    const now = performance.now();
    left = Math.min(burst, left + ((now - last) / 1000) * perSecond);
    last = now;
    if (left >= 1) {
      left -= 1;
      over = Math.max(0, over - 1);
      return true;
    }
    over += 1;
    if (over === floodMax) flood();
    return false;
  };
}
