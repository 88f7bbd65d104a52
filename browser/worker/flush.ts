// The way to the frame: one list of operations, sent as one JSON string a flush, and what waits for the frame's answer.
import type { Json, Operation } from "../wire/wire";
import { Op } from "../wire/wire";
import { guarded } from "./report";

/** Flushes that may be under way before later ones wait and merge: a program that floods setData slows down, not the frame. */
const maxUnderWay = 8;

/** Runs once the frame has drawn: in this order within a flush. */
export const enum After { Mount, Update, Callback, Ready }
type Waiting = [stage: After, run: () => void];

let post: (message: string) => void = () => {};
let work: () => void = () => {};
let ops: Operation[] = [];
let asked: Operation[] = []; // calls of the frame: after the drawing, so that a query right after setData measures what was set
let waiting: Waiting[] = [];
let seq = 0, nextBlock = 1, nextCall = 1;
let scheduled = false, held = false;
const underWay = new Map<number, Waiting[]>();
const calls = new Map<number, { done: (result: Json, error?: string) => void; again: boolean }>();

/** `update` brings dirty instances up to date. */
export function connectFrame(send: (message: string) => void, update: () => void): void {
  post = send;
  work = update;
}

export function emit(op: Operation): void { ops.push(op); }

/** One block at the front of a region. Rows that each get one of a kind, whose numbers follow each other, are one operation. */
export function emitFirst(block: number, region: number, view: number, def: number, id: number, values: Json[]): void {
  const last = ops[ops.length - 1];
  if (last?.[0] === Op.Each && last[1] + last[6] === block && last[2] === region && last[3] === view && last[4] === def && last[5] + last[6] === id) {
    last[6]++;
    for (const value of values) last[7].push(value);
  } else ops.push([Op.Each, block, region, view, def, id, 1, values.slice()]);
}

/** Reserves ids for `count` new blocks. */
export function blockIds(count: number): number {
  const first = nextBlock;
  nextBlock += count;
  return first;
}

export function afterDraw(stage: After, run: () => void): void {
  waiting.push([stage, run]);
  schedule();
}

export function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  queueMicrotask(flush);
}

export function flush(): void {
  scheduled = false;
  held = underWay.size >= maxUnderWay;
  if (held) return;
  work();
  const sent = asked.length ? ops.concat(asked) : ops;
  if (!sent.length && !waiting.length) return;
  underWay.set(++seq, waiting);
  ops = [];
  asked = [];
  waiting = [];
  post(encode([0, seq, sent]));
}

/** JSON of a flush; a value that cannot be JSON (a cycle, a BigInt) is left out rather than losing the flush. */
function encode(message: [0, number, Operation[]]): string {
  try {
    return JSON.stringify(message);
  } catch {
    const open: unknown[] = [];
    return JSON.stringify(message, function (this: unknown, _key, value) {
      if (typeof value === "bigint") return String(value);
      if (typeof value !== "object" || value === null) return value;
      while (open.length && open[open.length - 1] !== this) open.pop();
      if (open.includes(value)) return null;
      open.push(value);
      return value;
    });
  }
}

export function drawn(number: number): void {
  const list = underWay.get(number);
  if (!list) return;
  underWay.delete(number);
  for (let stage = After.Mount; stage <= After.Ready; stage++) {
    for (const [s, run] of list) if (s === stage) guarded(run);
  }
  if (held) schedule();
}

/** Asks the frame; `done` gets its answer or an error, or with `again` every answer until forgetFrameCall. */
export function callFrame(name: string, args: Json[], done: (result: any, error?: string) => void, again = false): number {
  const id = nextCall++;
  calls.set(id, { done, again });
  asked.push([Op.Call, id, name, ...args]);
  schedule();
  return id;
}

export function forgetFrameCall(id: number): void { calls.delete(id); }

export function answered(id: number, result: Json, error?: string): void {
  const call = calls.get(id);
  if (!call) return;
  if (!call.again) calls.delete(id);
  guarded(() => call.done(result, error));
}
