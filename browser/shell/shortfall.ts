// What the cashier shows when the wallet holds too little: what is missing, and a top-up that brings the person back to the same payment.

import { el, fill } from './dom';
import { topUp } from './host';
import { icon } from './icons';
import { why } from './refusal';
import { say } from './strings';

/** Round sums offered beside what is missing, in fen. */
const rounds = [50_00, 100_00, 200_00, 500_00, 1_000_00, 5_000_00, 10_000_00, 50_000_00];
const offered = 2; // a row of three with what is missing

/** The most that one top-up moves, in fen: the wallet's own limit. */
const mostFen = 50_000_00;

const fenOf = (yuan: string): number => Math.round(Number(yuan) * 100);
const yuanOf = (fen: number): string => (fen / 100).toFixed(2);

/** missingOf is what the wallet lacks for an amount, in yuan; both are yuan. */
export function missingOf(amount: string, available: string): string {
  return yuanOf(Math.max(0, fenOf(amount) - fenOf(available)));
}

/** drawShortfall says what is missing (yuan) and tops up by it, or by more; topped runs once the money is there. */
export function drawShortfall(missing: string, topped: () => void): HTMLElement[] {
  const least = Math.min(fenOf(missing), mostFen);
  const sums = [least, ...rounds.filter((sum) => sum > least).slice(0, offered)];
  const problem = el('p', { class: 'problem', role: 'alert' });
  const submit = el('button', { class: 'wide', autofocus: true });
  let chosen = least;
  let key = crypto.randomUUID(); // the same sum sent twice, because no answer came, moves once
  const chips = sums.map((sum) => el('button', { onclick: () => choose(sum) }, `¥${yuanOf(sum).replace(/\.00$/, '')}`));
  const choose = (sum: number): void => {
    if (sum !== chosen) key = crypto.randomUUID();
    chosen = sum;
    chips.forEach((chip, i) => chip.setAttribute('aria-pressed', String(sums[i] === sum)));
    fill(submit, say('shortTopUp', yuanOf(sum)));
  };
  const lock = (locked: boolean): void => [submit, ...chips].forEach((button) => (button.disabled = locked));
  submit.addEventListener('click', () => {
    lock(true);
    fill(problem, el('span', { class: 'spinner small' }));
    topUp(yuanOf(chosen), key).then(topped, (refused: unknown) => {
      lock(false);
      fill(problem, why(refused));
      submit.focus({ preventScroll: true });
    });
  });
  choose(least);
  return [
    el('p', { class: 'short' }, icon('warning', 20), el('strong', null, say('shortBy', missing))),
    el('div', { class: 'source' }, icon('bank', 22), el('span', { class: 'row-text' }, el('strong', null, say('topUpFrom')), el('small', null, say('topUpWhy')))),
    el('div', { class: 'quick', role: 'group', 'aria-label': say('amount') }, chips),
    problem,
    el('div', { class: 'sheet-foot' }, submit),
  ];
}
