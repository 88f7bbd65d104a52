// Opening a mini-program: splash, sandbox, boot, bars, and what happens when it stops answering or dies. One that a finger has only touched yet
// is begun in the same way, unseen and behind gates (press.ts).

import type { Boot, Query, StackEntry, ToWorker } from '../wire/wire';
import { forgetPrepared, listedProgram, takePrepared, type Prepared } from './ahead';
import { drawBar, drawTabs, type BarActs } from './bars';
import { makeBroker, type Broker } from './broker';
import { closeCameras, showCameras } from './camera';
import { openCapsuleMenu, shareProgram } from './capsule';
import type { Desk } from './dev/desk';
import { showDevError, devLog } from './devpanel';
import { makeGate } from './gate';
import { ask, sure } from './dialogs';
import { afterPaint, el, fill } from './dom';
import { fileChanged, makeFiles } from './files';
import { makeFrameDesk } from './framedesk';
import type { Program } from './host';
import { programIcon } from './home';
import { handlers } from './my/table';
import { lacks, needsOf, tellNeeds, waits, type Needs } from './needs';
import { programHash } from './route';
import { takePress, type Press } from './press';
import { takeReferrer } from './referrer';
import { change, containerOnTop, depthOf, lookNow, tabLookOf, topOf, type Running } from './running';
import { hasPulse, type Sandbox } from './sandbox';
import { nameOf, rememberRecent, type Shell } from './shell';
import type { Site } from './site';
import type { Store } from './store';
import { language, say, type Word } from './strings';
import { systemInfo } from './system';
import { type Trail } from './trail';
import { watch, watchPulse, whenOften } from './watchdog';
import { hold, type Pool, type View, type Warm } from './warm';
import { showWebViews } from './webview';

export interface Launch {
  page: string;
  query: string;
  scene: string;
  referrer?: { appId?: string; extraData?: unknown };
}

export interface Opener {
  site: Site;
  shell: Shell;
  trail: Trail;
  warm: Pool;
  /** what a finger rests on */
  press: Press | null;
  /** developer mode's panels look on */
  desk?: Desk;
}

const keptAlive = 3;
const looksKept = 40;
const failuresKept = 5;
/** So many errors, or refusals because of too much of something, within ten seconds are offered to be ended. */
const failuresOften = 50;
const refusalsOften = 100;
/** A program that is drawn sooner needs no splash. */
const splashAfterMs = 80;
/** One that is opened by its address: so long after the page began. */
const splashAfterPageMs = 600;
/** One that was begun so long before the tap is drawn, or is in the next frame. That it said so may stand behind the touch's own events. */
const drawnAfterMs = 30;
const splashProblemMs = 15_000;

/** openProgram opens a program and resolves when it was handed its boot, or it says on the screen why not. entered runs when the program is in front: of
 *  one that has begun already, once it is seen. */
export async function openProgram(opener: Opener, appId: string, launch: Launch, entered: () => void = () => undefined): Promise<void> {
  const { shell } = opener;
  const open = shell.running.get(appId);
  if (open && open.state !== 'stopped') {
    bringToFront(shell, open);
    opener.trail.follow(depthOf(open), hashOf(open), true);
    // Who comes back by the history, to the very page that is there, finds it as it was left.
    const there = programHash(appId, launch.page, launch.query) === hashOf(open);
    open.show(launch.scene, there ? '' : launch.page, there ? '' : launch.query);
    return;
  }
  open?.close();
  const begun = takePress(opener, appId, launch);
  if (begun) {
    begun.show();
    splashLate(begun.view, appId);
    return afterPaint(() => {
      entered();
      came(shell, appId);
      begun.open();
    });
  }
  opener.desk?.opening(appId);
  const prepared = takePrepared(shell, appId);
  const warm = opener.warm.take('bundle' in prepared ? prepared.bundle.hash : '');
  const { view, box } = warm;
  const begin = (all: Prepared): void | Promise<void> => start(opener, { ...all, ...warm, launch }, false).begun;
  try {
    const starting = 'bundle' in prepared && [begin(prepared)]; // before anything is drawn: the worker is at it meanwhile
    if (shell.screen.hasChildNodes()) splashLate(view, appId);
    else byAddress(view, appId);
    entered();
    await (starting ? starting[0] : begin(await prepared));
    came(shell, appId);
  } catch (problem) {
    rise(view, false);
    box.frame.remove();
    errorCard(view.splash, say('couldNotOpen'), (problem as Error).message, () => {
      view.root.remove();
      void openProgram(opener, appId, launch);
    }, () => {
      view.root.remove();
      opener.trail.leave();
    });
  }
}

