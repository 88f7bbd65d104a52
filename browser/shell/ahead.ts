// What opening a program needs, gathered ahead: its release, its bundle, what it stores on this device, what it was allowed. Begun by the address
// (early.ts), by a tile that comes into sight and again by a finger that touches it, so that the tap itself waits for nothing.

import { keepBundle, loadBundle, type Bundle } from './bundle';
import { answersOf, type Answers } from './consent';
import { decode, openingOf, type Program, type Session } from './host';
import type { Shell } from './shell';
import type { Opening } from './site';
import { openStore, useDatabase, type Store } from './store';

export interface Prepared {
  program: Program;
  bundle: Bundle;
  store: Store;
  consents: Answers;
}

/** OpenAnswer is what /host/v1/open/{appId} answers; the texts are there when the release is another than the one at hand. */
export interface OpenAnswer {
  session: Session;
  program: Program;
  consents: { scope: string; granted: boolean }[];
  bundle?: string;
  script?: string;
}

/** A release may change and permissions be taken back elsewhere: what was gathered longer ago is gathered anew. */
const freshMs = 20_000;
const preparedMax = 8;

interface Entry {
  at: number;
  work: Promise<Prepared>;
  done?: Prepared;
}

const kept = new Map<string, Entry>();
const keyOf = (person: string, appId: string): string => `${person} ${appId}`;

/** Programs as lists have shown them: a splash has a name and a picture before the answer has come. */
const listed = new Map<string, Program>();
const listedMax = 200;

export function remember(programs: Program[]): void {
  if (listed.size > listedMax) listed.clear();
  for (const program of programs) listed.set(program.appId, program);
}

export const listedProgram = (appId: string): Program | undefined => listed.get(appId);

/** prepare gathers, or joins a gathering that is still fresh. A failure is forgotten and met again by who opens the program. */
export function prepare(shell: Shell, appId: string): Promise<Prepared> {
  const key = keyOf(shell.session.person.id, appId);
  const known = kept.get(key);
  if (known && performance.now() - known.at < freshMs) return known.work;
  return keep(key, gather(shell, appId));
}

/** readyPrepared is what was gathered and is still fresh, if it is there already. */
export function readyPrepared(shell: Shell, appId: string): Prepared | undefined {
  const known = kept.get(keyOf(shell.session.person.id, appId));
  return known && performance.now() - known.at < freshMs ? known.done : undefined;
}

function keep(key: string, work: Promise<Prepared>): Promise<Prepared> {
  const entry: Entry = { at: performance.now(), work };
  kept.delete(key);
  kept.set(key, entry);
  work.then(
    (done) => (entry.done = done),
    () => kept.delete(key),
  );
  for (const old of kept.keys()) {
    if (kept.size <= preparedMax) break;
    kept.delete(old);
  }
  return work;
}

/** ahead prepares a program that may be opened soon, unless it runs: then what it stores is still changing. likely: it is handed to a
 *  sandbox too, which then holds it and no other. */
export function ahead(shell: Shell, appId: string, likely: boolean): void {
  if (shell.running.has(appId)) return;
  prepare(shell, appId).then(
    ({ bundle }) => likely && shell.handIn(bundle),
    () => undefined,
  );
}

/** takePrepared hands out what was gathered, once: what a program stores and is allowed changes while it runs. What is there
 *  already is handed out at once, for a tap that shall be answered in the same frame. */
export function takePrepared(shell: Shell, appId: string): Prepared | Promise<Prepared> {
  const key = keyOf(shell.session.person.id, appId);
  const work = prepare(shell, appId);
  const done = kept.get(key)?.done;
  kept.delete(key);
  return done ?? work;
}

/** forgetPrepared: what was gathered is old. */
export function forgetPrepared(): void {
  kept.clear();
}

async function gather(shell: Shell, appId: string): Promise<Prepared> {
  const have = releaseOf(appId);
  const bundle = have ? loadBundle(have) : null;
  bundle?.catch(() => undefined);
  const person = shell.session.person.id;
  const [answer, store] = await Promise.all([openingOf(appId, have), openStore(person, appId)]);
  return { program: answer.program, bundle: await bundleFor(answer, have, bundle), store, consents: answersOf(answer.consents) };
}

/** begun finishes what the page's first lines have begun; the session that the answer carries is handed out as soon as it is known. */
export async function begun(opening: Opening, met: (session: Session) => void): Promise<void> {
  useDatabase(opening.database);
  const answer = (await decode(await opening.answer)) as OpenAnswer;
  remember([answer.program]);
  met(answer.session);
  const work = async (): Promise<Prepared> => {
    const store = openStore(answer.session.person.id, opening.appId);
    const texts = opening.bundle?.texts;
    const bundle = texts ? texts.then(([text, script]) => keepBundle(opening.bundle?.hash ?? '', text, script)) : null;
    bundle?.catch(() => undefined);
    return { program: answer.program, bundle: await bundleFor(answer, opening.bundle?.hash ?? '', bundle), store: await store, consents: answersOf(answer.consents) };
  };
  keep(keyOf(answer.session.person.id, opening.appId), work()).catch(() => undefined);
}

async function bundleFor(answer: OpenAnswer, have: string, loading: Promise<Bundle> | null): Promise<Bundle> {
  const { appId, bundle: hash } = answer.program;
  localStorage.setItem(releaseKey(appId), hash);
  if (answer.bundle !== undefined && answer.script !== undefined) return keepBundle(hash, answer.bundle, answer.script);
  return hash === have && loading ? loading : loadBundle(hash);
}

/** The release that was opened last is asked for before the server has said which it is: mostly it is the same. */
const releaseKey = (appId: string): string => `souk.bundle.${appId}`;
const releaseOf = (appId: string): string => localStorage.getItem(releaseKey(appId)) ?? '';
