// The sandbox of one mini-program: an <iframe sandbox="allow-scripts"> of opaque origin whose first element is a CSP
// that closes every network route. docs/security.md says what it promises. The frame's script and the worker's script
// are handed in as text, since an opaque frame has no HTTP cache; one frame is kept warm, its script evaluated.

import { fetchText } from './host';
import type { FrameBoot } from '../wire/wire';

export interface Site {
  /** the page's CSP nonce, which the frame's script carries too (a srcdoc frame inherits the page's policy) */
  nonce: string;
  /** hash of the runtimes */
  runtime: string;
  dev: boolean;
  frameScript: Promise<string>;
  workerScript: Promise<string>;
  /** compiler/compat's table of components, for canIUse */
  compat: Promise<Record<string, boolean>>;
}

/** readSite finds nonce and runtime in the page and starts loading both runtimes. */
export function readSite(): Site {
  const own = document.getElementById('souk') as HTMLScriptElement;
  const runtime = own.dataset.runtime ?? '';
  return {
    nonce: own.nonce,
    runtime,
    dev: own.dataset.dev === '1',
    frameScript: fetchText(`/-/frame.js?v=${runtime}`),
    workerScript: fetchText(`/-/worker.js?v=${runtime}`),
    compat: fetchText(`/-/compat.json?v=${own.dataset.compat ?? ''}`).then((words) => JSON.parse(words) as Record<string, boolean>),
  };
}

/** policy is the frame's CSP. Pictures, sounds and fonts may come from https and from this site (in developer mode from http
 *  too); nothing may be fetched. */
export function policy(nonce: string, origin: string, dev: boolean): string {
  const media = `${origin} https: data: blob:${dev ? ' http:' : ''}`;
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' blob:`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    `img-src ${media}`,
    `media-src ${media}`,
    `font-src ${media}`,
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function documentOf(site: Site, script: string): string {
  const safe = script.replace(/<\/(script)/gi, '<\\/$1').replace(/<!--/g, '\\x3c!--');
  return `<!doctype html><meta http-equiv="Content-Security-Policy" content="${policy(site.nonce, location.origin, site.dev)}"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover"><body><script nonce="${site.nonce}">${safe}</script>`;
}

export interface Sandbox {
  frame: HTMLIFrameElement;
  loaded: Promise<void>;
}

/** makeSandbox starts a frame inside parent and evaluates the runtime in it. */
export async function makeSandbox(site: Site, parent: HTMLElement): Promise<Sandbox> {
  const script = await site.frameScript;
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.setAttribute('referrerpolicy', 'no-referrer');
  frame.className = 'program-frame';
  frame.srcdoc = documentOf(site, script);
  const loaded = new Promise<void>((done) => frame.addEventListener('load', () => done(), { once: true }));
  parent.append(frame);
  return { frame, loaded };
}

export interface Ports {
  worker: MessagePort;
  frame: MessagePort;
}

/** bootSandbox hands bundle and ports in. left runs when the frame loads a second document, which it may never do. */
export async function bootSandbox(box: Sandbox, boot: FrameBoot, left: () => void): Promise<Ports> {
  await box.loaded;
  box.frame.addEventListener('load', left);
  const toWorker = new MessageChannel();
  const toFrame = new MessageChannel();
  box.frame.contentWindow?.postMessage(boot, '*', [toWorker.port2, toFrame.port2]);
  return { worker: toWorker.port1, frame: toFrame.port1 };
}
