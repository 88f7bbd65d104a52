// The sandbox of one mini-program: an <iframe sandbox="allow-scripts"> of opaque origin under a policy that closes every
// network route. docs/security.md says what it promises. Each is loaded from a name of its own where the server has such names
// (gateway/site/frames.go), so that each has a process of its own; elsewhere it is written into this page. Both runtimes are handed in as
// text, since an opaque frame has no HTTP cache: a sandbox is warm when it has evaluated them, whatever program comes.

import type { WarmUp } from '../wire/wire';

/** Sources are what a sandbox is made of. */
export interface Sources {
  /** where frames come from, with a star for a name of each; "" for none */
  frames: string;
  /** a frame's policy when it is written into this page: the page's nonce, and ORIGIN for this origin */
  policy: string;
  /** the page's CSP nonce: a frame that is written into the page inherits the page's policy */
  nonce: string;
  /** hash of the runtimes */
  runtime: string;
  /** both runtimes, [frame, worker], asked for once */
  runtimes: () => Promise<[string, string]>;
}

export interface Sandbox {
  frame: HTMLIFrameElement;
  /** ways to worker and frame; what is sent before they are warm arrives when they are */
  worker: MessagePort;
  port: MessagePort;
  /** runs when the frame loads a second document, which it may never do */
  left: () => void;
  /** it is written into the page */
  within: boolean;
  /** it has said hello */
  greeted: boolean;
  /** its pulse was felt once */
  beat: boolean;
  /** when, by performance.now(), a pulse must have been felt */
  beatBy: number;
}

/** The pulse comes 0.4 s after the runtimes. A process that ended before it was felt is missed after so long, however slow the machine. */
const pulseMaxMs = 20_000;

/** A frame that says nothing for so long is written into the page instead: after its document has come, or come not at all. */
const helloAfterLoadMs = 1_000;
const helloMaxMs = 12_000;

/** unreachable: the frames' sites did not answer this browser once. */
let unreachable = false;

/** makeSandbox starts a frame inside parent and warms it up. whole: a program waits for it, so its document brings both runtimes along,
 *  for once: others are handed them, which the browser keeps. */
export function makeSandbox(from: Sources, parent: HTMLElement, whole = false): Sandbox {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.setAttribute('referrerpolicy', 'no-referrer');
  frame.setAttribute('allow', 'fullscreen'); // of a video, whose box is ours alone
  frame.className = 'program-frame';
  const toWorker = new MessageChannel();
  const toFrame = new MessageChannel();
  const within = !from.frames || unreachable;
  const box: Sandbox = { frame, within, worker: toWorker.port1, port: toFrame.port1, left: () => undefined, greeted: false, beat: false, beatBy: Infinity };
  const hello = (event: MessageEvent): void => {
    const said = event.data as { k?: unknown; within?: unknown; whole?: unknown } | null;
    if (event.source !== frame.contentWindow || said?.k !== 'hello' || said.within !== box.within) return;
    removeEventListener('message', hello);
    box.greeted = true;
    const warm = ([script, worker]: [string, string]): void => {
      frame.contentWindow?.postMessage({ k: 'warm', frame: script, worker } satisfies WarmUp, '*', [toWorker.port2, toFrame.port2]);
      box.beatBy = performance.now() + pulseMaxMs;
    };
    if (said.whole === true) warm(['', '']);
    else void from.runtimes().then(warm);
  };
  addEventListener('message', hello);
  if (within) void writeInto(from, box);
  else loadApart(from, box, whole);
  if (within || !whole) from.runtimes().catch(() => undefined);
  parent.append(frame);
  return box;
}

/** loadApart loads the frame from a site of its own. Where that cannot be reached (a browser that does not know the names under
 *  localhost, a name without an address), this and all further frames are written into the page. */
function loadApart(from: Sources, box: Sandbox, whole: boolean): void {
  const name = `frame-${crypto.getRandomValues(new Uint32Array(1))[0]?.toString(36) ?? ''}`;
  let timer = setTimeout(() => giveUp(), helloMaxMs);
  const giveUp = (): void => {
    if (box.greeted || !box.frame.isConnected) return;
    box.frame.removeEventListener('load', left);
    box.within = true; // what the other document may still say is not heard
    void writeInto(from, box);
  };
  const left = (): void => box.left();
  const loaded = (): void => {
    clearTimeout(timer);
    box.frame.addEventListener('load', left);
    timer = setTimeout(() => {
      unreachable ||= !box.greeted;
      giveUp();
    }, helloAfterLoadMs);
  };
  box.frame.addEventListener('load', loaded, { once: true });
  box.frame.src = `${from.frames.replace('*', name)}/-/frame?from=${encodeURIComponent(location.origin)}${whole ? '&whole=1' : ''}`;
}

async function writeInto(from: Sources, box: Sandbox): Promise<void> {
  const start = await fetch(`/-/start.js?v=${from.runtime}`).then((r) => r.text());
  box.frame.addEventListener('load', () => box.frame.addEventListener('load', () => box.left()), { once: true });
  const policy = from.policy.replaceAll('ORIGIN', location.origin);
  box.frame.srcdoc = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${policy}"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover"><body><script nonce="${from.nonce}">${start}</script>`;
}

/** hasPulse tells whether the frame's process lives: the frame that start.ts has put inside vanishes with it. */
export function hasPulse(box: Sandbox): boolean {
  const felt = (box.frame.contentWindow?.length ?? 0) > 0;
  if (felt) box.beat = true;
  return felt || (!box.beat && performance.now() < box.beatBy);
}