/** beginAhead begins a program that a finger rests on, with all that openProgram would have given it. Nobody sees it, and nothing that it
 *  says is heard, before show. */
export function beginAhead(opener: Opener, prepared: Prepared, launch: Launch): Begun {
  return start(opener, { ...prepared, ...opener.warm.take(prepared.bundle.hash), launch }, true);
}

function came(shell: Shell, appId: string): void {
  rememberRecent(shell, appId);
  dropOldest(shell);
}

/** splashLate brings a view up when its page has not come soon, with a splash. */
function splashLate(view: View, appId: string): void {
  setTimeout(() => {
    if (isUp(view)) return;
    drawSplash(view, appId);
    rise(view, false);
  }, splashAfterMs);
}

function drawSplash(view: View, appId: string): void {
  const known = listedProgram(appId);
  fill(view.splash, known ? splash(known) : el('span', { class: 'spinner' }));
}

/** byAddress brings up at once a view that has nothing behind it. A splash would cost time of a frame that needs it all itself, so it comes late. */
function byAddress(view: View, appId: string): void {
  rise(view, true);
  setTimeout(() => view.splash.isConnected && !view.splash.hasChildNodes() && drawSplash(view, appId), Math.max(0, splashAfterPageMs - performance.now()));
}

function splash(program: Program): HTMLElement {
  return el('div', { class: 'splash-in', role: 'status', 'aria-label': `${say('loading')} ${nameOf(program)}` }, programIcon(program, 72), el('strong', null, nameOf(program)), el('span', { class: 'splash-line' }, el('i')));
}

function bringToFront(shell: Shell, running: Running): void {
  for (const other of shell.running.values()) if (other !== running) other.root.classList.add('behind');
  running.root.classList.remove('behind');
  shell.running.delete(running.program.appId);
  shell.running.set(running.program.appId, running);
  shell.front = running;
  for (const each of shell.running.values()) showCameras(shell, each);
}

const isUp = (view: View): boolean => !view.root.classList.contains('warm');

/** rise shows a view: at once when its page is drawn, else fading in. */
function rise(view: View, drawn: boolean): void {
  if (isUp(view)) return;
  view.root.inert = false;
  view.root.classList.remove('warm');
  view.root.classList.add('in');
  view.root.classList.toggle('at-once', drawn);
}

/** Programs beyond those kept alive are closed, the one unused longest first. */
function dropOldest(shell: Shell): void {
  for (const running of shell.running.values()) {
    if (shell.running.size <= keptAlive) return;
    if (running !== shell.front) running.close();
  }
}

/** queryOf reads "a=1&b=2". */
export function queryOf(text: string): Query {
  return Object.fromEntries([...new URLSearchParams(text)].slice(0, 64));
}

interface Ready extends Prepared, Warm {
  launch: Launch;
}

/** Begun is a program that was handed its boot. */
export interface Begun {
  running: Running;
  view: View;
  /** resolves when the boot was handed over, for the few programs that wait */
  begun: void | Promise<void>;
  /** the tap is there: brings one to the front that was begun ahead */
  show(): void;
  /** opens its gates: now the program is heard */
  open(): void;
  /** there is no tap: throws one away that was begun ahead and not shown */
  drop(): void;
}

