// The row of my.chooseCity for where the person is: found once the person allows it, told to the program (onLocatedComplete), which may name the
// city better than Souk can without a map service (setLocatedCity).

import { fail, type Call, type Handler } from '../broker';
import { el, fill } from '../dom';
import { icon } from '../icons';
import { nearestCity } from '../regions';
import type { Running } from '../running';
import { say } from '../strings';
import { text } from './dialog';
import { whereabouts } from './location';

export interface LocatedCity {
  city: string;
  adCode: string;
  longitude: number;
  latitude: number;
}

export interface Located {
  row: HTMLElement;
  /** what was chosen by the row */
  taken: LocatedCity | null;
  /** looks for the person; leave closes the sheet when the row is chosen */
  start(leave: () => void): void;
}

interface Open {
  id: string;
  name(city: string, adCode: string): void;
}

const open = new WeakMap<Running, Open>();

/** makeLocated makes the row when the program asked for it. */
export function makeLocated({ running, opts }: Call): Located | null {
  if (opts.showLocatedCity !== true) return null;
  const words = el('span', { class: 'row-text' }, say('cityFinding'));
  const row = el('button', { class: 'row located', disabled: true }, el('span', { class: 'row-icon' }, icon('pin', 20)), words);
  const located: Located = { row, taken: null, start: (leave) => void find(leave) };
  const find = async (leave: () => void): Promise<void> => {
    const here = await whereabouts(running).catch(() => null);
    if (!here) return fill(words, say('cityUnknown'));
    const known = nearestCity(here.latitude, here.longitude);
    let found: LocatedCity | null = null;
    const name = (city: string, adCode: string): void => {
      found = { ...here, city, adCode };
      row.disabled = false;
      fill(words, el('strong', null, say('cityHere', city)));
    };
    row.addEventListener('click', () => ((located.taken = found), leave()));
    if (known) name(known.city, known.adcode);
    else fill(words, say('cityUnknown'));
    if (opts.setLocatedCity !== true) return;
    const id = crypto.randomUUID();
    open.set(running, { id, name: (city, adCode) => name(city, adCode || known?.adcode || '') });
    running.send({ k: 'event', name: 'locatedComplete', data: { ...here, locatedCityId: id } });
  };
  return located;
}

/** Alipay's numbers of setLocatedCity. */
const wrongType = 11;
const empty = 12;
const otherId = 13;

export const setLocatedCity: Handler = ({ running, opts }) => {
  if (opts.locatedCityName !== undefined && typeof opts.locatedCityName !== 'string') fail(wrongType, 'locatedCityName is a text');
  const name = text(opts.locatedCityName, 60);
  if (!name || !opts.locatedCityId) fail(empty, 'setLocatedCity needs locatedCityName and locatedCityId');
  const row = open.get(running);
  if (!row || row.id !== opts.locatedCityId) fail(otherId, 'locatedCityId is not that of the open chooseCity');
  row.name(name, text(opts.locatedCityAdCode, 12));
  return { locatedCityName: name };
};

/** forgetLocated: the sheet is closed, and nothing renames its row any more. */
export function forgetLocated(running: Running): void {
  open.delete(running);
}
