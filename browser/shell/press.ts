// A finger rests on the glass for 50 to 100 ms before it leaves it, and only then is it a tap. A program begins when it is touched: it runs and is
// drawn, unseen, while all that it says waits behind gates. The tap shows it; a press that becomes anything else throws it away, and then it
// has done nothing.

import { ahead, prepare, readyPrepared, takePrepared, type Prepared } from './ahead';
import { beginAhead, type Begun, type Launch, type Opener } from './program';
import { isReferred } from './referrer';

/** Press is what a finger rests on. */
export interface Press {
  appId: string;
  launch: Launch;
  begun: Begun | null;
  over: boolean;
}

/** A finger that rests longer means something else. */
const restMaxMs = 2_000;
/** The click comes with the finger's leaving, or not at all. */
const clickMaxMs = 400;
/** Whoever throws so many away within the time is scrolling, and each costs a sandbox: then nothing begins before the tap. */
const droppedMax = 4;
const droppedWithinMs = 10_000;

let dropped: number[] = [];

/** press begins a program that is likely to be tapped. Answers how to say that it was not. */
export function press(opener: Opener, appId: string, launch: Launch): () => void {
  const { shell } = opener;
  if (opener.press) end(opener, opener.press);
  if (shell.running.has(appId) || isReferred(appId)) return () => undefined;
  const on: Press = { appId, launch, begun: null, over: false };
  opener.press = on;
  const gathered = readyPrepared(shell, appId);
  if (gathered) begin(opener, on, gathered);
  else prepare(shell, appId).then((all) => on.over || begin(opener, on, all), () => undefined);
  return () => end(opener, on);
}

function begin(opener: Opener, on: Press, all: Prepared): void {
  dropped = dropped.filter((at) => performance.now() - at < droppedWithinMs);
  if (dropped.length >= droppedMax || !opener.warm.has(all.bundle.hash)) return ahead(opener.shell, on.appId, true);
  void takePrepared(opener.shell, on.appId);
  on.begun = beginAhead(opener, all, on.launch);
  void on.begun.begun?.catch(() => end(opener, on));
}

function end(opener: Opener, on: Press): void {
  on.over = true;
  if (opener.press !== on) return;
  opener.press = null;
  if (on.begun) dropped.push(performance.now());
  on.begun?.drop();
}

/** takePress hands out what was begun for just this launch, if it lives. Whatever else was pressed is over. */
export function takePress(opener: Opener, appId: string, launch: Launch): Begun | null {
  const on = opener.press;
  if (!on) return null;
  const same = on.appId === appId && on.launch.page === launch.page && on.launch.query === launch.query && on.launch.scene === launch.scene;
  if (!same || !on.begun || on.begun.running.state === 'stopped' || isReferred(appId) || launch.referrer) {
    end(opener, on);
    return null;
  }
  opener.press = null;
  return on.begun;
}

/** onPress runs begin when a finger, a mouse or the space bar presses a node, and what that answers when no click came of it. */
export function onPress(node: HTMLElement, begin: () => () => void): void {
  node.addEventListener('pointerdown', (down) => {
    if (down.isPrimary && down.button === 0) follow(node, begin(), ['pointerup'], down.pointerType === 'mouse' ? ['pointercancel', 'pointerleave'] : ['pointercancel']);
  });
  node.addEventListener('keydown', (down) => {
    if (down.key === ' ' && !down.repeat) follow(node, begin(), ['keyup'], []);
  });
}

/** follow watches a press: released, a click must come soon; away is no tap. A press that was taken by its click can be ended no more. */
function follow(node: HTMLElement, drop: () => void, released: string[], away: string[]): void {
  const watch = new AbortController();
  const over = (): void => {
    watch.abort();
    clearTimeout(timer);
    drop();
  };
  let timer = setTimeout(over, restMaxMs);
  const { signal } = watch;
  for (const name of released) {
    addEventListener(name, () => {
      clearTimeout(timer);
      timer = setTimeout(over, clickMaxMs);
    }, { signal, capture: true });
  }
  for (const name of away) node.addEventListener(name, over, { signal });
  addEventListener('blur', over, { signal });
}