/** start makes a program's record and sends both boots. ahead: behind gates, until show. */
function start(opener: Opener, ready: Ready, ahead: boolean): Begun {
  const { program, bundle, store, box, consents, view, launch } = ready;
  const { shell, site, trail } = opener;
  const files = makeFiles(shell.session.person.id, program.appId, (path) => running.tellFrame({ k: 'changed', path }));
  let ways: Sandbox | null = box;
  let broker: Broker | null = null;
  const acts = actsOf(opener, () => running);
  const running: Running = {
    program,
    bundle,
    state: 'opening',
    root: view.root,
    layers: view.layers,
    frame: box.frame,
    stack: [],
    containers: new Map(),
    looks: new Map(),
    tabs: tabLookOf(bundle),
    files,
    shareMenu: true,
    consents,
    redraw: () => {
      if (!due) requestAnimationFrame(redraw);
      due = true;
    },
    send: (message: ToWorker) => ways?.worker.postMessage(message),
    tellFrame: (message, transfer = []) => ways?.port.postMessage(message, transfer),
    hide: () => {
      running.send({ k: 'event', name: 'appHide' });
      view.root.classList.add('behind');
      if (shell.front === running) shell.front = null;
      showCameras(shell, running);
    },
    show: (scene, page, query) => {
      running.send({ k: 'event', name: 'appShow', data: { referrerInfo: takeReferrer(program.appId), scene: scene || '1001', path: page, query: queryOf(query) } });
    },
    close: () => {
      stop();
      view.root.remove();
      shell.running.delete(program.appId);
      forgetPrepared();
      if (shell.front === running) shell.front = null;
    },
  };
  let due = false;
  const redraw = (): void => {
    due = false;
    view.root.style.setProperty('--page-ground', lookNow(running).pageBackground || '');
    drawBar(view.bar, running, acts);
    drawTabs(view.tabs, running, acts);
  };
  const stop = (): void => {
    if (running.state === 'stopped') return;
    running.state = 'stopped';
    closeCameras(running);
    dog.stop();
    frameDog.stop();
    pulse.stop();
    broker?.stop();
    box.worker.close();
    box.port.close();
    ways = null;
    box.frame.remove();
  };
  let held = ahead;
  const began = performance.now();
  const drop = (): void => {
    if (!held) return;
    stop();
    view.root.remove();
  };
  const die = (why: string): void => {
    if (held) return drop();
    stop();
    view.layers.replaceChildren();
    showStopped(opener, view, running, why);
  };
  const stuck = (): void => void offerClose(running, view, { title: 'programBusy', why: 'programBusyWhy', stay: 'wait' }, die);
  const failing = whenOften(failuresOften, () => void offerClose(running, view, { title: 'programFailing', why: 'programFailingWhy', stay: 'goOn' }, die));
  const tooMuch = whenOften(refusalsOften, () => void offerClose(running, view, { title: 'programPushy', why: 'programPushyWhy', stay: 'goOn' }, die));
  const freed = (): void => view.layers.querySelector('.stuck')?.remove();
  const dog = watch((n) => running.send({ k: 'ping', n }), stuck, freed);
  // The worker may be well while what it sent keeps the frame busy.
  const frameDog = watch((n) => running.tellFrame({ k: 'ping', n }), stuck, freed);
  const pulse = watchPulse(() => hasPulse(box), () => die(say('programCrashed')));
  const failures: string[] = [];
  const tooLong = setTimeout(() => {
    if (running.state === 'opening') die(failures.join('\n') || say('programBusyWhy'));
  }, splashProblemMs);
  const desk = opener.desk;
  broker = makeBroker(shell, running, desk ? desk.wrap(handlers, running) : handlers, {
    nav: (action, stack) => {
      if (!held) desk?.mark(`${action} ${stack.at(-1)?.path ?? ''}`);
      navigated(opener, running, action, stack);
    },
    page: (id, set) => pageChanged(running, id, set),
    ready: () => {
      if (running.state === 'opening') running.state = 'running';
      clearTimeout(tooLong);
      if (!held) drawn();
      if (!view.splash.hasChildNodes()) return view.splash.remove();
      view.splash.classList.add('gone');
      setTimeout(() => view.splash.remove(), 240);
    },
    exit: () => {
      running.close();
      trail.leave();
    },
    error: (message, stack, page) => {
      if (failures.length < failuresKept) failures.push(message);
      failing();
      if (desk) showDevError(running, message, stack, page, desk.error(running, message, stack, page));
      else console.warn(`${program.name}: ${message}`);
      if (running.state === 'opening' && topOf(running) === undefined) setTimeout(() => running.state === 'opening' && die(message), 1_500);
    },
    log: (level, args) => {
      desk?.log(running, level, args);
      devLog(site.dev, running, level, args);
    },
    dev: (what, data) => desk?.told(what, data),
    pong: (n) => dog.answered(n),
    storage: (op, key, data) => (desk?.store(op, key, data), op === 'set' ? store.set(key, data) : op === 'remove' ? store.remove(key) : op === 'clear' ? store.clear() : undefined),
    file: (op, path, more) => fileChanged(running.files, op, path, more),
    tooMuch,
    flood: () => die(say('programFlood')),
  });
  const take = broker;
  const drawn = (): void => {
    desk?.mark('first page drawn');
    rise(view, true);
  };
  const ofWorker = makeGate(ahead, ['nav', 'page', 'ready', 'pong'], (event) => take.take(event.data), drop);
  const ofFrame = makeGate(ahead, ['group', 'pong'], makeFrameDesk(shell, running, site, {
    share: (at) => shareProgram(shell, running, 'button', at),
    alive: frameDog.answered,
    covered: () => shell.front === running && trail.follow(depthOf(running), hashOf(running), false),
  }), drop);
  const toFront = (): void => {
    tellNeeds(running);
    desk?.opened(running, store.all);
    shell.running.set(program.appId, running);
    bringToFront(shell, running);
    running.tellFrame({ k: 'show' });
  };
  let booted = false;
  const begin = (needs: Needs): void => {
    booted = true;
    running.send({ ...workerBoot(shell, running, store, launch, site.dev), ...needs, compat: site.compat });
    if (!held) toFront();
    box.left = () => die(say(hasPulse(box) ? 'programFrameGone' : 'programCrashed'));
    box.worker.onmessage = ofWorker.take;
    box.port.onmessage = ofFrame.take;
    redraw();
  };
  const show = (): void => {
    held = false;
    desk?.opening(program.appId);
    if (booted) toFront();
    if (running.state === 'running') drawn();
    else if (performance.now() - began >= drawnAfterMs) rise(view, true);
  };
  const heard = (): void => {
    ofFrame.open();
    ofWorker.open();
  };
  hold(ready, bundle, site.dev);
  return { running, view, begun: waits(bundle) ? needsOf(bundle, files).then(begin) : begin({ lacks: lacks() }), show, open: heard, drop };
}

