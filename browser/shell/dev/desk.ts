// Developer mode's memory: what the program in front printed, asked of the network, stored and threw, the faults that are
// switched on, and the marks of its life. The broker's table goes through wrap, where faults and mocks act.

import { fail, type Call, type Handler, type Handlers } from '../broker';
import { wait } from '../dom';
import { call } from '../host';
import type { Running } from '../running';
import type { Json } from '../../wire/wire';

const keptAtMost = 500;

export interface Place {
  function?: string;
  file: string;
  line: number;
  column: number;
  text?: string;
}

export interface Line {
  level: string;
  args: unknown[];
  at: number;
  page: string;
  /** an uncaught error's places, once the server has read its stack */
  places?: Place[];
}

export interface Exchange {
  api: string;
  method: string;
  url: string;
  headers: Record<string, unknown>;
  sent: unknown;
  at: number;
  ms: number | null;
  status: string;
  answer: unknown;
  mock: string;
}

export interface Mark {
  name: string;
  at: number;
}

export interface Inspected {
  instances: { id: number; is: string; depth: number; data: unknown; props?: unknown }[];
  more: number;
  pages: number;
}

export type PaymentFault = 'none' | 'refused' | 'cancelled' | 'unknown' | 'network';

export interface Faults {
  offline: boolean;
  slow: boolean;
  denied: boolean;
  payment: PaymentFault;
}

/** What changed, so that a panel is drawn again only when it shows that. */
export type News = 'console' | 'network' | 'storage' | 'data' | 'marks' | 'program';

export interface Desk {
  lines: Line[];
  exchanges: Exchange[];
  stored: Map<string, Json>;
  marks: Mark[];
  faults: Faults;
  data: Inspected | null;
  running: Running | null;
  hear(listener: (news: News) => void): void;
  tell(news: News): void;
  wrap(table: Handlers, running: Running): Handlers;
  /** a program is being opened */
  opening(appId: string): void;
  /** it is there, with what it stored so far */
  opened(running: Running, stored: Record<string, Json>): void;
  mark(name: string): void;
  log(running: Running, level: string, args: unknown[]): void;
  /** answers the stack in the program's own files, or as it was where that cannot be known */
  error(running: Running, message: string, stack: string, page: string): Promise<string>;
  store(op: string, key: string, data: Json): void;
  told(what: string, data: unknown): void;
}

export function makeDesk(): Desk {
  const listeners: ((news: News) => void)[] = [];
  const desk: Desk = {
    lines: [],
    exchanges: [],
    stored: new Map(),
    marks: [],
    faults: { offline: false, slow: false, denied: false, payment: 'none' },
    data: null,
    running: null,
    hear: (listener) => void listeners.push(listener),
    tell: (news) => listeners.forEach((listener) => listener(news)),
    wrap: (table, running) => wrap(desk, table, running),
    opening() {
      desk.marks = [];
      desk.mark('opening');
    },
    opened(running, stored) {
      desk.running = running;
      desk.data = null;
      desk.stored = new Map(Object.entries(stored));
      running.denied = desk.faults.denied;
      desk.mark('program and bundle loaded');
      for (const news of ['program', 'storage', 'data'] as const) desk.tell(news);
    },
    mark(name) {
      desk.marks.push({ name, at: performance.now() });
      if (desk.marks.length > keptAtMost) desk.marks.splice(1, 1);
      desk.tell('marks');
    },
    log(running, level, args) {
      keep(desk.lines, { level, args, at: Date.now(), page: running.stack.at(-1)?.path ?? '' });
      desk.tell('console');
    },
    async error(running, message, stack, page) {
      const line: Line = { level: 'error', args: [message], at: Date.now(), page };
      keep(desk.lines, line);
      desk.tell('console');
      line.places = await places(running.bundle.hash, stack);
      desk.tell('console');
      return line.places.length ? line.places.map((p) => `${p.file}:${p.line}:${p.column} ${p.function ?? ''}\n  ${p.text?.trim() ?? ''}`).join('\n') : stack;
    },
    store(op, key, data) {
      if (op === 'set') desk.stored.set(key, data);
      else if (op === 'remove') desk.stored.delete(key);
      else if (op === 'clear') desk.stored.clear();
      desk.tell('storage');
    },
    told(what, data) {
      if (what !== 'look') return;
      desk.data = data as Inspected;
      desk.tell('data');
    },
  };
  return desk;
}

