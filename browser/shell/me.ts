// Me: who is using the shell, changing person in a demo, language, appearance, permissions given.

import { forgetConsent, scopeOf, scopeWords } from './consent';
import { el, fill } from './dom';
import { becomePerson, listConsents } from './host';
import { initial, heading } from './home';
import { icon, tint, type IconName } from './icons';
import { showToast } from './layer';
import { why } from './refusal';
import { go } from './route';
import { personName, readTheme, useLanguage, useTheme, type Shell, type Theme } from './shell';
import { countUnread, endSubscription, listConsentLog, listSubscriptions, type Subscription } from './purse';
import { day, language, say } from './strings';
import { backHead } from './wallet';

export function drawMe(shell: Shell): HTMLElement {
  const { person, demo } = shell.session;
  return el(
    'div',
    { class: 'page' },
    el(
      'header',
      { class: 'me-head' },
      el('span', { class: 'face large', style: `--tint:${tint(person.id)}` }, initial(personName(person))),
      el('div', { class: 'row-text' }, el('h1', null, personName(person)), el('small', null, person.phone ? phoneOf(person.phone) : say('memberNo', person.id))),
      demo ? el('span', { class: 'pill' }, say('demo')) : null,
    ),
    demo ? peopleBlock(shell) : null,
    el(
      'section',
      { class: 'block' },
      settingRow('globe', say('language'), choice<string>(language(), [['en', 'English'], ['zh-Hans', '简体中文']], (value) => {
        useLanguage(value);
        shell.refresh();
      })),
      settingRow('moon', say('appearance'), choice<Theme>(readTheme(), [['auto', say('preferAuto')], ['light', say('light')], ['dark', say('dark')]], (value) => {
        useTheme(value);
        shell.refresh();
      })),
      el('button', { class: 'row', onclick: () => go('#/cards') }, el('span', { class: 'row-icon' }, icon('ticket', 22)), el('span', { class: 'row-text' }, el('strong', null, say('cardPack'))), icon('next', 18)),
      messagesRow(),
      el('button', { class: 'row', onclick: () => go('#/security') }, el('span', { class: 'row-icon' }, icon('wallet', 22)), el('span', { class: 'row-text' }, el('strong', null, say('security'))), icon('next', 18)),
      el('button', { class: 'row', onclick: () => go('#/signin') }, el('span', { class: 'row-icon' }, icon('phone', 22)), el('span', { class: 'row-text' }, el('strong', null, say('signInOther'))), icon('next', 18)),
      el('button', { class: 'row', onclick: () => go('#/orders') }, el('span', { class: 'row-icon' }, icon('bill', 22)), el('span', { class: 'row-text' }, el('strong', null, say('orders'))), icon('next', 18)),
      el('button', { class: 'row', onclick: () => go('#/promises') }, el('span', { class: 'row-icon' }, icon('bill', 22)), el('span', { class: 'row-text' }, el('strong', null, say('promises'))), icon('next', 18)),
      el('button', { class: 'row', onclick: () => go('#/consents') }, el('span', { class: 'row-icon' }, icon('shield', 22)), el('span', { class: 'row-text' }, el('strong', null, say('consents'))), icon('next', 18)),
    ),
  );
}

/** messagesRow says how many messages wait unread. */
function messagesRow(): HTMLElement {
  const count = el('span', { class: 'pill', hidden: true });
  countUnread().then(
    ({ unread }) => {
      count.hidden = unread === 0;
      fill(count, say('messagesUnread', unread > 99 ? '99+' : unread));
    },
    () => undefined,
  );
  return el('button', { class: 'row', onclick: () => go('#/messages') }, el('span', { class: 'row-icon' }, icon('message', 22)), el('span', { class: 'row-text' }, el('strong', null, say('messages'))), count, icon('next', 18));
}

/** phoneOf writes a number as people do: +86 138 0000 0001. */
function phoneOf(digits: string): string {
  return digits.replace(/^86(\d{3})(\d{4})(\d{4})$/, '86 $1 $2 $3').replace(/^/, '+');
}

function settingRow(name: IconName, title: string, control: HTMLElement): HTMLElement {
  return el('div', { class: 'row plain' }, el('span', { class: 'row-icon' }, icon(name, 22)), el('span', { class: 'row-text' }, el('strong', null, title)), control);
}

function choice<T extends string>(value: T, options: [T, string][], chosen: (value: T) => void): HTMLElement {
  return el('div', { class: 'segments', role: 'radiogroup' }, options.map(([v, text]) => el('button', { role: 'radio', 'aria-checked': String(v === value), onclick: () => chosen(v) }, text)));
}