function workerBoot(shell: Shell, running: Running, store: Store, launch: Launch, dev: boolean): Boot {
  const { app, pages, components } = running.bundle;
  const person = shell.session.person;
  const referrer = launch.referrer ?? takeReferrer(running.program.appId);
  return {
    k: 'boot',
    appId: running.program.appId,
    bundle: { app, pages, components },
    script: '',
    query: queryOf(launch.query),
    path: launch.page,
    scene: launch.scene || '1001',
    ...(referrer ? { referrerInfo: referrer as Boot['referrerInfo'] } : {}),
    system: systemInfo(running, store.all),
    storage: store.all,
    person: { name: person.name },
    dev,
    language: language(),
    settings: { ...running.consents } as Record<string, boolean>,
  };
}

function actsOf(opener: Opener, running: () => Running): BarActs {
  const event = (name: string, data?: unknown): void => running().send({ k: 'event', name, data });
  return {
    back: () => void leavePages(opener, running(), 1),
    home: () => event('home'),
    menu: () => void openCapsuleMenu(opener.shell, running(), () => reload(opener, running())),
    leave: () => {
      running().hide();
      opener.trail.leave();
    },
    title: () => event('titleClick'),
    top: () => running().tellFrame({ k: 'top' }),
    option: () => event('optionMenu'),
    tab: (index) => event('tab', { index }),
  };
}

