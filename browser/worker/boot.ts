// From the shell's boot message to the first page: the program is registered, launched and routed; after that the worker
// only answers messages. The ways in and out are given by the entry point (main.ts in a browser, headless.ts in Go).
import type { Boot, FrameMessage, Query, ToShell, ToWorker } from "../wire/wire";
import { heardBy } from "../my/events";
import { core } from "../my/core";
import { type Part, parts } from "../my/parts";
import { makeMy } from "../my/my";
import { appEvent, getApp, getCurrentPages, launchOptions, registerApp, watchErrors } from "./app";
import { componentFailed, registerComponent } from "./comp";
import { registerMixin } from "./definition";
import { dispatch } from "./event";
import { answered, connectFrame, drawn } from "./flush";
import { updateAll } from "./instance";
import { pageEvent, registerPage } from "./page";
import { registry, takeModule } from "./program";
import { fetchFor, isThere, onJoin } from "./packages";
import { requirePlugin } from "./plugin";
import { rare } from "./rare";
import { guarded, onFailed, onReport, report } from "./report";
import { launch, onPageMissing, pageById, routes, topPage } from "./router";
import { settle, settings } from "./settings";
import { connectShell, emitted, happened, replied, tellShell } from "./shell";
import { onReopen, shellEvent } from "./host";

export interface Ways {
  global: any;
  toFrame(message: string): void;
  toShell(message: ToShell): void;
  /** Evaluates app.js as a classic script. */
  evaluate(script: string): void;
  /** Removes what a program must not have; called right before its first line runs. */
  harden(): void;
}

let ways: Ways;

export function connect(given: Ways): void {
  ways = given;
  connectFrame(given.toFrame, updateAll);
  connectShell(given.toShell);
  onReport((message, stack) => tellShell({ k: "error", message, stack, page: topPage()?.is ?? "" }));
  watchErrors();
  onReopen(opened);
  onFailed((self, error, method) => {
    if (componentFailed(self, error)) heardBy("ComponentError").tell(error, method, self);
  });
}

export function fromShell(m: ToWorker): void {
  switch (m.k) {
    case "load": load(m.script, m.groups); break;
    case "boot": start(m); break;
    case "reply": replied(m.id, m.ok, m.data); break;
    case "emit": emitted(m.id, m.data); break;
    case "ping": tellShell({ k: "pong", n: m.n }); break;
    case "event":
      if (m.name.startsWith("dev.")) {
        if (settings.boot.dev) rare.inspect?.developer(m.name, m.data);
        break;
      }
      shellEvent(m.name, m.data);
      happened(m.name, m.data);
      break;
  }
}

export function fromFrame(text: string): void {
  const m = JSON.parse(text) as FrameMessage;
  switch (m[0]) {
    case 0:
      drawn(m[1]);
      firstDrawn();
      break;
    case 1: answered(m[1], m[2], m[3]); break;
    case 2: dispatch(m[1], m[2], m[3]); break;
    case 3: pageNews(m[1], m[2], (m as unknown[])[3]); break;
    case 4: report(new Error(`the frame: ${m[1]}`)); break;
  }
}

const pageHandlers = { scroll: "onPageScroll", reachBottom: "onReachBottom", pullDownRefresh: "onPullDownRefresh" } as const;

/** What a <navigator> asks for, as my.* calls it. */
const navigatorRoutes: Record<string, string> = {
  navigate: "navigateTo", redirect: "redirectTo", switchTab: "switchTab", navigateBack: "navigateBack", reLaunch: "reLaunch",
};

