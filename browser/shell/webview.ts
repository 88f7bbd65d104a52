// <web-view>: another site inside a program's page. Its frame belongs to the shell and lies over the page, sandboxed on
// its own origin; it can talk with the program by my.postMessage only (messages of the web-view's window).

import { el } from './dom';
import { topOf, type Running } from './running';

interface Open {
  frame: HTMLIFrameElement;
  page: number;
  listen: (event: MessageEvent) => void;
}

const views = new WeakMap<Running, Map<number, Open>>();

/** openWebView shows an https address (http too on this machine) over the page; anything else is an error event. */
export function openWebView(running: Running, id: number, page: number, src: string): void {
  const open = views.get(running) ?? new Map<number, Open>();
  views.set(running, open);
  const hear = (type: 'message' | 'load' | 'error', detail?: unknown): void => running.tellFrame({ k: 'hear', id, type, detail });
  if (!allowed(src)) return hear('error', { url: src, errorCode: 1, errorMessage: 'only https addresses can be shown' });
  const known = open.get(id);
  if (known) {
    known.frame.src = src;
    return;
  }
  const frame = el('iframe', { class: 'web-view', sandbox: 'allow-scripts allow-forms allow-same-origin', referrerpolicy: 'no-referrer' });
  const listen = (event: MessageEvent): void => {
    if (event.source === frame.contentWindow) hear('message', event.data);
  };
  frame.addEventListener('load', () => hear('load', { url: frame.src }));
  frame.src = src;
  addEventListener('message', listen);
  open.set(id, { frame, page, listen });
  running.frame.parentElement?.append(frame);
  showWebViews(running);
}

/** allowed keeps the shell's own origin out: a frame on it with allow-same-origin would be the shell. */
function allowed(src: string): boolean {
  try {
    const url = new URL(src);
    const local = url.hostname === 'localhost' || url.hostname === '127.0.0.1';
    return url.origin !== location.origin && (url.protocol === 'https:' || (url.protocol === 'http:' && local));
  } catch {
    return false;
  }
}

/** showWebViews shows those of the page in front and hides the others. */
export function showWebViews(running: Running): void {
  const top = topOf(running)?.id;
  for (const { frame, page } of views.get(running)?.values() ?? []) frame.hidden = page !== top;
}

export function postToWebView(running: Running, id: number, data: unknown): void {
  const open = views.get(running)?.get(id);
  open?.frame.contentWindow?.postMessage(data, new URL(open.frame.src).origin);
}

export function closeWebView(running: Running, id: number): void {
  const open = views.get(running)?.get(id);
  if (!open) return;
  removeEventListener('message', open.listen);
  open.frame.remove();
  views.get(running)?.delete(id);
}
