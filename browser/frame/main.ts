// The frame: runs inside a sandboxed <iframe> of opaque origin, draws one mini-program and knows nothing of its data.
// Entry point. Start reading here, then apply.ts (operations), events.ts and gestures.ts (what goes back), pages.ts.
import type { Host } from "../elements/element";
import { core } from "../elements/core";
import { callsGroup, groupsIn, lazy } from "../elements/lazy";
import { backToTop } from "../elements/scroll-view";
import baseCss from "./base.css";
import { outside } from "../wire/outside";
import type { Flush, FrameBoot, FrameMessage, Json, ShellToFrame, WarmFrame } from "../wire/wire";
import { adopt, applier } from "./apply";
import { appearObserver } from "./appear";
import { assetOf, forgetFile, localFile } from "./asset";
import { act, emit, listens } from "./events";
import { holdTouches } from "./gestures";
import { locate } from "./locate";
import type { Call, Frame, Group } from "./model";
import { closePage, openPage, preparePage, showPage } from "./pages";
import { shellTalk } from "./talk";
import { makeWorker, startWorker } from "./warm";

const nonce = (document.currentScript as HTMLScriptElement | null)?.nonce ?? "";

/** Ways to the network that a CSP does not close in every browser, and that drawing never needs. */
function disarm(): void {
  for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "RTCDataChannel", "WebTransport"]) delete (globalThis as any)[name];
}

const base = new CSSStyleSheet();
base.replaceSync(baseCss);

/** A frame that has nothing to show for so long rehearses; one that is needed at once does not. */
const rehearseAfterMs = 300;

/**
 * Lays a few words out as a page has them. A process asks the system for each font, size and weight when it first meets it, which took
 * 5 to 20 ms of the first page's layout in Chromium. The words stay, unseen: fonts that nothing uses are forgotten.
 */
type Words = readonly [sizes: string[], weights: number[]];

function rehearse([sizes, weights]: Words): void {
  const host = document.createElement("div"), root = host.attachShadow({ mode: "open" });
  host.style.cssText = "position:fixed;visibility:hidden;contain:strict;width:100vw;height:100px";
  root.adoptedStyleSheets = [base];
  for (const size of sizes) {
    for (const weight of weights) {
      const words = document.createElement("a_text");
      words.style.cssText = `font-size:${size};font-weight:${weight}`;
      words.textContent = "Ab 1¥ 好";
      root.appendChild(words);
    }
  }
  document.body.appendChild(host);
  void host.offsetHeight;
}

const px = (n: number) => `${n}px`, rpx = (n: number) => `calc(100vw / 750 * ${n})`;
/** Sizes and weights: those of most words, and all that pages have as a rule. */
const usual: Words = [[rpx(26), rpx(28), rpx(32)], [400, 600]];
const all: Words = [[...[12, 13, 14, 15, 16, 17, 18, 20].map(px), ...[22, 24, 26, 28, 30, 32, 34, 36, 40].map(rpx)], [400, 600, 700]];

function boot(message: FrameBoot, { worker, port, shell }: WarmFrame): Frame {
  const f = frameOf(message, port, shell);
  for (const name of groupsIn(message.bundle.views)) f.load(name);
  worker.addEventListener("error", (ev) => f.send([4, ev.message || "the worker failed to start"]));
  const apply = applier(f, { open: openPage, show: showPage, close: closePage, call });
  const take = (text: string) => apply(JSON.parse(text) as Flush);
  // At most as many wait as the worker lets be under way.
  const waiting: string[] = [];
  let { shut } = message;
  port.onmessage = (ev) => {
    if (waiting.length || shut === "all" || shut && outside.test(ev.data)) waiting.push(ev.data);
    else take(ev.data);
  };
  setTimeout(() => preparePage(f, message.bundle.app.entryPagePath ?? message.bundle.app.pages[0]));
  f.show = () => {
    shut = undefined;
    waiting.splice(0).forEach(take);
  };
  window.addEventListener("error", (ev) => f.send([4, ev.message]));
  window.addEventListener("unhandledrejection", (ev) => f.send([4, String(ev.reason?.message ?? ev.reason)]));
  return f;
}

