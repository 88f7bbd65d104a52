// Every request of the program: what it sent, what came back, how long it took, and whether a mock answered.

import { el, fill } from '../dom';
import type { Desk, Exchange } from './desk';
import type { Panel } from './panels';
import { facts, valueNode } from './value';

export function networkPanel(desk: Desk): Panel {
  let chosen: Exchange | null = null;
  const list = el('div', { class: 'dv-scroll dv-network' });
  const detail = el('div', { class: 'dv-detail dv-scroll' });
  const clear = el('button', { class: 'dv-button', onclick: () => {
    desk.exchanges.length = 0;
    chosen = null;
    panel.draw();
  } }, 'clear');
  const row = (one: Exchange): HTMLElement =>
    el(
      'button',
      { class: one === chosen ? 'dv-row on' : 'dv-row', onclick: () => {
        chosen = one === chosen ? null : one;
        panel.draw();
      } },
      el('span', { class: 'dv-method' }, one.api === 'request' ? one.method : one.api),
      el('span', { class: 'dv-url' }, one.url),
      one.mock ? el('span', { class: 'dv-pill' }, 'mock') : null,
      el('span', { class: /^(2|ok)/.test(one.status) ? 'dv-status good' : one.ms === null ? 'dv-status' : 'dv-status bad' }, one.status),
      el('span', { class: 'dv-ms' }, one.ms === null ? '' : `${one.ms} ms`),
    );
  const panel: Panel = {
    name: 'Network',
    kinds: ['network'],
    node: el('div', { class: 'dv-panel' }, el('div', { class: 'dv-tools' }, el('span', { class: 'dv-space' }), clear), list, detail),
    draw() {
      fill(list, desk.exchanges.length ? desk.exchanges.map(row) : el('p', { class: 'dv-empty' }, 'No request yet.'));
      detail.hidden = !chosen;
      if (chosen) fill(detail, detailOf(chosen));
    },
  };
  return panel;
}

function detailOf(one: Exchange): HTMLElement {
  const answer = (one.answer ?? {}) as { headers?: unknown; data?: unknown };
  const rule = JSON.stringify({ url: one.url.split('?')[0], ...(one.method === 'GET' ? {} : { method: one.method }), status: Number(one.status) || 200, data: answer.data ?? null }, null, 2);
  const copy = el('button', { class: 'dv-button', onclick: () => {
    void navigator.clipboard.writeText(rule).then(() => (copy.textContent = 'copied: paste it into Mocks'));
  } }, 'copy as mock');
  return el(
    'div',
    null,
    facts([
      ['address', one.url],
      ['at', new Date(one.at).toLocaleTimeString()],
      ['mock', one.mock ? `answered by ${one.mock} of souk.mock.json` : ''],
      ['sent headers', valueNode(one.headers)],
      ['sent', one.sent === undefined ? null : valueNode(one.sent)],
      ['headers', answer.headers ? valueNode(answer.headers) : null],
      ['answer', valueNode(answer.data ?? one.answer)],
    ]),
    copy,
  );
}