function peopleBlock(shell: Shell): HTMLElement {
  const { person, people } = shell.session;
  const become = async (id: string): Promise<void> => {
    try {
      shell.session = await becomePerson(id);
      for (const running of [...shell.running.values()]) running.close();
      shell.refresh();
    } catch (problem) {
      showToast(shell.over, why(problem), 'fail');
    }
  };
  const rows = people.map((p) =>
    el(
      'button',
      { class: 'row', role: 'radio', 'aria-checked': String(p.id === person.id), 'data-person': p.id, onclick: () => void become(p.id) },
      el('span', { class: 'face', style: `--tint:${tint(p.id)}` }, initial(personName(p))),
      el('span', { class: 'row-text' }, el('strong', null, personName(p)), p.phone ? el('small', null, phoneOf(p.phone)) : null),
      p.id === person.id ? el('span', { class: 'tick' }, icon('check', 20)) : null,
    ),
  );
  return el('section', { class: 'block' }, heading(say('people')), el('p', { class: 'note' }, say('demoWhy')), el('div', { role: 'radiogroup', 'aria-label': say('people') }, rows));
}

export function drawConsents(): HTMLElement {
  const body = el('section', { class: 'block' });
  const messages = el('section', { class: 'block', hidden: true });
  const history = el('section', { class: 'block', hidden: true });
  const draw = async (): Promise<void> => {
    const { consents } = await listConsents();
    await drawSubscriptions(messages);
    void drawHistory(history);
    const known = consents.flatMap((c) => {
      const scope = scopeOf(c.scope);
      return scope && c.granted ? [{ ...c, scope }] : [];
    });
    body.hidden = known.length === 0 && !messages.hidden;
    fill(
      body,
      known.length ? null : el('p', { class: 'empty' }, say('consentsEmpty')),
      known.map((c) =>
        el(
          'div',
          { class: 'row plain' },
          el('span', { class: 'row-text' }, el('strong', null, language() === 'en' ? c.program : c.programZh || c.program), el('small', null, `${scopeWords(c.scope)} · ${say('authorised')}`)),
          el('button', { class: 'link', onclick: () => void forgetConsent(c.appId, c.scope).then(draw) }, say('forget')),
        ),
      ),
    );
  };
  draw().catch((problem: unknown) => ((body.hidden = false), fill(body, el('p', { class: 'empty' }, why(problem)))));
  return el('div', { class: 'page' }, backHead(say('consents')), body, messages, history);
}

/** drawSubscriptions lists which messages the person asked for, or refused for good, each to be taken back. */
async function drawSubscriptions(section: HTMLElement): Promise<void> {
  const { subscriptions } = await listSubscriptions().catch(() => ({ subscriptions: [] }));
  const forget = (s: Subscription): void => void endSubscription(s.appId, s.id).then(() => drawSubscriptions(section));
  const zh = language() === 'zh-Hans';
  const rows = subscriptions.map((s) => {
    const facts = [(zh && s.programZh) || s.program, s.sends ? say('messagesLeft', s.sends) : s.lasting && s.accepted ? say('messagesOn') : s.accepted ? '' : say('messagesOff'), s.kept && !s.lasting ? say('messagesKept') : ''];
    return el('div', { class: 'row plain', 'data-template': s.id }, el('span', { class: 'row-text' }, el('strong', null, (zh && s.titleZh) || s.title), el('small', null, facts.filter(Boolean).join(' · '))), el('button', { class: 'link', onclick: () => forget(s) }, say('forget')));
  });
  section.hidden = rows.length === 0;
  fill(section, heading(say('messagesOf')), rows);
}

const historyShown = 30;

/** drawHistory lists every answer that was given, newest first: what was agreed and taken back is never forgotten. */
async function drawHistory(section: HTMLElement): Promise<void> {
  const { answers } = await listConsentLog().catch(() => ({ answers: [] }));
  const rows = answers.slice(0, historyShown).map((a) => {
    const scope = scopeOf(a.scope);
    const words = [scope ? scopeWords(scope) : a.scope, say(a.granted ? 'consentGave' : 'consentTook'), day(a.at)];
    return el('div', { class: 'row plain' }, el('span', { class: 'row-text' }, el('strong', null, language() === 'en' ? a.program : a.programZh || a.program), el('small', null, words.join(' · '))));
  });
  section.hidden = rows.length === 0;
  fill(section, heading(say('consentLog')), rows);
}