function pageNews(id: number, what: keyof typeof pageHandlers | "navigate", data: any): void {
  const page = pageById(id);
  if (!page) return;
  if (what === "navigate") {
    if (data.openType === "exit") tellShell({ k: "exit" });
    else routes(page.is)[navigatorRoutes[data.openType] ?? "navigateTo"](data);
    return;
  }
  // A bar that grows solid as the page scrolls is drawn by the shell, which does not see the page.
  if (what === "scroll" && settings.bundle.pages[page.is]?.config.transparentTitle === "auto") tellShell({ k: "page", id, set: { scrollTop: data.scrollTop } });
  pageEvent(page, pageHandlers[what], what === "pullDownRefresh" ? { from: "manual" } : data);
}

let ready = false;
function firstDrawn(): void {
  if (ready || !topPage()?.drawn) return;
  ready = true;
  tellShell({ k: "ready" });
}

function start(boot: Boot): void {
  settle(boot);
  onPageMissing(missing => {
    appEvent("onPageNotFound", missing);
    heardBy("PageNotFound").tell(missing);
  });
  onJoin(script => {
    ways.global.souk = { ...registry, extend };
    try {
      ways.evaluate(script);
    } finally {
      delete ways.global.souk;
    }
  });
  if (boot.dev) forwardConsole(ways.global);
  if (boot.script) load(boot.script, boot.groups);
  if (program) run(program);
}

type Program = (...globals: unknown[]) => void;
let program: Program | null = null;

/** Evaluates the groups of functions that a program needs and its script, which hands its body to souk.run: nothing of the program runs before it is booted. */
function load(script: string, groups: string[] = []): void {
  ways.global.souk = { core, group: (part: Part) => { parts.push(part); } };
  for (const group of groups) ways.evaluate(group);
  ways.global.souk = { ...registry, run: (body: Program) => { program = body; }, lazy: fetchFor, table };
  try {
    ways.evaluate(script);
  } catch (error) {
    report(error);
  }
}

/** A Promise that nobody catches: the program's own listeners first; unheard, it is an error like any other. */
export function rejected(reason: unknown, promise: unknown): void {
  const listeners = heardBy("UnhandledRejection"), heard = listeners.size > 0 || typeof getApp().onUnhandledRejection === "function";
  appEvent("onUnhandledRejection", { reason, promise });
  listeners.tell({ reason, promise });
  if (!heard) report(reason);
}

/** Hands the program its globals. What follows them in its parameter list stays undefined. */
function run(program: Program): void {
  delete ways.global.souk.run;
  const my = makeMy();
  ways.harden();
  globals = [registerApp, registerPage, registerComponent, registerMixin, my, getApp, getCurrentPages, requirePlugin, {}];
  program(...globals);
  delete ways.global.souk;
  launchProgram();
}

let globals: unknown[] = [];
let joined: unknown[] = [];

/** souk.table: the program's files and how one is run, for the packages that come later. */
function table(files: object, load: (id: string) => unknown): void { joined = [files, load]; }

/** souk.extend: hands a sub-package the table and the same globals. */
function extend(more: Program): void { more(...joined, ...globals); }

function launchProgram(): void {
  const body = takeModule("app");
  if (body) guarded(body);
  const options = launchOptions();
  appEvent("onLaunch", options);
  appEvent("onShow", options);
  opened(settings.boot.path, settings.boot.query);
}

/** Launches at a page, once its package is there; a package that cannot be had is an error, and the first page is shown. */
export function opened(path: string, query: Query): void {
  const start = (where: string): void => { guarded(() => launch(where, query)); };
  const wanted = path.replace(/^\/+/, "") || launchOptions().path;
  if (isThere(wanted)) return start(path);
  fetchFor(wanted).then(() => start(path), error => {
    report(error);
    const first = settings.bundle.app.pages.find(isThere);
    if (first && !topPage()) start(first);
  });
}

const consoleLevels = ["log", "info", "warn", "error", "debug"] as const;

function forwardConsole(global: any): void {
  const console = global.console;
  for (const level of consoleLevels) {
    const native = console[level]?.bind(console);
    console[level] = (...args: unknown[]) => {
      native?.(...args);
      tellShell({ k: "log", level, args });
    };
  }
}
