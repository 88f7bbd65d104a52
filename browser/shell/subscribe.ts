// The question which messages of a program a person wants. Closing it is no answer.

import { el } from './dom';
import { programIcon } from './home';
import { openSheet } from './layer';
import type { Running } from './running';
import { nameOf } from './shell';
import { language, say } from './strings';

export interface AskedTemplate {
  id: string;
  title: string;
  titleZh?: string;
  accepted: boolean;
  /** decided for good: not asked again */
  silent: boolean;
}

export interface Asked {
  /** a yes is good until it is taken back; otherwise for one message */
  lasting: boolean;
  templates: AskedTemplate[];
}

export interface Wanted {
  accepted: string[];
  /** the answers count from now on without asking */
  keep: boolean;
}

function switchRow(words: string, on: boolean, flipped: (on: boolean) => void, more = ''): HTMLElement {
  const button = el('button', { class: 'switch', role: 'switch', 'aria-checked': String(on), 'aria-label': words });
  button.addEventListener('click', () => {
    const now = button.getAttribute('aria-checked') !== 'true';
    button.setAttribute('aria-checked', String(now));
    flipped(now);
  });
  return el('div', { class: `row plain ${more}` }, el('span', { class: 'row-text' }, el('strong', null, words)), button);
}

/** askForMessages waits for the answer; null when the person closed the question. */
export function askForMessages(running: Running, { lasting, templates }: Asked): Promise<Wanted | null> {
  return new Promise((answer) => {
    const wanted = new Set(templates.map((t) => t.id));
    let keep = false;
    const done = (result: Wanted | null): void => {
      layer.close();
      answer(result);
    };
    const rows = templates.map((t) => switchRow((language() === 'zh-Hans' && t.titleZh) || t.title, true, (on) => (on ? wanted.add(t.id) : wanted.delete(t.id))));
    const accept = el('button', { class: 'wide allow', onclick: () => done({ accepted: [...wanted], keep }) }, say('confirm'));
    const layer = openSheet(
      running.layers,
      say('messagesAsk'),
      say('close'),
      () => done(null),
      el(
        'div',
        { class: 'consent subscribe' },
        el('div', { class: 'consent-who' }, programIcon(running.program, 40), el('p', null, say('messagesAskWhy', nameOf(running.program)))),
        el('div', { class: 'list' }, rows),
        el('p', { class: 'note' }, say(lasting ? 'messagesLasting' : 'messagesOnce')),
        lasting ? null : switchRow(say('messagesKeep'), false, (on) => (keep = on), 'quiet'),
        lasting
          ? el('div', { class: 'pair' }, el('button', { class: 'soft deny', onclick: () => done({ accepted: [], keep: true }) }, say('messagesNever')), accept)
          : accept,
      ),
    );
  });
}
