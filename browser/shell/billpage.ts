// All bills: searched by words, filtered by kind and days, shown page by page, exported as a table.

import { el, fill } from './dom';
import { icon } from './icons';
import { showToast } from './layer';
import { exportBills, searchBills, type BillSearch } from './purse';
import { why } from './refusal';
import { go } from './route';
import type { Shell } from './shell';
import { language, say, type Word } from './strings';
import { backHead, billRow } from './wallet';

const searchPauseMs = 250;

const kinds: [string, Word][] = [['', 'billAll'], ['payment', 'payment'], ['refund', 'refund'], ['transfer', 'transfer'], ['topup', 'topUp'], ['withdraw', 'withdraw']];

export function drawBills(shell: Shell): HTMLElement {
  const search: BillSearch = { q: '', kind: '', from: '', to: '' };
  const list = el('div', { class: 'list', 'aria-live': 'polite' });
  let latest = 0; // an answer that a newer question overtook is dropped
  const load = async (before = ''): Promise<void> => {
    const mine = ++latest;
    try {
      const { bills, next } = await searchBills(search, before);
      if (mine !== latest) return;
      if (!before) fill(list, bills.length === 0 ? el('p', { class: 'empty' }, say(search.q || search.kind || search.from || search.to ? 'billNone' : 'billsEmpty')) : null);
      list.querySelector('.more')?.remove();
      list.append(...bills.map(billRow));
      if (next) list.append(el('button', { class: 'link more', onclick: () => void load(next) }, say('loadMore')));
    } catch (problem) {
      if (mine === latest) fill(list, el('p', { class: 'empty' }, why(problem)));
    }
  };
  void load();
  return el('div', { class: 'page' }, billHead(shell, search), searchLine(search, () => void load()), kindChips(search, () => void load()), dayLine(search, () => void load()), ordersLink(), el('section', { class: 'block' }, list));
}

/** ordersLink leads to what was ordered, which stands in no bill. */
function ordersLink(): HTMLElement {
  return el('button', { class: 'row to-orders', onclick: () => go('#/orders') }, el('span', { class: 'row-text' }, el('strong', null, say('orders')), el('small', null, say('ordersWhy'))), icon('next', 18));
}

function billHead(shell: Shell, search: BillSearch): HTMLElement {
  const head = backHead(say('bills'));
  const save = async (): Promise<void> => {
    try {
      const blob = await exportBills(search, language());
      const link = el('a', { href: URL.createObjectURL(blob), download: 'souk-bills.csv' });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
      showToast(shell.over, say('billExported'), 'success');
    } catch (problem) {
      showToast(shell.over, why(problem), 'exception');
    }
  };
  head.append(el('span', { class: 'push' }), el('button', { class: 'link export', onclick: () => void save() }, icon('share', 18), say('billExport')));
  return head;
}

function searchLine(search: BillSearch, changed: () => void): HTMLElement {
  let timer = 0;
  const input = el('input', { type: 'search', placeholder: say('billSearch'), 'aria-label': say('billSearch'), maxlength: 40, enterkeyhint: 'search' });
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      search.q = input.value.trim();
      changed();
    }, searchPauseMs);
  });
  return el('label', { class: 'search' }, icon('search', 20), input);
}

function kindChips(search: BillSearch, changed: () => void): HTMLElement {
  const line = el('div', { class: 'chips', role: 'radiogroup', 'aria-label': say('type') });
  const draw = (): void => fill(line, kinds.map(([kind, word]) => el('button', { role: 'radio', 'data-kind': kind, 'aria-checked': String(kind === search.kind), onclick: () => choose(kind) }, say(word))));
  const choose = (kind: string): void => {
    search.kind = kind;
    draw();
    changed();
  };
  draw();
  return line;
}

function dayLine(search: BillSearch, changed: () => void): HTMLElement {
  const dayField = (name: 'from' | 'to', word: Word): HTMLElement => {
    const input = el('input', { type: 'date', 'aria-label': say(word) });
    input.addEventListener('change', () => {
      search[name] = input.value;
      changed();
    });
    return el('label', null, el('small', null, say(word)), input);
  };
  return el('div', { class: 'day-line' }, dayField('from', 'billFrom'), dayField('to', 'billTo'));
}