function keep<T>(list: T[], one: T): void {
  list.push(one);
  if (list.length > keptAtMost) list.splice(0, list.length - keptAtMost);
}

const placedAtOnce = 4;
let placing = 0;

/** places asks the server, which has the source map, where a stack lies in the program's sources. Of a flood of errors only
 *  some are placed. */
async function places(bundle: string, stack: string): Promise<Place[]> {
  if (placing >= placedAtOnce) return [];
  placing += 1;
  try {
    return ((await call('POST', '/-/dev/stack', { bundle, stack })) as { places: Place[] }).places;
  } catch {
    return [];
  } finally {
    placing -= 1;
  }
}

// ---- faults and mocks, where the broker calls ------------------------------------------------------------------------------

const network = ['request', 'callFunction', 'callContainer', 'uploadFile', 'downloadFile', 'connectSocket'];
const mockable = ['request', 'callFunction', 'callContainer'];
const slowMs = 2_000;
const payments: Record<PaymentFault, string> = { none: '', refused: '4000', cancelled: '6001', unknown: '6004', network: '6002' };

function wrap(desk: Desk, table: Handlers, running: Running): Handlers {
  const wrapped: Handlers = { ...table };
  for (const api of network) if (table[api]) wrapped[api] = watched(desk, table[api]);
  const type = table.getNetworkType;
  if (type) wrapped.getNetworkType = (c) => (desk.faults.offline ? { networkType: 'NOTREACHABLE', networkAvailable: false } : type(c));
  const pay = table.tradePay;
  if (pay) wrapped.tradePay = (c) => (desk.faults.payment === 'none' ? pay(c) : { resultCode: payments[desk.faults.payment], memo: `developer mode: payment ${desk.faults.payment}`, result: '' });
  running.denied = desk.faults.denied;
  return wrapped;
}

/** watched records an exchange, and lets the faults and the mock table act before the real handler. */
function watched(desk: Desk, real: Handler): Handler {
  return async (c: Call) => {
    const one: Exchange = {
      api: c.api,
      method: (typeof c.opts.method === 'string' ? c.opts.method : 'GET').toUpperCase(),
      url: String(c.opts.url ?? ''),
      headers: (c.opts.headers ?? c.opts.header ?? {}) as Record<string, unknown>,
      sent: c.opts.data,
      at: Date.now(),
      ms: null,
      status: '…',
      answer: undefined,
      mock: '',
    };
    const start = performance.now();
    keep(desk.exchanges, one);
    desk.tell('network');
    const done = (status: string, answer: unknown): void => {
      Object.assign(one, { status, answer, ms: Math.round(performance.now() - start) });
      desk.tell('network');
    };
    try {
      const answer = await through(desk, c, one, real);
      done(String((answer as { status?: unknown } | null)?.status ?? 'ok'), answer);
      return answer;
    } catch (problem) {
      const p = problem as { status?: unknown; error?: unknown };
      done(p.status ? String(p.status) : `error ${String(p.error ?? '')}`, problem instanceof Error ? problem.message : problem);
      throw problem;
    }
  };
}

interface Mocked {
  hit: boolean;
  rule?: string;
  delayMs?: number;
  answer?: unknown;
  fail?: { error: number; errorMessage: string };
  problem?: string;
}

async function through(desk: Desk, c: Call, one: Exchange, real: Handler): Promise<unknown> {
  if (desk.faults.slow) await wait(slowMs);
  if (desk.faults.offline) fail(12, 'no connection to the server (developer mode: offline)');
  if (!mockable.includes(c.api)) return real(c);
  const mocked = (await call('POST', '/-/dev/mock', { method: one.method, url: one.url })) as Mocked;
  if (mocked.problem) fail(3, mocked.problem);
  if (!mocked.hit) return real(c);
  one.mock = mocked.rule ?? '*';
  if (mocked.delayMs) await wait(mocked.delayMs);
  if (mocked.fail) throw { ...(mocked.answer as object), ...mocked.fail };
  return mocked.answer;
}
