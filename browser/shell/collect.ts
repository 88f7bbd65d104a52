// Collecting money with a QR code, and paying whoever shows one.

import { el, fill } from './dom';
import { heading, initial, money } from './home';
import { tint } from './icons';
import { openSheet, showToast } from './layer';
import { drawQR } from './modules';
import { askPin } from './pinsheet';
import { newCollect, readCollect, transfer, type Collect } from './purse';
import { typedYuan, why } from './refusal';
import { go } from './route';
import { personName, type Shell } from './shell';
import { day, language, say } from './strings';
import { backHead } from './wallet';

const lookEveryMs = 3_000;

export function drawCollect(shell: Shell): HTMLElement {
  const card = el('section', { class: 'code-card' }, el('span', { class: 'spinner' }));
  const came = el('section', { class: 'block' });
  const page = el('div', { class: 'page deep' }, backHead(say('collect')), card, came);
  void showCode(shell, page, card, came, '', '');
  return page;
}

async function showCode(shell: Shell, page: HTMLElement, card: HTMLElement, came: HTMLElement, amount: string, note: string): Promise<void> {
  try {
    const code = await newCollect(amount, note);
    fill(card, collectFace(shell, code, (a, n) => void showCode(shell, page, card, came, a, n)));
    void follow(page, card, came, code);
  } catch (problem) {
    showToast(shell.over, why(problem), 'exception');
    if (amount || note) return showCode(shell, page, card, came, '', '');
    fill(card, el('p', { class: 'empty' }, why(problem)));
  }
}

function collectFace(shell: Shell, code: Collect, change: (amount: string, note: string) => void): (HTMLElement | null)[] {
  const copy = (): void => {
    void navigator.clipboard.writeText(code.url ?? '').then(() => showToast(shell.over, say('copied'), 'success'));
  };
  return [
    el('p', { class: 'code-how' }, say('collectHow')),
    el('div', { class: 'code-who' }, el('span', { class: 'face', style: `--tint:${tint(shell.session.person.id)}` }, initial(personName(shell.session.person))), el('strong', null, personName(shell.session.person))),
    code.amount ? el('output', { class: 'sum' }, money(code.amount)) : null,
    el('div', { class: 'code-qr', 'data-url': code.url }, drawQR(code.qr ?? [], say('collectHow'))),
    code.note ? el('p', { class: 'code-note' }, code.note) : null,
    code.amount || code.note ? el('small', null, say('collectDay')) : null,
    el(
      'div',
      { class: 'code-foot' },
      code.amount || code.note ? el('button', { class: 'link', onclick: () => change('', '') }, say('collectClear')) : el('button', { class: 'link set-amount', onclick: () => askAmount(shell, change) }, say('collectAmount')),
      el('button', { class: 'link', onclick: copy }, say('collectCopy')),
    ),
  ];
}

/** noteField is a line for a few words that both sides read in their bills. */
function noteField(): HTMLInputElement {
  return el('input', { class: 'line-field', name: 'note', placeholder: say('noteMay'), 'aria-label': say('note'), maxlength: 60 });
}

/** askAmount asks how much to collect and what for; either may be left open. */
function askAmount(shell: Shell, change: (amount: string, note: string) => void): void {
  const amount = el('input', { class: 'amount-field', name: 'amount', inputmode: 'decimal', placeholder: '0.00', 'aria-label': say('amount'), maxlength: 10 });
  const note = noteField();
  const set = (event: Event): void => {
    event.preventDefault();
    layer.close();
    change(amount.value.trim() && typedYuan(amount.value), note.value.trim());
  };
  const layer = openSheet(
    shell.over,
    say('collectAmount'),
    say('close'),
    () => layer.close(),
    el('form', { class: 'collect-set', onsubmit: set }, el('label', { class: 'amount-line' }, el('span', null, '¥'), amount), note, el('button', { class: 'wide', type: 'submit' }, say('confirm'))),
  );
  amount.focus({ preventScroll: true });
}

/** follow shows who pays, while this code is on the screen. */
async function follow(page: HTMLElement, card: HTMLElement, came: HTMLElement, code: Collect): Promise<void> {
  const face = card.firstElementChild;
  do {
    const now = document.hidden ? null : await readCollect(code.id).catch(() => null);
    if (card.firstElementChild !== face) return;
    if (now) drawReceived(came, now);
    await new Promise((next) => setTimeout(next, lookEveryMs));
  } while (page.isConnected && card.firstElementChild === face);
}

function drawReceived(came: HTMLElement, code: Collect): void {
  const rows = (code.received ?? []).map((r) =>
    el(
      'div',
      { class: 'row plain' },
      el('span', { class: 'row-text' }, el('strong', null, (language() === 'zh-Hans' && r.fromZh) || r.from), el('small', null, day(r.at))),
      el('strong', { class: 'amount good' }, r.amount),
    ),
  );
  fill(came, heading(say('collectCame'), code.amount ? el('strong', null, `¥${code.amount}`) : null), rows.length ? rows : el('p', { class: 'empty' }, say('collectNone')));
}

/** drawPayCollect is what opens when somebody scans a collecting code. */
export function drawPayCollect(shell: Shell, id: string): HTMLElement {
  const body = el('section', { class: 'block transfer' });
  readCollect(id).then(
    (code) => (code.mine ? drawReceived(body, code) : fill(body, payForm(shell, code))),
    (problem: unknown) => fill(body, el('p', { class: 'empty' }, why(problem))),
  );
  return el('div', { class: 'page' }, backHead(say('pay')), body);
}

function payForm(shell: Shell, code: Collect): (HTMLElement | null)[] {
  const key = crypto.randomUUID();
  const name = personName(code.payee);
  const field = el('input', { class: 'amount-field', inputmode: 'decimal', placeholder: '0.00', 'aria-label': say('amount'), maxlength: 10, value: code.amount ?? '', readonly: code.amount !== undefined });
  const note = noteField();
  const pay = async (): Promise<void> => {
    const amount = typedYuan(field.value);
    if (!/^\d+\.\d\d$/.test(amount)) return field.focus();
    const sending = { collect: code.id, amount, note: note.value.trim(), key };
    const paid = await askPin(shell, { title: say('pay'), amount, who: say('transferTo', name) }, { deed: 'transfer', ...sending }, (proof) => transfer(sending, proof));
    if (!paid) return;
    showToast(shell.over, say('transferDone', amount), 'success');
    go('#/wallet');
  };
  return [
    el('div', { class: 'payee' }, el('span', { class: 'face large', style: `--tint:${tint(code.id)}` }, initial(name.replace(/^\*/, ''))), el('strong', null, say('transferTo', name)), el('small', null, code.payee.phone ?? '')),
    code.note ? el('p', { class: 'code-note' }, code.note) : null,
    el('label', { class: 'amount-line' }, el('span', null, '¥'), field),
    code.note ? null : note,
    el('p', { class: 'note' }, say('transferCheck')),
    el('button', { class: 'wide', onclick: () => void pay() }, say('pay')),
  ];
}
