// my.alert, confirm, prompt, showModal, toasts, loading, action sheet.

import { badArgument, fail, type Call, type Handlers } from '../broker';
import { ask, choose, type DialogButton } from '../dialogs';
import { hideToast, showToast, type ToastKind } from '../layer';
import { assetAddress, colour, type Running } from '../running';
import { say } from '../strings';

const dialogsWaiting = 8;
const waiting = new WeakMap<Running, { count: number; last: Promise<unknown> }>();

/** queue shows the dialogs of a program one after the other; a flood of them is refused. */
export async function queue<T>(running: Running, show: () => Promise<T>): Promise<T> {
  const line = waiting.get(running) ?? { count: 0, last: Promise.resolve() };
  waiting.set(running, line);
  if (line.count >= dialogsWaiting) fail(20, 'too many dialogs are waiting');
  line.count += 1;
  const mine = line.last.then(show, show);
  line.last = mine.catch(() => undefined);
  try {
    return await mine;
  } finally {
    line.count -= 1;
  }
}

export function text(value: unknown, most = 2_000): string {
  if (typeof value === 'string') return value.slice(0, most);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function align(value: unknown): 'left' | 'center' | 'right' | undefined {
  return value === 'left' || value === 'right' || value === 'center' ? value : undefined;
}

async function alert({ running, opts }: Call): Promise<unknown> {
  const buttons = [{ text: text(opts.buttonText, 20) || say('confirm'), value: 'ok', strong: true }];
  await queue(running, () => ask(running.layers, { title: text(opts.title, 100), content: text(opts.content || opts.message), ...aligned(opts), buttons, escape: 'ok' }));
  return {};
}

function aligned(opts: Record<string, unknown>): { align?: 'left' | 'center' | 'right' } {
  const value = align(opts.align);
  return value ? { align: value } : {};
}

function twoButtons(opts: Record<string, unknown>, yes: unknown, no: unknown): DialogButton[] {
  return [
    { text: text(no, 20) || say('cancel'), value: 'no', color: colour(opts.cancelColor) },
    { text: text(yes, 20) || say('confirm'), value: 'yes', color: colour(opts.confirmColor), strong: true },
  ];
}

async function confirm({ running, opts }: Call): Promise<unknown> {
  const buttons = twoButtons({ ...opts, confirmColor: opts.confirmColor, cancelColor: opts.cancelColor }, opts.confirmButtonText, opts.cancelButtonText);
  const { value } = await queue(running, () => ask(running.layers, { title: text(opts.title, 100), content: text(opts.content || opts.message), ...aligned(opts), buttons, escape: 'no' }));
  return { confirm: value === 'yes' };
}

async function prompt({ running, opts }: Call): Promise<unknown> {
  const buttons = twoButtons(opts, opts.okButtonText, opts.cancelButtonText);
  const field = { placeholder: text(opts.placeholder, 100), value: '' };
  const answer = await queue(running, () => ask(running.layers, { title: text(opts.title, 100), content: text(opts.message), ...aligned(opts), field, buttons, escape: 'no' }));
  return answer.value === 'yes' ? { ok: true, inputValue: answer.text } : { ok: false };
}

async function showModal({ running, opts }: Call): Promise<unknown> {
  const list = Array.isArray(opts.buttons) ? opts.buttons.slice(0, 6) : null;
  const buttons = list
    ? list.map((b, i): DialogButton => ({ text: text((b as { text?: unknown }).text, 20), value: `#${i}`, color: colour((b as { color?: unknown }).color), strong: i === list.length - 1 }))
    : opts.showCancel === false
      ? twoButtons(opts, opts.confirmText, '').slice(1)
      : twoButtons(opts, opts.confirmText, opts.cancelText);
  const field = opts.editable === true ? { placeholder: text(opts.placeholderText, 100), value: text(opts.content) } : undefined;
  const image = text(opts.imageUrl, 2_000);
  const answer = await queue(running, () =>
    ask(running.layers, { title: text(opts.title, 100), content: field ? '' : text(opts.content), ...(image ? { image: assetAddress(running.bundle, image) } : {}), ...(field ? { field } : {}), buttons, escape: 'no' }),
  );
  const index = answer.value.startsWith('#') ? Number(answer.value.slice(1)) : -1;
  return { confirm: answer.value === 'yes' || index >= 0, cancel: answer.value === 'no', ...(index >= 0 ? { buttonIndex: index } : {}), ...(field ? { content: answer.text } : {}) };
}

const toastMaxMs = 60_000;

function showToastCall({ running, opts }: Call): Promise<unknown> {
  const kinds: ToastKind[] = ['success', 'fail', 'exception', 'none'];
  const kind = kinds.find((k) => k === opts.type) ?? 'none';
  const ms = Math.min(toastMaxMs, Math.max(300, Number(opts.duration) || 2000));
  showToast(running.layers, text(opts.content ?? opts.title, 200), kind, ms);
  return new Promise((done) => setTimeout(() => done({}), ms));
}

async function showLoading({ running, opts }: Call): Promise<unknown> {
  const delay = Math.min(5_000, Math.max(0, Number(opts.delay) || 0));
  if (delay) await new Promise((next) => setTimeout(next, delay));
  showToast(running.layers, text(opts.content ?? opts.title, 200), 'loading', 0);
  return {};
}

function hide({ running }: Call): unknown {
  hideToast(running.layers);
  return {};
}

async function showActionSheet({ running, opts }: Call): Promise<unknown> {
  const items = opts.items ?? opts.itemList;
  if (!Array.isArray(items) || items.length === 0) fail(badArgument, 'showActionSheet needs items');
  const danger = Number(opts.destructiveBtnIndex ?? -1);
  const badges = Array.isArray(opts.badges) ? (opts.badges as { index?: number; type?: string; text?: unknown }[]) : [];
  const choices = items.slice(0, 50).map((item: unknown, i: number) => {
    const badge = badges.find((b) => b?.index === i && b.type !== 'none');
    return { text: text(item, 100), danger: i === danger, ...(badge ? { badge: text(badge.text, 10) } : {}) };
  });
  const index = await queue(running, () => choose(running.layers, text(opts.title, 200), choices, text(opts.cancelButtonText, 20) || say('cancel')));
  return { index };
}

export const dialogCalls: Handlers = { alert, confirm, prompt, showModal, showToast: showToastCall, hideToast: hide, showLoading, hideLoading: hide, showActionSheet };
