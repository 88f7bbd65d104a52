// What the person has let merchants reserve (deposits) and take later (standing agreements), and how to end an agreement.

import { sure } from './dialogs';
import { el, fill } from './dom';
import { heading } from './home';
import { showToast } from './layer';
import { endAgreement, listPromises, type Deposit, type Signed } from './purse';
import { why } from './refusal';
import type { Shell } from './shell';
import { day, language, say } from './strings';
import { backHead } from './wallet';

export function drawPromises(shell: Shell): HTMLElement {
  const body = el('div', { class: 'promises' }, el('p', { class: 'empty' }, el('span', { class: 'spinner' })));
  const draw = async (): Promise<void> => {
    const { deposits, agreements } = await listPromises();
    fill(
      body,
      el('section', { class: 'block' }, heading(say('deposits')), el('p', { class: 'note' }, say('depositsWhy')), deposits.length ? deposits.map(depositRow) : el('p', { class: 'empty' }, say('depositsNone'))),
      el('section', { class: 'block' }, heading(say('agreements')), el('p', { class: 'note' }, say('agreementsWhy')), agreements.length ? agreements.map((a) => agreementRow(a, () => void end(a))) : el('p', { class: 'empty' }, say('agreementsNone'))),
    );
  };
  const end = async (signed: Signed): Promise<void> => {
    if (!(await sure(shell.over, say('agreementEndSure', nameOf(signed)), say('agreementEndWhy'), say('agreementEnd'), say('cancel')))) return;
    await endAgreement(signed.no).then(draw, (problem: unknown) => showToast(shell.over, why(problem), 'exception'));
  };
  draw().catch((problem: unknown) => fill(body, el('p', { class: 'empty' }, why(problem))));
  return el('div', { class: 'page' }, backHead(say('promises')), body);
}

function nameOf(of: { merchant: string; merchantZh?: string }): string {
  return (language() === 'zh-Hans' && of.merchantZh) || of.merchant;
}

function depositRow(deposit: Deposit): HTMLElement {
  const state = deposit.status === 'AUTHORIZED' ? say('depositLeft', deposit.rest) : say('depositOver');
  const paid = deposit.paid === '0.00' ? '' : say('depositPaid', deposit.paid);
  return el(
    'div',
    { class: 'row plain' },
    el('span', { class: 'row-text' }, el('strong', null, deposit.title), el('small', null, [nameOf(deposit), day(deposit.at)].join(' · ')), el('small', null, [state, paid].filter(Boolean).join(' · '))),
    el('span', { class: 'row-end' }, el('strong', { class: 'amount' }, `¥${deposit.amount}`)),
  );
}

function agreementRow(signed: Signed, end: () => void): HTMLElement {
  const over = signed.status !== 'NORMAL';
  const facts = over ? say('agreementOver') : [say('agreementSingle', signed.single), signed.nextOn ? say('agreementNext', signed.nextOn) : ''].filter(Boolean).join(' · ');
  return el(
    'div',
    { class: 'row plain' },
    el('span', { class: 'row-text' }, el('strong', null, signed.subject || nameOf(signed)), el('small', null, [nameOf(signed), day(signed.at)].join(' · ')), el('small', null, [facts, signed.payments ? say('agreementPaid', signed.payments, signed.paid) : ''].filter(Boolean).join(' · '))),
    over ? null : el('button', { class: 'link', onclick: end }, say('agreementEnd')),
  );
}
