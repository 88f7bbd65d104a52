// What crosses a boundary between shell, frame and worker, typed once. docs/runtime.md says what each message means;
// change both together. Types only: this module has no code, so that importing it costs nothing.

/** Any value that JSON can carry. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Query = Record<string, string>;

// ---- §2 a template program, static half (bundle.json, read by the frame) ------------------------------------------

/** "text", 0 (a text hole), 1 (a region's anchor) or an element. */
export type Node = string | 0 | 1 | Element;
export type Element = [tag: string, attributes: Record<string, string> | 0, ...children: Node[]];

export const enum HoleKind { Text = 0, Attribute = 1, Class = 2, Style = 3 }
/** CatchIf: catches while its handler, an expression, names something, which the worker knows. */
export const enum EventFlag { Catch = 1, Capture = 2, CatchIf = 4 }

export interface StaticBlock {
  n: Node[];
  h: [kind: HoleKind, node: number, name?: string][];
  e: [node: number, type: string, flags: number][];
  r: number[];
  /** Elements with mark:x. */
  m?: number[];
}
export interface View { path: string; blocks: StaticBlock[] }

// ---- §1 the bundle ------------------------------------------------------------------------------------------------

export type Config = Record<string, Json | undefined>;
export interface TabItem { pagePath: string; name?: string; icon?: string; activeIcon?: string }
export interface TabBar { items: TabItem[]; textColor?: string; selectedColor?: string; backgroundColor?: string; customize?: boolean; overlay?: boolean; view?: number }
export interface AppConfig {
  pages: string[];
  entryPagePath?: string;
  window?: Config;
  tabBar?: TabBar | null;
  /** false only when the project says so; then onInit and deriveDataFromProps are not called. */
  component2?: boolean;
  subPackages?: { root: string; pages: string[] }[];
  /** By page: the sub-packages to fetch when it is shown. */
  preloadRule?: Record<string, { network: "all" | "wifi"; packages: string[] }>;
  [key: string]: unknown;
}
/** package: the root of the sub-package it lies in. */
export interface PageEntry { config: Config; styles: number[]; view: number; component?: boolean; package?: string }
export interface ComponentEntry { config: Config; view: number; package?: string }
export interface Style { path: string; css: string }
/** What the worker needs of bundle.json. */
export interface WorkerBundle { app: AppConfig; pages: Record<string, PageEntry>; components: Record<string, ComponentEntry> }
/** What the frame needs of it. */
export interface FrameBundle { app: AppConfig; pages: Record<string, PageEntry>; views: View[]; styles: Style[]; fonts: string }

// ---- §3 worker → frame: one JSON string a flush --------------------------------------------------------------------

export const enum Op { Open = 0, Insert = 1, Set = 2, Remove = 3, Empty = 4, Move = 5, Show = 6, Close = 7, Call = 8, Each = 9 }
export type How = "push" | "pop" | "replace" | "tab";
export type Operation =
  | [Op.Open, page: number, path: string]
  | [Op.Insert, block: number, region: number, at: number, view: number, def: number, firstId: number, count: number, values: Json[]]
  | [Op.Each, firstBlock: number, region: number, view: number, def: number, firstId: number, count: number, values: Json[]]
  | [Op.Set, block: number, hole: number, value: Json]
  | [Op.Remove, block: number, region: number, at: number, count: number]
  | [Op.Empty, block: number, region: number]
  | [Op.Move, block: number, region: number, fromTo: number[]]
  | [Op.Show, page: number, how: How]
  | [Op.Close, page: number]
  | [Op.Call, callId: number, name: string, ...args: Json[]];
export type Flush = [0, seq: number, ops: Operation[]];

// ---- §3, §4 frame → worker: JSON strings ---------------------------------------------------------------------------

export type Hit = [block: number, node: number, flags: number];
export interface Touch { identifier: number; clientX: number; clientY: number; pageX: number; pageY: number }
export interface FrameEvent {
  ts: number;
  detail?: Json;
  touches?: Touch[];
  changedTouches?: Touch[];
  /** The element really hit. */
  target: [block: number, node: number, offsetLeft: number, offsetTop: number];
  /** Offsets of the elements in hits, in their order, where they differ from the target's. */
  cur?: [offsetLeft: number, offsetTop: number][];
  /** The elements with marks, from the one hit outwards. */
  marks?: [block: number, node: number][];
}
export type FrameMessage =
  | [0, seq: number]
  | [1, callId: number, result: Json, error?: string]
  | [2, type: string, hits: Hit[], event: FrameEvent]
  | [3, page: number, what: "scroll", { scrollTop: number; scrollHeight: number }]
  | [3, page: number, what: "reachBottom" | "pullDownRefresh"]
  | [3, page: number, what: "navigate", { openType: string; url: string; delta?: number }]
  | [4, message: string];

// ---- §5 worker ↔ shell: structured clone over a MessagePort ---------------------------------------------------------

export interface StackEntry { id: number; path: string; query: Query }
export type NavAction = "launch" | "push" | "pop" | "replace" | "tab" | "relaunch";
/** What a failed call answers with, and what `fail` and a rejected Promise receive. */
export interface Failure { error: number; errorMessage: string }

