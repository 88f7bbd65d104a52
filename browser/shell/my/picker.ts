// Wheels for dates, options, several levels, regions and cities.

import { badArgument, fail, type Call, type Handlers } from '../broker';
import { provinces } from '../regions';
import { say } from '../strings';
import { pickWheels, type Columns, type WheelsIn } from '../wheel';
import { queue, text } from './dialog';
import { forgetLocated, makeLocated, setLocatedCity } from './located';

const left = (): never => fail(11, 'the person left');
const yearsAround = 60;

const two = (n: number): string => String(n).padStart(2, '0');

/** datePicker speaks the formats yyyy-MM-dd, yyyy-MM, yyyy, HH:mm, HH:mm:ss and their joins. */
async function datePicker({ running, opts }: Call): Promise<unknown> {
  const format = text(opts.format, 32) || 'yyyy-MM-dd';
  const parts: string[] = format.match(/yyyy|MM|dd|HH|mm|ss/g) ?? fail(badArgument, `format ${format} is not known`);
  const now = parseDate(text(opts.currentDate, 32), format) ?? new Date();
  const first = parseDate(text(opts.startDate, 32), format);
  const last = parseDate(text(opts.endDate, 32), format);
  const from = first?.getFullYear() ?? now.getFullYear() - yearsAround;
  const to = last?.getFullYear() ?? now.getFullYear() + yearsAround;
  const years = Array.from({ length: Math.max(1, Math.min(400, to - from + 1)) }, (_, i) => String(from + i));
  const value = (chosen: number[]): Record<string, string> => Object.fromEntries(parts.map((part, i) => [part, column(part, chosen)[chosen[i] ?? 0] ?? '']));
  const column = (part: string, chosen: number[]): string[] => {
    if (part === 'yyyy') return years;
    if (part === 'MM') return span(1, 12);
    if (part === 'HH') return span(0, 23);
    if (part === 'mm' || part === 'ss') return span(0, 59);
    const year = Number(years[chosen[parts.indexOf('yyyy')] ?? 0] ?? now.getFullYear());
    const month = (chosen[parts.indexOf('MM')] ?? 0) + 1;
    return span(1, new Date(year, month, 0).getDate());
  };
  const start: Record<string, number> = { yyyy: now.getFullYear() - from, MM: now.getMonth(), dd: now.getDate() - 1, HH: now.getHours(), mm: now.getMinutes(), ss: now.getSeconds() };
  const columns: Columns = (chosen) => parts.map((part) => column(part, chosen));
  const chosen = await queue(running, () => pickWheels(running.layers, { title: say('select'), columns, chosen: parts.map((p) => start[p] ?? 0) }));
  if (!chosen) return left();
  const picked = value(chosen);
  const date = format.replace(/yyyy|MM|dd|HH|mm|ss/g, (part) => picked[part] ?? '');
  if (first && date < render(first, format)) return { date: render(first, format) };
  if (last && date > render(last, format)) return { date: render(last, format) };
  return { date };
}

function span(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, i) => two(from + i));
}

function render(date: Date, format: string): string {
  const values: Record<string, string> = { yyyy: String(date.getFullYear()), MM: two(date.getMonth() + 1), dd: two(date.getDate()), HH: two(date.getHours()), mm: two(date.getMinutes()), ss: two(date.getSeconds()) };
  return format.replace(/yyyy|MM|dd|HH|mm|ss/g, (part) => values[part] ?? '');
}

function parseDate(given: string, format: string): Date | null {
  if (!given) return null;
  const numbers = given.match(/\d+/g)?.map(Number) ?? [];
  const at = (part: string, otherwise: number): number => {
    const parts: string[] = format.match(/yyyy|MM|dd|HH|mm|ss/g) ?? [];
    const i = parts.indexOf(part);
    return i >= 0 ? (numbers[i] ?? otherwise) : otherwise;
  };
  const now = new Date();
  const date = new Date(at('yyyy', now.getFullYear()), at('MM', 1) - 1, at('dd', 1), at('HH', 0), at('mm', 0), at('ss', 0));
  return Number.isNaN(date.getTime()) ? null : date;
}

async function optionsSelect({ running, opts }: Call): Promise<unknown> {
  const one = list(opts.optionsOne);
  const two_ = list(opts.optionsTwo);
  if (one.length === 0) fail(badArgument, 'optionsSelect needs optionsOne');
  const columns = two_.length ? [one, two_] : [one];
  const chosen = await queue(running, () =>
    pickWheels(running.layers, {
      title: text(opts.title, 60) || say('select'),
      columns: () => columns,
      chosen: [Number(opts.selectedOneIndex) || 0, Number(opts.selectedTwoIndex) || 0].slice(0, columns.length),
      confirm: text(opts.positiveString, 20) || say('confirm'),
    }),
  );
  if (!chosen) return { selectedOneIndex: '', selectedOneOption: '', selectedTwoIndex: '', selectedTwoOption: '' };
  return { selectedOneIndex: chosen[0], selectedOneOption: one[chosen[0] ?? 0], selectedTwoIndex: chosen[1] ?? '', selectedTwoOption: two_[chosen[1] ?? -1] ?? '' };
}