function frameOf(message: FrameBoot, port: MessagePort, shellPort: MessagePort): Frame {
  const { bundle } = message;
  const fonts = new CSSStyleSheet();
  fonts.replaceSync(bundle.fonts || "");
  document.adoptedStyleSheets = [base, fonts];
  const stage = document.createElement("div");
  stage.className = "souk-stage";
  document.body.appendChild(stage);
  const talk = shellTalk(shellPort, (m) => fromShell(f, m));
  const f: Frame = {
    bundle, base, baseCss, stage, call: null, late: null, long: [], touched: [], still: [], asked: [], templates: [], blocks: new Map(), pages: new Map(), shown: null, sheets: [], elements: { ...core },
    waiting: new Map(), wants: new Set(), after: [], busy: false, painted: false, observer: null,
    show: () => undefined, rpx: `calc(100vw / 750)`, assets: message.assets, dev: message.dev,
    load: loader(() => f),
    send: (m: FrameMessage) => port.postMessage(JSON.stringify(m)),
    hold() {
      if (f.wants.has("touchmove!")) return;
      f.wants.add("touchmove!");
      for (const page of f.pages.values()) holdTouches(f, page);
    },
    ctx: {
      ...talk,
      path: "",
      dev: message.dev,
      emit: (el, type, detail, touches) => emit(f, el, type, detail, touches),
      listens,
      asset: (address) => assetOf(f, address),
      file: (address, ready) => localFile(f, address, ready),
      after: (run) => { if (f.busy) f.after.push(run); else run(); },
      animate: (el, value) => animate(f, el, value),
      tap: (el) => act(f, el),
      def: (el) => f.elements[el.localName],
      root: (el) => el.getRootNode() as ShadowRoot,
      at: (el) => { const found = locate(el); return found && [found[0].id, found[1]]; },
      page: (el) => pageIdOf(f, el),
      send: (m) => f.send(m),
    },
  };
  f.observer = appearObserver(f);
  for (const tag in lazy) f.waiting.set(tag, []);
  document.documentElement.dataset.theme = message.theme;
  if (message.rpx > 0 && document.documentElement.clientWidth === 0) f.rpx = `${message.rpx}px`;
  return f;
}

function pageIdOf(f: Frame, el: Host): number {
  const root = el.getRootNode();
  for (const page of f.pages.values()) if (page.root === root) return page.id;
  return 0;
}

/** Asks the shell for groups, for each once. */
function loader(frame: () => Frame): (name: string) => void {
  const asked = new Set<string>();
  return (name) => {
    const f = frame();
    if (asked.has(name) || (name === callsGroup && f.call)) return;
    asked.add(name);
    f.ctx.ask({ k: "group", name }).then((script) => takeGroup(f, String(script))).catch((e) => {
      asked.delete(name);
      f.send([4, `the elements "${name}" could not be loaded: ${(e as Error).message}`]);
    });
  };
}

function takeGroup(f: Frame, script: string): void {
  (globalThis as { soukGroup?: unknown }).soukGroup = (group: Group) => adopt(f, group);
  const el = document.createElement("script");
  el.nonce = nonce;
  el.textContent = script;
  document.head.appendChild(el);
  el.remove();
}

/** What the worker asks is answered by a group's code, in the order in which it was asked. */
const call: Call = (f, id, name, args) => {
  if (f.call) return f.call(f, id, name, args);
  f.asked.push([f, id, name, args]);
  f.load(callsGroup);
};

/** Plays an animation, or keeps it for when what plays it has come. */
function animate(f: Frame, el: Host, value: Json): void {
  if (f.late) return f.late.animate(el, value);
  f.still.push([el, value]);
  f.load(callsGroup);
}

function fromShell(f: Frame, m: ShellToFrame): void {
  if (m.k === "show") f.show();
  if (m.k === "theme") {
    document.documentElement.dataset.theme = m.theme;
    f.late?.allNear(f);
  }
  if (m.k === "top" && f.shown) backToTop(f.shown.root);
  if (m.k === "changed") forgetFile(m.path);
  if (m.k === "keyboard") document.documentElement.style.setProperty("--keyboard", `${Number(m.height) || 0}px`);
}

disarm();
const scope = globalThis as { soukWarm?: Promise<WarmFrame> };
const warm = scope.soukWarm;
delete scope.soukWarm;
// A frame that no shell warmed up (benchmarks, tests) is handed everything at once.
if (warm) {
  let f: Frame | null = null;
  warm.then((ways) => { ways.shell.onmessage = (ev) => { f = boot(ev.data as FrameBoot, ways); }; });
  // A document that brought this script along is waited for: it meets the usual words while its worker starts.
  if (document.readyState === "loading") setTimeout(() => rehearse(usual));
  else setTimeout(() => { if (!f?.shown) rehearse(all); }, rehearseAfterMs);
} else window.addEventListener("message", function first(ev) {
  if (ev.data?.k !== "boot" || ev.ports.length !== 2) return;
  window.removeEventListener("message", first);
  const message = ev.data as FrameBoot;
  boot(message, startWorker(makeWorker(message.worker ?? ""), ev.ports));
});
