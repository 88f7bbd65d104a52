// Layers: whatever lies over a page and holds it up until answered (dialogs, bottom sheets, full pages), and toasts,
// which hold nothing up. A layer keeps the keyboard inside itself and gives the focus back when it closes.

import { el, fill, reducedMotion, type Child } from './dom';
import { icon, type IconName } from './icons';

export type LayerKind = 'dialog' | 'sheet' | 'page';

export interface Layer {
  root: HTMLElement;
  close(): void;
}

const leaveMs = 220;

const left = 'leave';

/** leaveLayers tells what lies open over host that the page under it is gone. */
export function leaveLayers(host: HTMLElement): void {
  for (const root of host.querySelectorAll(':scope > .layer:not(.out)')) root.dispatchEvent(new Event(left));
}

/**
 * openLayer puts body over host. dismiss, when given, is what Escape and a tap beside the body do. gone is what happens when the page under it
 * is left: without it the layer is dismissed.
 */
export function openLayer(host: HTMLElement, kind: LayerKind, label: string, body: HTMLElement, dismiss?: () => void, gone?: () => void): Layer {
  const before = document.activeElement;
  body.classList.add(`${kind}-body`);
  body.tabIndex = -1;
  const root = el('div', { class: `layer ${kind}`, role: 'dialog', 'aria-modal': 'true', 'aria-label': label }, body);
  root.addEventListener('click', (event) => {
    if (event.target === root) dismiss?.();
  });
  root.addEventListener('keydown', (event) => keepKeys(event, root, dismiss));
  root.addEventListener(left, () => (gone ?? dismiss ?? close)());
  host.append(root);
  requestAnimationFrame(() => root.classList.add('in'));
  focusFirst(body);
  let open = true;
  const close = (): void => {
    if (!open) return;
    open = false;
    root.classList.remove('in');
    root.classList.add('out');
    root.inert = true;
    setTimeout(() => root.remove(), reducedMotion() ? 0 : leaveMs);
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
  };
  return { root, close };
}

function focusFirst(body: HTMLElement): void {
  const wanted = body.querySelector<HTMLElement>('[autofocus]') ?? body;
  wanted.focus({ preventScroll: true });
}

const reachable = 'button:not([disabled]),input:not([disabled]),textarea,select,a[href],[tabindex="0"]';

function keepKeys(event: KeyboardEvent, root: HTMLElement, dismiss?: () => void): void {
  if (event.key === 'Escape') {
    event.stopPropagation();
    dismiss?.();
    return;
  }
  if (event.key !== 'Tab') return;
  const stops = [...root.querySelectorAll<HTMLElement>(reachable)];
  const first = stops[0];
  const last = stops[stops.length - 1];
  if (!first || !last) return;
  const at = document.activeElement;
  if (event.shiftKey && (at === first || !stops.includes(at as HTMLElement))) {
    event.preventDefault();
    last.focus();
  } else if (!event.shiftKey && at === last) {
    event.preventDefault();
    first.focus();
  }
}

/** openSheet is a layer that rises from the bottom, with a title and a way out. */
export function openSheet(host: HTMLElement, title: string, closeLabel: string, dismiss: () => void, ...body: Child[]): Layer {
  const leave = el('button', { class: 'sheet-close', 'aria-label': closeLabel, onclick: () => dismiss() }, icon('close', 20));
  const head = el('div', { class: 'sheet-head' }, el('h2', null, title), leave);
  return openLayer(host, 'sheet', title, el('div', null, head, body), dismiss);
}

export type ToastKind = 'none' | 'success' | 'fail' | 'exception' | 'loading';

const toastIcons: Partial<Record<ToastKind, IconName>> = { success: 'check', fail: 'close', exception: 'warning' };
const toastClass = 'toast-line';

/** showToast says something for a moment (ms; 0 = until hideToast). A newer toast replaces an older one of that host. */
export function showToast(host: HTMLElement, text: string, kind: ToastKind = 'none', ms = 2000): void {
  hideToast(host);
  const name = toastIcons[kind];
  const sign = kind === 'loading' ? el('span', { class: 'spinner' }) : name ? icon(name, 34) : null;
  const box = el('div', { class: sign ? 'toast with-sign' : 'toast', role: 'status' }, sign, text ? el('span', null, text) : null);
  const line = el('div', { class: toastClass }, box);
  host.append(line);
  requestAnimationFrame(() => line.classList.add('in'));
  if (ms > 0) setTimeout(() => line.remove(), ms);
}

export function hideToast(host: HTMLElement): void {
  for (const line of host.querySelectorAll(`:scope > .${toastClass}`)) line.remove();
}

/** replaceBody swaps what a layer shows, keeping its place and its title. */
export function replaceBody(layer: Layer, ...body: Child[]): void {
  const inside = layer.root.firstElementChild;
  if (!inside) return;
  fill(inside, body);
  focusFirst(inside as HTMLElement);
}
