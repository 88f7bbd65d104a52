// Messages that programs sent because the person asked for them: each opens the program's page it is about.

import { el, fill, onTap } from './dom';
import { inLanguage } from './cardpack';
import { programIcon } from './home';
import { listMessages, readMessages, type Told } from './purse';
import { why } from './refusal';
import type { Shell } from './shell';
import { day, say } from './strings';
import { backHead } from './wallet';

const messageScene = '1014';

export function drawMessages(shell: Shell): HTMLElement {
  const list = el('div', { class: 'messages', 'aria-live': 'polite' }, el('p', { class: 'empty' }, el('span', { class: 'spinner' })));
  void showPage(shell, list, '');
  return el('div', { class: 'page' }, backHead(say('messages')), list);
}

async function showPage(shell: Shell, list: HTMLElement, before: string): Promise<void> {
  try {
    const { messages, next } = await listMessages(before);
    list.querySelector('.more')?.remove();
    if (!before) fill(list, messages.length ? null : el('div', { class: 'empty pack-none' }, el('strong', null, say('messagesNone')), el('p', null, say('messagesNoneWhy'))));
    list.append(...messages.map((m) => messageCard(shell, m)));
    if (next) list.append(el('button', { class: 'link more', onclick: () => void showPage(shell, list, next) }, say('loadMore')));
    const newest = messages[0];
    if (newest && !before) await readMessages(newest.at);
  } catch (problem) {
    fill(list, el('p', { class: 'empty' }, why(problem)));
  }
}

function messageCard(shell: Shell, m: Told): HTMLElement {
  const { appId } = m;
  const card = el(
    appId ? 'button' : 'div',
    { class: `block message${m.unread ? ' unread' : ''}`, 'data-message': m.id },
    el('span', { class: 'message-head' }, programIcon({ appId: appId ?? m.program, name: m.program, ...(m.programZh ? { nameZh: m.programZh } : {}), ...(m.icon ? { icon: m.icon } : {}) }, 22), el('span', { class: 'pass-who' }, inLanguage(m.program, m.programZh)), el('small', null, day(m.at))),
    el('strong', null, inLanguage(m.title, m.titleZh)),
    el('span', { class: 'facts' }, m.lines.map((line) => el('span', { class: 'message-line' }, el('span', null, inLanguage(line.name, line.nameZh)), el('span', null, line.value)))),
    appId ? el('span', { class: 'message-go' }, say('messageOpen')) : null,
  );
  if (appId) onTap(card, () => shell.open(appId, m.page, m.query, messageScene));
  return card;
}