export type ToShell =
  | { k: "call"; id: number; api: string; opts: unknown }
  /** A call that goes on (request, socket, audio …): abort, send, close …; id is the call's. */
  | { k: "tell"; id: number; what: string; data?: unknown }
  | { k: "nav"; action: NavAction; stack: StackEntry[] }
  | { k: "page"; id: number; set: Record<string, unknown> }
  | { k: "ready" }
  | { k: "exit"; data?: unknown }
  | { k: "error"; message: string; stack: string; page: string }
  | { k: "log"; level: "log" | "info" | "warn" | "error" | "debug"; args: unknown[] }
  | { k: "pong"; n: number }
  /** Developer mode only: what a panel asked for with the event "dev.…". */
  | { k: "dev"; what: string; data: unknown }
  | { k: "storage"; op: "set" | "remove" | "clear"; key?: string; data?: Json }
  /** A change of the program's files (data null: a directory). */
  | { k: "file"; op: "put"; path: string; data: ArrayBuffer | null; at: number }
  | { k: "file"; op: "move"; path: string; to: string }
  | { k: "file"; op: "remove"; path: string };

/** A file or directory (null) of the program, and when it was last written (ms). */
export type FileRow = [path: string, data: Blob | null, at: number];

export interface Launch { query: Query; path: string; scene: string; referrerInfo?: { appId?: string; extraData?: Json } }
export interface Boot extends Launch {
  k: "boot";
  appId: string;
  bundle: WorkerBundle;
  /** app.js, as text; "" when a load has brought it. */
  script: string;
  /** The texts of the groups of functions that the program needs (my/groups.ts), evaluated before script. */
  groups?: string[];
  /** What getSystemInfo answers with. */
  system: Record<string, Json>;
  storage: Record<string, Json>;
  /** The program's files, when its source names getFileSystemManager. */
  files?: FileRow[];
  person: { id?: string; name?: string; [key: string]: unknown };
  dev: boolean;
  language: string;
  /** Permissions granted so far: scope → answer. */
  settings: Record<string, boolean>;
  /** Functions of my that this person's browser or device does not have, for canIUse. */
  lacks?: string[];
  /** What getBatteryInfoSync answers, when the program's source names it. */
  battery?: { level: number; isCharging: boolean };
  /** compiler/compat's table for canIUse of components: "button", "button.open-type", "button.onGetAuthorize", "*.class" → usable. */
  compat?: Record<string, boolean>;
}
export type ToWorker =
  | Boot
  /** A program's script ahead of its boot; nothing of it runs before that. */
  | { k: "load"; script: string; groups?: string[] }
  | { k: "reply"; id: number; ok: true; data: unknown }
  | { k: "reply"; id: number; ok: false; data: Failure }
  /** Progress, socket and other events of a call that goes on. */
  | { k: "emit"; id: number; data: { name: string; [key: string]: unknown } }
  | { k: "event"; name: string; data?: any }
  | { k: "ping"; n: number };

/** First message to the worker, from the frame: `ports` of the message event are [shell's, frame's]. */
export interface WorkerStart { k: "start" }

/** First message to a sandbox, from the shell, after its {k: "hello"}: ports are [one for the worker to talk with the shell, one for the frame itself]. */
export interface WarmUp {
  k: "warm";
  /** Both runtimes, as text; "" where the frame's document brings them along. */
  frame: string;
  worker: string;
}

/** What frame/start.ts leaves for frame/main.ts: the worker at work, the frame's end of their channel, the way to the shell. */
export interface WarmFrame { worker: Worker; port: MessagePort; shell: MessagePort }

/** The program for a frame: the first message on a warm frame's own port. Where no shell warmed it up (benchmarks, tests), the window's first
 *  message, with the ports of WarmUp and the worker's runtime. */
export interface FrameBoot {
  k: "boot";
  bundle: FrameBundle;
  /** The worker runtime's script, as text. */
  worker?: string;
  /** Address under which the release's assets lie, with a slash at its end. */
  assets: string;
  /** Width of one rpx, in CSS pixels. */
  rpx: number;
  theme: "light" | "dark";
  dev: boolean;
  /** Until {k: "show"} comes, flushes that may name something outside the release wait, or all do. */
  shut?: "outside" | "all";
}

// ---- §4 frame ↔ shell: structured clone over the frame's own port ---------------------------------------------------

export type FrameToShell =
  | { k: "sheet"; id: number; title: string; range: string[]; value: number }
  | { k: "group"; id: number; name: string }
  /** answered by the Blob of a file of the program */
  | { k: "file"; id: number; path: string }
  | { k: "open"; id: number; what: "share" | "contactShare" | "lifestyle" | "getAuthorize" | "contact" | "favorite" | "location" | "layout"; page: number; [attribute: string]: unknown }
  | { k: "webview"; id: number; page: number; src: string }
  | { k: "webviewPost"; id: number; data: unknown }
  | { k: "webviewClose"; id: number }
  /** a camera element: what it wants, in all its attributes; width and height of its pictures, in device pixels */
  | { k: "camera"; id: number; page: number; name: string; width: number; height: number; mode?: string; facing?: string; flash?: string; dimension?: string; frame?: string }
  /** its last picture is drawn */
  | { k: "cameraNext"; id: number }
  | { k: "cameraClose"; id: number }
  /** a page-container came or went: while one is there, a step back is for it and not for the page */
  | { k: "container"; id: number; page: number; shown: boolean }
  | { k: "painted" }
  | { k: "pong"; n: number };
export type ShellToFrame =
  | { k: "reply"; id: number; ok: boolean; data?: unknown }
  | { k: "hear"; id: number; type: "message" | "load" | "error" | "navigate" | "picture" | "ready" | "stop" | "scanCode" | "back"; detail?: unknown }
  | { k: "theme"; theme: "light" | "dark" }
  /** somebody opened the program: what waited is drawn */
  | { k: "show" }
  /** the page's title was tapped twice: scroll-views that ask for it go to their top */
  | { k: "top" }
  | { k: "resize"; rpx: number }
  | { k: "keyboard"; height: number }
  /** a file of the program has another content now */
  | { k: "changed"; path: string }
  | { k: "ping"; n: number };