/** reload starts a program anew on the page it shows. */
export function reload(opener: Opener, running: Running): Promise<void> {
  const top = topOf(running);
  running.close();
  const query = top ? new URLSearchParams(top.query).toString() : '';
  return openProgram(opener, running.program.appId, { page: top?.path ?? '', query, scene: '1001' });
}

function navigated(opener: Opener, running: Running, action: string, stack: StackEntry[]): void {
  if (stack.length === 0) return;
  running.stack = stack;
  // Tab pages live on outside the stack and keep their titles; ids are never used again, so the oldest may go.
  for (const id of running.looks.keys()) {
    if (running.looks.size <= looksKept) break;
    if (!stack.some((entry) => entry.id === id)) running.looks.delete(id);
  }
  running.redraw();
  showWebViews(running);
  showCameras(opener.shell, running);
  if (opener.shell.front !== running) return;
  opener.trail.follow(depthOf(running), hashOf(running), action === 'launch');
}

/** hashOf is the shareable address of the page in front. */
export function hashOf(running: Running): string {
  const top = topOf(running);
  return programHash(running.program.appId, top?.path, new URLSearchParams(top?.query).toString());
}

/** leavePages goes back so many pages. A page-container on the page takes the step for itself. A page that asked for it (my.enableAlertBeforeUnload) is left only when the person says so. */
export async function leavePages(opener: Opener, running: Running, pages: number): Promise<void> {
  for (let i = 0; i < pages; i++) {
    const container = containerOnTop(running);
    if (container !== undefined) return running.tellFrame({ k: 'hear', id: container, type: 'back' });
    const words = lookNow(running).leaveWords;
    if (words && !(await sure(running.layers, words))) return opener.trail.follow(depthOf(running), hashOf(running), false);
    if (words) lookNow(running).leaveWords = '';
    running.send({ k: 'event', name: 'back' });
  }
}

function pageChanged(running: Running, id: number, set: Record<string, unknown>): void {
  const top = topOf(running);
  if (!top || (id !== top.id && !running.looks.has(id))) return;
  const look = id === top.id ? lookNow(running) : running.looks.get(id);
  if (!look) return;
  change(look, set);
  if (id === top.id) running.redraw();
}

/** offerClose asks whether a program that misbehaves is to be closed. */
async function offerClose(running: Running, view: View, { title, why, stay }: { title: Word; why: Word; stay: Word }, die: (why: string) => void): Promise<void> {
  if (running.state === 'stopped' || view.layers.querySelector('.stuck')) return;
  const holder = el('div', { class: 'stuck' });
  view.layers.append(holder);
  const buttons = [
    { text: say(stay), value: 'wait' },
    { text: say('close'), value: 'close', strong: true },
  ];
  const { value } = await ask(holder, { title: say(title), content: say(why), buttons, escape: 'wait' });
  holder.remove();
  if (value === 'close') die(say(title));
}

function showStopped(opener: Opener, view: View, running: Running, why: string): void {
  view.splash.remove();
  const card = el('div', { class: 'splash' });
  view.root.insertBefore(card, view.layers);
  errorCard(card, say('programDied'), why, () => reload(opener, running), () => {
    running.close();
    opener.trail.leave();
  });
}

/** errorCard says in a full page what went wrong and gives the two ways on. */
export function errorCard(node: HTMLElement, title: string, why: string, again: () => void, leave: () => void): void {
  fill(
    node,
    el(
      'div',
      { class: 'error-card', role: 'alert' },
      el('h2', null, title),
      el('p', null, why),
      el('div', { class: 'pair' }, el('button', { class: 'soft', onclick: leave }, say('close')), el('button', { class: 'wide', onclick: again }, say('reload'))),
    ),
  );
}
