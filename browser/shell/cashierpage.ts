// The cashier opened by an address: /#/cashier?tradeNO=…&return=…&quit=… from a merchant's website (page and wap pay) or from a
// QR code, and /#/cashier?authNO=… for agreeing to a deposit. Afterwards the browser goes back to the merchant.

import { openCashier } from './cashier';
import { el, fill, type Child } from './dom';
import { money } from './home';
import { icon } from './icons';
import { askPin } from './pinsheet';
import { agree, readAuthorisation, readDue, type Authorisation } from './purse';
import { why } from './refusal';
import { go } from './route';
import type { Shell } from './shell';
import { language, say } from './strings';

const returnPath = '/open/return/';

export function drawCashierPage(shell: Shell, asked: URLSearchParams): HTMLElement {
  const body = el('section', { class: 'block outcome-page' }, el('span', { class: 'spinner' }));
  const authNO = asked.get('authNO') ?? '';
  const run = authNO ? authorise(shell, body, authNO) : payTrade(shell, body, asked);
  run.catch((problem: unknown) => fill(body, outcome('warning', 'bad', say('cashierFailed'), why(problem)), leaveButtons(asked, false)));
  return el('div', { class: 'page' }, el('header', { class: 'page-head' }, el('h1', null, say('cashier'))), body);
}

async function payTrade(shell: Shell, body: HTMLElement, asked: URLSearchParams): Promise<void> {
  const tradeNO = (asked.get('tradeNO') ?? '').slice(0, 64);
  const due = await readDue(tradeNO);
  const facts = el('div', null, el('output', { class: 'sum' }, money(due.amount)), el('p', { class: 'note' }, due.subject));
  if (due.paid) return settle(body, asked, true, facts);
  fill(body, facts);
  const paid = await openCashier(shell.over, due.appId, tradeNO, shell.session.pinHint);
  if (paid.resultCode === '9000') return settle(body, asked, true, facts);
  const again = el('button', { class: 'wide', onclick: () => void payTrade(shell, body, asked) }, say('retry'));
  fill(body, outcome('clock', 'doubt', say('cashierFailed'), paid.memo ?? ''), facts, again, leaveButtons(asked, false));
}

/** settle shows that it is paid and, when the merchant asked for it, goes back by itself. */
function settle(body: HTMLElement, asked: URLSearchParams, paid: boolean, facts: HTMLElement): void {
  fill(body, outcome('check', 'good', say('cashierDone'), ''), facts, leaveButtons(asked, paid));
  const back = returnOf(asked);
  if (back) setTimeout(() => body.isConnected && location.assign(back), goBackMs);
}

const goBackMs = 1_500;

/** returnOf is the server's own address that leads to the merchant with the signed facts; nothing else is followed. */
function returnOf(asked: URLSearchParams): string {
  const back = asked.get('return') ?? '';
  return back.startsWith(returnPath) && /^[\w/-]+$/.test(back) ? back : '';
}

/** quitOf is where the merchant wants a person who does not pay. It is a stranger's address: only the web, and its host is said. */
function quitOf(asked: URLSearchParams): URL | null {
  try {
    const url = new URL(asked.get('quit') ?? '');
    return url.protocol === 'https:' || url.protocol === 'http:' ? url : null;
  } catch {
    return null;
  }
}

function leaveButtons(asked: URLSearchParams, paid: boolean): Child[] {
  const back = paid ? returnOf(asked) : '';
  const quit = paid ? null : quitOf(asked);
  return [
    back ? el('a', { class: 'wide', href: back }, say('backToMerchant')) : null,
    quit ? el('a', { class: 'soft', href: quit.href, rel: 'noreferrer' }, say('backToMerchant')) : null,
    quit ? el('p', { class: 'note' }, say('leavesTo', quit.host)) : null,
    el('button', { class: 'link', onclick: () => go('#/') }, say('goHome')),
  ];
}

function outcome(sign: 'check' | 'warning' | 'clock', mood: string, title: string, words: string): HTMLElement {
  return el('div', { class: `outcome ${mood}`, role: 'alert' }, el('span', { class: 'outcome-sign' }, icon(sign, 40)), el('strong', null, title), words ? el('p', null, words) : null);
}

async function authorise(shell: Shell, body: HTMLElement, authNO: string): Promise<void> {
  const asked = await readAuthorisation(authNO);
  if (asked.status === 'AUTHORIZED') return agreed(body, asked);
  const payee = (language() === 'zh-Hans' && asked.merchantZh) || asked.merchant;
  const yes = async (): Promise<void> => {
    const done = await askPin(shell, { title: say('authorise'), amount: asked.amount, who: payee }, { deed: 'agree', authNO }, (proof) => agree(authNO, proof));
    if (done) agreed(body, done);
  };
  fill(
    body,
    el('h2', null, say('authorise')),
    el('p', { class: 'cashier-who' }, payee),
    el('output', { class: 'sum' }, money(asked.amount)),
    el('p', { class: 'note' }, asked.title),
    el('p', { class: 'note' }, say('authoriseWhy')),
    el('button', { class: 'wide', disabled: asked.status !== 'INIT', onclick: () => void yes() }, say('authorise')),
    el('button', { class: 'link', onclick: () => go('#/') }, say('goHome')),
  );
}

function agreed(body: HTMLElement, asked: Authorisation): void {
  fill(body, outcome('check', 'good', say('authoriseDone'), asked.title), el('output', { class: 'sum' }, money(asked.amount)), el('button', { class: 'link', onclick: () => go('#/') }, say('goHome')));
}
