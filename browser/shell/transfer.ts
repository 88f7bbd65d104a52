// Money out of the wallet: to another person by phone number, and back to the simulated bank.

import { el, fill } from './dom';
import type { Person } from './host';
import { initial } from './home';
import { icon, tint } from './icons';
import { openSheet, showToast } from './layer';
import { askPin } from './pinsheet';
import { findPayee, readPurse, transfer, withdraw } from './purse';
import { typedYuan, why } from './refusal';
import { go } from './route';
import { personName, type Shell } from './shell';
import { say } from './strings';
import { backHead } from './wallet';

const wellFormed = /^\d+\.\d\d$/;

export function drawTransfer(shell: Shell): HTMLElement {
  const body = el('section', { class: 'block transfer' });
  fill(body, phoneForm(shell, body));
  return el('div', { class: 'page' }, backHead(say('transfer')), body);
}

function phoneForm(shell: Shell, body: HTMLElement): HTMLElement {
  const problem = el('p', { class: 'problem', role: 'alert' });
  const field = el('input', { class: 'line-field', name: 'phone', type: 'tel', inputmode: 'tel', autocomplete: 'off', placeholder: say('transferPhone'), 'aria-label': say('transferPhone'), maxlength: 24, autofocus: true });
  const next = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      const payee = await findPayee(field.value);
      fill(body, amountForm(shell, field.value, payee));
    } catch (refused) {
      fill(problem, why(refused));
    }
  };
  return el('form', { class: 'stack', onsubmit: (event: Event) => void next(event) }, field, problem, el('button', { class: 'wide', type: 'submit' }, say('next')));
}

function amountForm(shell: Shell, phone: string, payee: Person): HTMLElement {
  const key = crypto.randomUUID();
  const name = personName(payee);
  const amount = el('input', { class: 'amount-field', name: 'amount', inputmode: 'decimal', placeholder: '0.00', 'aria-label': say('amount'), maxlength: 10 });
  const note = el('input', { class: 'line-field', name: 'note', placeholder: say('noteMay'), 'aria-label': say('note'), maxlength: 60 });
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const yuan = typedYuan(amount.value);
    if (!wellFormed.test(yuan)) return amount.focus();
    const sending = { phone, amount: yuan, note: note.value, key };
    const sent = await askPin(shell, { title: say('transfer'), amount: yuan, who: say('transferTo', `${name} ${payee.phone ?? ''}`) }, { deed: 'transfer', ...sending }, (proof) => transfer(sending, proof));
    if (!sent) return;
    showToast(shell.over, say('transferDone', yuan), 'success');
    go('#/wallet');
  };
  return el(
    'form',
    { class: 'stack', onsubmit: (event: Event) => void send(event) },
    el('div', { class: 'payee' }, el('span', { class: 'face large', style: `--tint:${tint(phone)}` }, initial(name.replace(/^\*/, ''))), el('strong', null, say('transferTo', name)), el('small', null, payee.phone ?? '')),
    el('label', { class: 'amount-line' }, el('span', null, '¥'), amount),
    note,
    el('p', { class: 'note' }, say('transferCheck')),
    el('button', { class: 'wide', type: 'submit' }, say('transfer')),
  );
}

/** openWithdraw moves money back to the simulated bank; done runs when it has left. */
export async function openWithdraw(shell: Shell, done: () => void): Promise<void> {
  const key = crypto.randomUUID();
  const purse = await readPurse().catch((problem: unknown) => (showToast(shell.over, why(problem), 'exception'), null));
  if (!purse) return;
  const field = el('input', { class: 'amount-field', inputmode: 'decimal', placeholder: '0.00', 'aria-label': say('amount'), maxlength: 10 });
  const problem = el('p', { class: 'problem', role: 'alert' });
  const send = async (): Promise<void> => {
    const yuan = typedYuan(field.value);
    if (!wellFormed.test(yuan)) return field.focus();
    const enough = Number(yuan) <= Number(purse.available); // of two decimals: near enough to spare a PIN; the server judges
    fill(problem, enough ? null : say('withdrawLess', purse.available));
    if (!enough) return field.focus();
    const left = await askPin(shell, { title: say('withdrawAct'), amount: yuan, who: say('withdrawTo') }, { deed: 'withdraw', amount: yuan, key }, (proof) => withdraw(yuan, key, proof));
    if (!left) return;
    layer.close();
    showToast(shell.over, say('withdrawDone', yuan), 'success');
    done();
  };
  const layer = openSheet(
    shell.over,
    say('withdrawAct'),
    say('close'),
    () => layer.close(),
    el('div', { class: 'source' }, icon('bank', 22), el('span', { class: 'row-text' }, el('strong', null, say('withdrawTo')), el('small', null, say('topUpWhy')))),
    el('label', { class: 'amount-line' }, el('span', null, '¥'), field),
    el('div', { class: 'source' }, el('small', { class: 'row-text' }, say('available', purse.available)), el('button', { class: 'link', onclick: () => (field.value = purse.available) }, say('withdrawAll'))),
    problem,
    el('div', { class: 'sheet-foot' }, el('button', { class: 'wide', onclick: () => void send() }, say('withdrawAct'))),
  );
  field.focus({ preventScroll: true });
}
