// The payment code: barcode and QR for a till to read, fresh every minute while it is on the screen. When a till has used it, the
// page says what was paid; above what a code pays by itself it opens the cashier.

import { openCashier } from './cashier';
import { el, fill } from './dom';
import { money } from './home';
import { icon } from './icons';
import { drawBars, drawQR } from './modules';
import { newPayCode, readPayCode, type PayCode, type PayCodeUse } from './purse';
import { why } from './refusal';
import { go } from './route';
import type { Shell } from './shell';
import { language, say } from './strings';
import { backHead } from './wallet';

const lookEveryMs = 1_500;
const renewEarlyMs = 3_000;

export function drawPayCode(shell: Shell): HTMLElement {
  const card = el('section', { class: 'code-card', 'aria-live': 'polite' }, el('span', { class: 'spinner' }));
  const page = el('div', { class: 'page deep' }, backHead(say('payCode')), card, el('p', { class: 'code-safe' }, say('payCodeSafe')));
  void show(shell, page, card);
  return page;
}

async function show(shell: Shell, page: HTMLElement, card: HTMLElement): Promise<void> {
  try {
    const code = await newPayCode();
    const left = el('small', null);
    fill(card, codeFace(code, left, () => void show(shell, page, card)));
    await watch(shell, page, card, code, left);
  } catch (problem) {
    fill(card, el('p', { class: 'empty' }, why(problem)), el('button', { class: 'wide', onclick: () => void show(shell, page, card) }, say('retry')));
  }
}

function codeFace(code: PayCode, left: HTMLElement, renew: () => void): HTMLElement[] {
  const digits = code.code.replace(/(\d{4})(?=\d)/g, '$1 ');
  return [
    el('p', { class: 'code-how' }, say('payCodeHow')),
    el('div', { class: 'code-bars', 'data-code': code.code }, drawBars(code.bars, say('payCode'))),
    el('p', { class: 'code-digits' }, digits),
    el('div', { class: 'code-qr' }, drawQR(code.qr, say('payCode'))),
    el('div', { class: 'code-foot' }, left, el('button', { class: 'link', onclick: renew }, icon('reload', 16), ' ', say('payCodeNew'))),
  ];
}

/** watch follows one code until it is used, replaced, or the page is gone. */
async function watch(shell: Shell, page: HTMLElement, card: HTMLElement, code: PayCode, left: HTMLElement): Promise<void> {
  const ends = Date.now() + code.livesFor - renewEarlyMs;
  let looked = Date.now();
  await pause(0); // the page is put on the screen after it was drawn
  while (page.isConnected && left.isConnected) {
    const rest = ends - Date.now();
    if (rest <= 0 && !document.hidden) return show(shell, page, card);
    fill(left, say('payCodeFresh', Math.max(0, Math.ceil(rest / 1000))));
    if (Date.now() - looked >= lookEveryMs && !document.hidden) {
      looked = Date.now();
      const use = await readPayCode(code.code).catch(() => null);
      if (use && use.state !== 'open' && left.isConnected) return used(shell, page, card, use);
    }
    await pause(250);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((next) => setTimeout(next, ms));
}

async function used(shell: Shell, page: HTMLElement, card: HTMLElement, use: PayCodeUse): Promise<void> {
  if (use.state === 'asks' && use.appId && use.tradeNO) {
    const paid = await openCashier(shell.over, use.appId, use.tradeNO, shell.session.pinHint);
    if (paid.resultCode !== '9000') return show(shell, page, card);
  }
  if (use.state === 'closed') return show(shell, page, card);
  const payee = (language() === 'zh-Hans' && use.merchantZh) || use.merchant || '';
  fill(
    card,
    el(
      'div',
      { class: 'outcome good', role: 'alert' },
      el('span', { class: 'outcome-sign' }, icon('check', 40)),
      el('strong', null, say('payCodePaid', payee)),
      el('output', { class: 'sum' }, money(use.amount ?? '')),
    ),
    el('div', { class: 'pair' }, el('button', { class: 'soft', onclick: () => go('#/bills') }, say('bills')), el('button', { class: 'wide', onclick: () => void show(shell, page, card) }, say('payCodeNew'))),
  );
}
