// Entry point of the worker inside a JavaScript engine in Go (package headless), which gives the few functions below.
import type { ToShell } from "../wire/wire";
import { animation } from "../my/animation";
import { camera } from "../my/camera";
import { canvas, canvasNode } from "../my/canvas";
import { connectFiles, files } from "../my/files";
import { connectAbsent } from "../my/absent";
import { parts } from "../my/parts";
import { players } from "../my/players";
import { connectQuery, query } from "../my/query";
import { recorder } from "../my/recorder";
import { rsa } from "../my/rsa";
import { connectSensors, sensors } from "../my/sensors";
import { connectSeldom, seldom } from "../my/seldom";
import { sockets } from "../my/sockets";
import { connect, fromFrame, fromShell, rejected } from "./boot";
import { rare } from "./rare";
import { developer } from "./rare/inspect";
import { connectRelations } from "./rare/relation";
import { changed, handle } from "./rare/sjs";
import { report } from "./report";

interface Host {
  /** One message out: to is "frame" or "shell", text is JSON. */
  post(to: string, text: string): void;
  timer(id: number, wait: number): void;
  evaluate(script: string): void;
  print(level: string, text: string): void;
  /** A Promise was rejected in this turn: settled is called at its end. */
  rejected(): void;
}

const scope = globalThis as any;
const host: Host = scope.host;
delete scope.host;

interface Timer { run: (...args: unknown[]) => void; args: unknown[]; every: number | null }
const timers = new Map<number, Timer>();
let nextTimer = 1;

function start(run: Timer["run"], wait: unknown, every: boolean, args: unknown[]): number {
  if (typeof run !== "function") throw new TypeError("a timer needs a function");
  const ms = Math.max(0, Number(wait) || 0);
  timers.set(nextTimer, { run, args, every: every ? Math.max(1, ms) : null });
  host.timer(nextTimer, ms);
  return nextTimer++;
}

/** Called by Go when a timer is due. */
function due(id: number): void {
  const timer = timers.get(id);
  if (!timer) return;
  if (timer.every === null) timers.delete(id);
  else host.timer(id, timer.every);
  try {
    timer.run(...timer.args);
  } catch (error) {
    report(error);
  }
}

function text(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

scope.setTimeout = (run: Timer["run"], wait?: unknown, ...args: unknown[]) => start(run, wait, false, args);
scope.setInterval = (run: Timer["run"], wait?: unknown, ...args: unknown[]) => start(run, wait, true, args);
scope.clearTimeout = scope.clearInterval = (id: number) => { timers.delete(id); };
scope.queueMicrotask ??= (run: () => void) => { void Promise.resolve().then(run).catch(report); };
scope.console = Object.fromEntries(["log", "info", "warn", "error", "debug"].map(level =>
  [level, (...args: unknown[]) => host.print(level, args.map(text).join(" "))]));

// As in a browser: a Promise that is rejected is unheard when nobody listens by the end of the turn.
const unheard = new Map<unknown, unknown>();
Object.defineProperty(scope, "__souk_rejection", { value(promise: unknown, reason: unknown, handled: number) {
  if (handled) unheard.delete(promise);
  else unheard.set(promise, reason);
  if (unheard.size === 1) host.rejected();
} });

function settled(): void {
  const list = [...unheard];
  unheard.clear();
  for (const [promise, reason] of list) rejected(reason, promise);
}

// All groups at once: here nothing is fetched.
parts.push({ family: files, connect: connectFiles }, { family: canvas, node: canvasNode }, { family: players }, { family: seldom, connect: connectSeldom }, { family: sockets },
  { family: { ...sensors, ...recorder }, connect: connectSensors }, { family: animation }, { family: rsa }, { family: camera },
  { family: query, connect: connectQuery }, { family: {}, connect: connectRelations }, { family: {}, connect: connectAbsent });
Object.assign(rare, { sjs: { changed, handle }, inspect: { developer } });

connect({
  global: scope,
  toFrame: message => host.post("frame", message),
  toShell: (message: ToShell) => host.post("shell", JSON.stringify(message)),
  evaluate: script => { if (script) host.evaluate(script); }, // the main script is run by Go, compiled
  harden: () => {},
});

scope.soukHeadless = {
  shell: (message: string) => fromShell(JSON.parse(message)),
  frame: fromFrame,
  due,
  settled,
};
