// <web-view>: another site inside a program's page. Its frame belongs to the shell and lies over the page, sandboxed on
// its own origin. It talks with the program by messages; a page that loads /webview.js calls a few functions of my too, as the program.

import { el } from './dom';
import { failureOf } from './host';
import { handlers } from './my/table';
import { topOf, type Running } from './running';
import type { Shell } from './shell';

interface Open {
  frame: HTMLIFrameElement;
  page: number;
  listen: (event: MessageEvent) => void;
}

const views = new WeakMap<Running, Map<number, Open>>();

/** openWebView shows an https address (http too on this machine) over the page; anything else is an error event. */
export function openWebView(shell: Shell, running: Running, id: number, page: number, src: string): void {
  const open = views.get(running) ?? new Map<number, Open>();
  views.set(running, open);
  const hear = (type: 'message' | 'load' | 'error' | 'navigate', detail?: unknown): void => running.tellFrame({ k: 'hear', id, type, detail });
  if (!allowed(src)) return hear('error', { url: src, errorCode: 1, errorMessage: 'only https addresses can be shown' });
  const known = open.get(id);
  if (known) {
    known.frame.src = src;
    return;
  }
  const frame = el('iframe', { class: 'web-view', sandbox: 'allow-scripts allow-forms allow-same-origin', referrerpolicy: 'no-referrer' });
  const listen = (event: MessageEvent): void => {
    if (event.source !== frame.contentWindow) return;
    const m = event.data as Spoken | null;
    if (m?.souk === 'call') void answer(shell, running, page, m, hear).then((said) => frame.contentWindow?.postMessage(said, event.origin));
    else hear('message', m?.souk === 'message' ? m.data : event.data);
  };
  frame.addEventListener('load', () => hear('load', { url: frame.src }));
  frame.src = src;
  addEventListener('message', listen);
  open.set(id, { frame, page, listen });
  running.frame.parentElement?.append(frame);
  showWebViews(running);
}

/** what the script of /webview.js says */
interface Spoken {
  souk?: string;
  id?: unknown;
  api?: unknown;
  opts?: unknown;
  data?: unknown;
}

const routes: Record<string, string> = { navigateTo: 'navigate', navigateBack: 'navigateBack', switchTab: 'switchTab', reLaunch: 'reLaunch', redirectTo: 'redirect' };
const callable = new Set(['chooseImage', 'previewImage', 'getLocation', 'openLocation', 'alert', 'showLoading', 'hideLoading', 'getNetworkType', 'startShare', 'tradePay']);
const callsAtOnce = 8;
let callsOpen = 0;

/** answer does what a page asks, with the program's permissions, while the page is the one in front. */
async function answer(shell: Shell, running: Running, page: number, m: Spoken, hear: (type: 'navigate', detail: unknown) => void): Promise<unknown> {
  const api = String(m.api).slice(0, 32);
  const opts = typeof m.opts === 'object' && m.opts !== null ? (m.opts as Record<string, unknown>) : {};
  const said = (ok: boolean, data: unknown): unknown => ({ souk: 'answer', id: Number(m.id), ok, data });
  if (shell.front !== running || topOf(running)?.id !== page) return said(false, { error: 11, errorMessage: 'this page is not in front' });
  const way = Object.hasOwn(routes, api) ? routes[api] : undefined;
  if (way) {
    hear('navigate', { openType: way, url: String(opts.url ?? '').slice(0, 1_024), delta: Number(opts.delta) || 1 });
    return said(true, {});
  }
  const handler = callable.has(api) ? handlers[api] : undefined;
  if (!handler) return said(false, { error: 4, errorMessage: `my.${api} is not for pages in a web-view` });
  if (callsOpen >= callsAtOnce) return said(false, { error: 20, errorMessage: 'too many calls at once' });
  callsOpen += 1;
  try {
    return said(true, (await handler({ shell, running, api, opts, emit: () => undefined, told: () => undefined, signal: new AbortController().signal })) ?? {});
  } catch (problem) {
    return said(false, failureOf(problem as Error));
  } finally {
    callsOpen -= 1;
  }
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