const columnMax = 2_000;

function list(value: unknown): string[] {
  return Array.isArray(value) ? value.slice(0, columnMax).map((v) => text(v, 100)) : [];
}

interface Level {
  name: string;
  subList?: Level[];
}

const levelMax = 4;

async function multiLevelSelect({ running, opts }: Call): Promise<unknown> {
  const roots = levels(opts.list);
  if (roots.length === 0) fail(badArgument, 'multiLevelSelect needs list');
  const path = (chosen: number[]): Level[] => {
    const found: Level[] = [];
    let at: Level[] | undefined = roots;
    for (let i = 0; at && at.length > 0 && i < levelMax; i++) {
      const here: Level | undefined = at[Math.min(chosen[i] ?? 0, at.length - 1)];
      if (!here) break;
      found.push(here);
      at = here.subList;
    }
    return found;
  };
  const depth = depthOf(roots);
  const columns: Columns = (chosen) => {
    const along = path(chosen);
    return Array.from({ length: depth }, (_, i) => (i === 0 ? roots : (along[i - 1]?.subList ?? [])).map((l) => l.name));
  };
  const chosen = await queue(running, () => pickWheels(running.layers, { title: text(opts.title, 60) || say('select'), columns, chosen: Array(depth).fill(0) as number[] }));
  if (!chosen) return { success: false };
  return { success: true, result: path(chosen).map((l) => ({ name: l.name })) };
}

function depthOf(list: Level[], deep = 1): number {
  return deep >= levelMax ? levelMax : Math.max(deep, ...list.slice(0, columnMax).map((l) => (l.subList?.length ? depthOf(l.subList, deep + 1) : deep)));
}

function levels(value: unknown, deep = 0): Level[] {
  if (!Array.isArray(value) || deep >= levelMax) return [];
  return value.slice(0, columnMax).map((v: { name?: unknown; subList?: unknown }) => ({ name: text(v?.name, 100), subList: levels(v?.subList, deep + 1) }));
}

async function regionPicker({ running, opts }: Call): Promise<unknown> {
  const chosen = await pickRegion(running, text(opts.title, 60));
  return chosen ? { data: [chosen.province, chosen.city], success: true } : { data: [], success: false };
}

async function pickRegion(running: Call['running'], title: string, more: Partial<WheelsIn> = {}): Promise<{ province: string; city: string; adcode: string } | null> {
  const columns: Columns = (chosen) => [provinces.map((p) => p.name), (provinces[chosen[0] ?? 0]?.cities ?? []).map((c) => c.name)];
  const chosen = await queue(running, () => pickWheels(running.layers, { title: title || say('chooseCity'), columns, chosen: [0, 0], ...more }));
  if (!chosen) return null;
  const province = provinces[chosen[0] ?? 0];
  const city = province?.cities[chosen[1] ?? 0];
  return province && city ? { province: province.name, city: city.name, adcode: city.adcode } : null;
}

async function chooseCity(call: Call): Promise<unknown> {
  const located = makeLocated(call);
  const more: Partial<WheelsIn> = located ? { above: located.row, opened: located.start } : {};
  try {
    const chosen = await pickCity(call, more);
    return located?.taken ?? chosen ?? left();
  } finally {
    forgetLocated(call.running);
  }
}

async function pickCity({ running, opts }: Call, more: Partial<WheelsIn>): Promise<unknown> {
  const own = Array.isArray(opts.cities) && opts.customHotCities === undefined ? (opts.cities as { city?: unknown; adCode?: unknown; spell?: unknown }[]) : null;
  if (own && own.length > 0) {
    const names = own.slice(0, columnMax).map((c) => text(c?.city, 60));
    const chosen = await queue(running, () => pickWheels(running.layers, { title: say('chooseCity'), columns: () => [names], chosen: [0], ...more }));
    const city = chosen ? own[chosen[0] ?? 0] : null;
    return city ? { city: text(city.city, 60), adCode: text(city.adCode, 12) } : null;
  }
  const chosen = await pickRegion(running, '', more);
  return chosen ? { city: chosen.city, adCode: chosen.adcode, province: chosen.province } : null;
}

export const pickerCalls: Handlers = { datePicker, optionsSelect, multiLevelSelect, regionPicker, chooseCity, chooseDistrict: chooseCity, setLocatedCity };
