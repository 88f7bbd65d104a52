// The wallet: balance, top-up from the simulated bank, bills and one bill.

import { el, fill, onTap } from './dom';
import { listBills, readBill, topUp, type Bill, type BillKind } from './host';
import { heading, money, scanHere } from './home';
import { icon, type IconName } from './icons';
import { openSheet, showToast } from './layer';
import { readPurse } from './purse';
import { typedYuan, why } from './refusal';
import { quickActs } from './quick';
import { go } from './route';
import type { Shell } from './shell';
import { day, language, say, type Word } from './strings';
import { openWithdraw } from './transfer';

export function drawWallet(shell: Shell): HTMLElement {
  const sum = el('output', { class: 'sum big' }, '···');
  const list = el('div', { class: 'list' });
  const held = el('button', { class: 'held-line', hidden: true, onclick: () => go('#/promises') });
  const load = (): void => {
    readPurse().then(
      (purse) => {
        fill(sum, money(purse.balance));
        held.hidden = purse.available === purse.balance;
        fill(held, say('heldLine', purse.available, (Number(purse.balance) - Number(purse.available)).toFixed(2)));
      },
      () => fill(sum, say('offline')),
    );
    void loadBills(list, 5);
  };
  load();
  return el(
    'div',
    { class: 'page' },
    el('header', { class: 'page-head' }, el('h1', null, say('wallet'))),
    el(
      'section',
      { class: 'wallet-card tall' },
      el('div', { class: 'wallet-head' }, el('span', null, say('balance'))),
      sum,
      held,
      el('div', { class: 'wallet-acts' }, el('button', { onclick: () => openTopUp(shell, load) }, icon('plus', 18), say('topUp')), el('button', { onclick: () => void openWithdraw(shell, load) }, icon('bank', 18), say('withdrawAct')), el('button', { onclick: () => go('#/security') }, icon('shield', 18), say('security'))),
    ),
    quickActs(() => void scanHere(shell)),
    el('section', { class: 'block' }, heading(say('bills'), el('button', { class: 'link', onclick: () => go('#/bills') }, say('allBills'))), list),
  );
}

/** backHead is the head of a page one goes back from. */
export function backHead(title: string): HTMLElement {
  return el('header', { class: 'page-head' }, el('button', { class: 'round', 'aria-label': say('back'), onclick: () => history.back() }, icon('back', 22)), el('h1', null, title));
}

async function loadBills(list: HTMLElement, most: number): Promise<void> {
  try {
    const { bills } = await listBills('');
    fill(list, bills.length === 0 ? el('p', { class: 'empty' }, say('billsEmpty')) : bills.slice(0, most).map(billRow));
  } catch {
    fill(list, el('p', { class: 'empty' }, say('offline')));
  }
}

const kindIcons: Record<BillKind, IconName> = { payment: 'bill', refund: 'reload', topup: 'bank', withdraw: 'bank', transfer: 'share' };
const kindWords: Record<BillKind, Word> = { payment: 'payment', refund: 'refund', topup: 'topUp', withdraw: 'withdraw', transfer: 'noteTransfer' };
const stateWords: Record<Bill['state'], Word> = { paid: 'paid', waiting: 'waiting', closed: 'closed', refunded: 'refundedFully' };

/** The platform's own entries are titled in English; everybody else's titles are theirs. */
const ownTitles: Record<string, Word> = { 'Opening balance': 'openingBalance' };

function titleOf(bill: Bill): string {
  const own = ownTitles[bill.title];
  return own ? say(own) : bill.title || say(kindWords[bill.kind] ?? 'bill');
}

export function billRow(bill: Bill): HTMLElement {
  const row = el(
    'button',
    { class: 'row' },
    el('span', { class: 'row-icon' }, icon(kindIcons[bill.kind] ?? 'bill', 22)),
    el('span', { class: 'row-text' }, el('strong', null, titleOf(bill)), el('small', null, [payee(bill), day(bill.at)].filter(Boolean).join(' · '))),
    el('span', { class: 'row-end' }, amountNode(bill.amount), bill.refunded ? el('small', { class: 'good' }, say('refunded', bill.refunded)) : null),
  );
  onTap(row, () => go(`#/bill/${encodeURIComponent(bill.id)}`));
  return row;
}

