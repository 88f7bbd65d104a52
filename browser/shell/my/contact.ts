// People: those whom the person knows here (they sent money to each other), the device's own address book where the browser opens
// it, and a card for that address book. The person's choice is the consent: a program gets nobody who was not chosen.

import { badArgument, fail, notSupported, type Call, type Handlers } from '../broker';
import { el } from '../dom';
import { initial } from '../home';
import { my } from '../host';
import { tint } from '../icons';
import { openSheet } from '../layer';
import type { Running } from '../running';
import { sure } from '../dialogs';
import { say } from '../strings';
import { queue, text } from './dialog';
import { handOver } from './file';

interface Contact {
  id: string;
  name: string;
  mobile: string;
  avatar: string;
  userId?: string;
}

const cancelled = 11;
const countMax = 10;

async function chosen(running: Running, most: number, title: string): Promise<Contact[]> {
  const appId = running.program.appId;
  const { contacts } = (await my(appId, 'contacts', {})) as { contacts: Contact[] };
  const ids = await queue(running, () => pick(running, contacts, most, title));
  if (!ids) return fail(cancelled, 'the person chose nobody');
  return ((await my(appId, 'contactsChosen', { ids })) as { contacts: Contact[] }).contacts;
}

/** pick shows who can be chosen; null when the person leaves. One of one is chosen by a tap. */
function pick(running: Running, contacts: Contact[], most: number, title: string): Promise<string[] | null> {
  return new Promise((answer) => {
    const marked = new Set<string>();
    const finish = (ids: string[] | null): void => {
      layer.close();
      answer(ids);
    };
    const done = el('button', { class: 'wide', disabled: true, onclick: () => finish([...marked]) }, say('confirm'));
    const rows = contacts.map((c) => {
      const row = el('button', { class: 'contact', 'aria-pressed': 'false', onclick: () => tapped(c, row) }, el('span', { class: 'face', style: `--tint:${tint(c.id)}` }, initial(c.name)), el('span', null, el('strong', null, c.name), el('small', null, c.mobile)));
      return row;
    });
    const tapped = (c: Contact, row: HTMLElement): void => {
      if (most === 1) return finish([c.id]);
      if (marked.has(c.id)) marked.delete(c.id);
      else if (marked.size < most) marked.add(c.id);
      row.setAttribute('aria-pressed', String(marked.has(c.id)));
      done.disabled = marked.size === 0;
    };
    const list = el('div', { class: 'contacts' }, contacts.length ? rows : el('p', { class: 'note' }, say('contactsNone')));
    const layer = openSheet(running.layers, title, say('close'), () => finish(null), list, most > 1 ? el('div', { class: 'sheet-foot' }, done) : null);
  });
}

async function chooseAlipayContact({ running, opts }: Call): Promise<unknown> {
  const count = Math.min(countMax, Math.max(1, Number(opts.count) || 1));
  const contacts = await chosen(running, count, say('chooseContact'));
  return { contacts: contacts.map((c) => ({ realName: c.name, mobile: c.mobile, email: '', avatar: c.avatar, userId: c.userId })) };
}

async function chooseContact({ running, opts }: Call): Promise<unknown> {
  if (opts.chooseType !== 'single' && opts.chooseType !== 'multi') fail(badArgument, 'chooseContact needs chooseType, single or multi');
  const count = opts.chooseType === 'single' ? 1 : Math.min(countMax, Math.max(1, Number(opts.multiChooseMax) || countMax));
  const contacts = await chosen(running, count, say('chooseContact'));
  return { contactsDicArray: contacts.map((c) => ({ userId: c.userId, avatar: c.avatar, mobile: c.mobile, realName: c.name, displayName: c.name })) };
}

interface AddressBook {
  select(properties: string[], options?: { multiple: boolean }): Promise<{ name?: string[]; tel?: string[] }[]>;
}

export function addressBook(): AddressBook | undefined {
  return (navigator as { contacts?: AddressBook }).contacts;
}

async function choosePhoneContact(): Promise<unknown> {
  const book = addressBook();
  if (!book) return fail(notSupported, 'this browser does not open the address book');
  const [found] = await book.select(['name', 'tel'], { multiple: false }).catch(() => fail(2001, 'the address book was not allowed'));
  if (!found) return fail(cancelled, 'the person chose nobody');
  return { name: found.name?.[0] ?? '', mobile: (found.tel?.[0] ?? '').replace(/[\s-]/g, '') };
}

const escaped = (value: unknown): string => text(value, 500).replace(/[\\;,]/g, '\\$&').replace(/\r?\n/g, '\\n');

/** card writes a vCard 3.0 of what addPhoneContact was given. */
function card(o: Record<string, unknown>): string {
  const line = (name: string, ...values: unknown[]): string => (values.some((v) => text(v)) ? `${name}:${values.map(escaped).join(';')}` : '');
  const address = (kind: string, prefix: string): string =>
    line(`ADR;TYPE=${kind}`, '', '', o[`${prefix}Street`], o[`${prefix}City`], o[`${prefix}State`], o[`${prefix}PostalCode`], o[`${prefix}Country`]);
  const full = [o.lastName, o.middleName, o.firstName].map((v) => text(v)).filter(Boolean).join(' ') || text(o.nickName) || text(o.organization);
  return [
    'BEGIN:VCARD', 'VERSION:3.0', `FN:${escaped(full)}`, `N:${[o.lastName, o.firstName, o.middleName, '', ''].map(escaped).join(';')}`, line('NICKNAME', o.nickName),
    line('TEL;TYPE=CELL', o.mobilePhoneNumber), line('TEL;TYPE=HOME', o.homePhoneNumber), line('TEL;TYPE=WORK', o.workPhoneNumber), line('TEL;TYPE=MAIN', o.hostNumber),
    line('TEL;TYPE=HOME,FAX', o.homeFaxNumber), line('TEL;TYPE=WORK,FAX', o.workFaxNumber), line('EMAIL', o.email), line('URL', o.url), line('ORG', o.organization), line('TITLE', o.title), line('NOTE', o.remark),
    address('HOME', 'homeAddress'), address('WORK', 'workAddress'), address('POSTAL', 'address'), 'END:VCARD', '',
  ].filter((l, i, all) => l !== '' || i === all.length - 1).join('\r\n');
}

/** addPhoneContact hands a card to the device, whose address book opens it. */
async function addPhoneContact({ running, opts }: Call): Promise<unknown> {
  const name = text(opts.firstName) || text(opts.lastName) || text(opts.nickName) || text(opts.organization);
  if (!name) fail(badArgument, 'addPhoneContact needs a name');
  if (!(await queue(running, () => sure(running.layers, say('addContact', name), text(opts.mobilePhoneNumber, 40))))) fail(cancelled, 'the person did not want the card');
  handOver(new Blob([card(opts)], { type: 'text/vcard' }), `${name.replace(/[^\p{L}\p{N} _-]/gu, '')}.vcf`);
  return {};
}

export const contactCalls: Handlers = { chooseAlipayContact, chooseContact, choosePhoneContact, addPhoneContact };