function amountNode(amount: string): HTMLElement {
  const plus = amount.startsWith('+');
  return el('strong', { class: plus ? 'amount good' : 'amount' }, amount.replace(/^-/, '−'));
}

export function drawBill(id: string): HTMLElement {
  const body = el('section', { class: 'block bill' });
  readBill(id).then(
    (bill) => fill(body, billDetail(bill)),
    (problem: unknown) => fill(body, el('p', { class: 'empty' }, why(problem))),
  );
  return el('div', { class: 'page' }, backHead(say('bill')), body);
}

export function billDetail(bill: Bill): HTMLElement[] {
  const lines: [Word, string][] = [
    ['state', bill.refunded ? say('refunded', bill.refunded) : say(stateWords[bill.state] ?? 'paid')],
    ['type', say(kindWords[bill.kind] ?? 'bill')],
    [bill.tradeNo ? 'merchant' : 'otherSide', payee(bill)],
    ['subject', ownTitles[bill.title] ? titleOf(bill) : bill.title],
    ['method', bill.method ?? ''],
    ['time', new Date(bill.at).toLocaleString()],
    ['number', bill.tradeNo ?? bill.id],
    ['order', bill.outTradeNo ?? ''],
  ];
  return [
    el('div', { class: 'bill-sum' }, el('small', null, payee(bill)), amountNode(bill.amount)),
    el('dl', { class: 'facts' }, lines.filter(([, value]) => value !== '').map(([word, value]) => el('div', null, el('dt', null, say(word)), el('dd', null, value)))),
    ...(bill.items ?? []).map((item) =>
      el('div', { class: 'row plain' }, el('span', { class: 'row-icon' }, icon('reload', 20)), el('span', { class: 'row-text' }, el('strong', null, item.title || say('refund')), el('small', null, day(item.at))), el('span', { class: 'row-end' }, amountNode(item.amount))),
    ),
  ];
}

function payee(bill: Bill): string {
  return (language() === 'zh-Hans' && bill.counterpartyZh) || bill.counterparty;
}

const amounts = ['50', '100', '200', '500', '1000', '2000'];

/** openTopUp moves pretend money from the simulated bank; done runs when it has arrived. */
export function openTopUp(shell: Shell, done: () => void): void {
  const key = crypto.randomUUID();
  const field = el('input', { class: 'amount-field', inputmode: 'decimal', placeholder: '0.00', 'aria-label': say('amount'), maxlength: 10 });
  const problem = el('p', { class: 'problem', role: 'alert' });
  const submit = el('button', { class: 'wide' }, say('topUp'));
  submit.addEventListener('click', () => {
    submit.disabled = true;
    fill(problem);
    topUp(typedYuan(field.value), key).then(
      () => {
        layer.close();
        showToast(shell.over, say('topUpDone', typedYuan(field.value)), 'success');
        done();
      },
      (refused: Error) => {
        submit.disabled = false;
        fill(problem, why(refused));
      },
    );
  });
  const quick = el('div', { class: 'quick' }, amounts.map((a) => el('button', { onclick: () => (field.value = a) }, `¥${a}`)));
  const layer = openSheet(
    shell.over,
    say('topUp'),
    say('close'),
    () => layer.close(),
    el('div', { class: 'source' }, icon('bank', 22), el('span', { class: 'row-text' }, el('strong', null, say('topUpFrom')), el('small', null, say('topUpWhy')))),
    el('label', { class: 'amount-line' }, el('span', null, '¥'), field),
    quick,
    problem,
    el('div', { class: 'sheet-foot' }, submit),
  );
  field.focus({ preventScroll: true });
}
