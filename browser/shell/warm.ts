// Warm sandboxes: whole views whose frame and worker have evaluated their runtimes, kept ready so that opening a program costs two
// messages. The view is the unit since a frame that is moved in the document loads again.

import type { FrameBoot } from '../wire/wire';
import type { Bundle } from './bundle';
import { el } from './dom';
import { hasPulse, makeSandbox, type Sandbox } from './sandbox';
import { isDark } from './shell';
import type { Opening, Site } from './site';
import { sizeOf } from './system';

export interface View {
  root: HTMLElement;
  bar: HTMLElement;
  hold: HTMLElement;
  tabs: HTMLElement;
  layers: HTMLElement;
  splash: HTMLElement;
}

export interface Warm {
  view: View;
  box: Sandbox;
  /** hash of the bundle that was handed in; "" for none */
  holds: string;
}

export interface Pool {
  /** a warm view; the one that holds the bundle of this hash, if there is one */
  take(hash: string): Warm;
  /** whether take would give a living one that need not be made first */
  has(hash: string): boolean;
  /** hands a bundle in, since its program is likely to be opened: the view then holds this one and no other */
  handIn(bundle: Bundle): void;
}

const warmAfterMs = 400;
const warmAgainAfterMs = 1_600;
/** A device with less gigabytes keeps one sandbox warm, not two. */
const memoryForTwo = 4;

/** makePool keeps one view warm, and one more that holds the likeliest program. begun is the first, when the address has begun one. */
export function makePool(site: Site, programs: HTMLElement, begun?: Opening): Pool {
  const make = (): Warm => {
    const view = drawView();
    programs.append(view.root);
    return { view, box: makeSandbox(site, view.hold), holds: '' };
  };
  const living = (warm: Warm | null): Warm | null => {
    if (!warm || hasPulse(warm.box)) return warm;
    discard(warm);
    return null;
  };
  let empty: Warm | null = begun ? { view: drawView(begun), box: begun.box, holds: '' } : null;
  let holding: Warm | null = null;
  const fillUp = (): void => {
    empty = living(empty) ?? make();
  };
  setTimeout(fillUp, begun ? warmAgainAfterMs : warmAfterMs);
  return {
    take(hash) {
      holding = living(holding);
      const held = holding && holding.holds === hash ? holding : null;
      const warm = held ?? living(empty) ?? make();
      if (held) holding = null;
      else empty = null;
      setTimeout(fillUp, warmAgainAfterMs);
      return warm;
    },
    has(hash) {
      holding = living(holding);
      empty = living(empty);
      return holding?.holds === hash || empty !== null;
    },
    handIn(bundle) {
      if (holding?.holds === bundle.hash || ((navigator as { deviceMemory?: number }).deviceMemory ?? memoryForTwo) < memoryForTwo) return;
      if (holding) discard(holding);
      holding = living(empty) ?? make();
      empty = null;
      hold(holding, bundle, site.dev);
      setTimeout(fillUp, warmAgainAfterMs);
    },
  };
}

function discard(warm: Warm): void {
  warm.view.root.remove();
  warm.box.worker.close();
  warm.box.port.close();
}

/** V8 then compiles the program's functions when it is handed in, not while it opens; its lines are one further down, which nobody maps
 *  outside developer mode. A long script has much that no first page calls. */
const atOnce = '//# allFunctionsCalledOnLoad\n';
const atOnceMax = 200_000;

/** hold hands a bundle in: the frame prepares to draw it, the worker evaluates its script. Nothing of the program runs yet. */
export function hold(warm: Warm, bundle: Bundle, dev: boolean): void {
  const { app, pages, views, styles, fonts, assets, script, groups } = bundle;
  const theme = isDark() ? 'dark' : 'light';
  if (warm.holds === bundle.hash) return warm.box.port.postMessage({ k: 'theme', theme });
  warm.holds = bundle.hash;
  warm.box.worker.postMessage({ k: 'load', groups, script: dev ? `${script}\n//# sourceURL=souk-app.js` : script.length <= atOnceMax ? atOnce + script : script });
  const boot: FrameBoot = { k: 'boot', bundle: { app, pages, views, styles, fonts }, assets, shut: bundle.outside ? 'all' : 'outside', rpx: sizeOf(warm.view.root).width / 750, theme, dev };
  warm.box.port.postMessage(boot);
}

/** drawView draws what stands around a program; begun is a view whose frame is at work already and must not be moved. */
function drawView(begun?: Opening): View {
  const bar = el('div', { class: 'bar' });
  const hold = begun?.hold ?? el('div', { class: 'hold' });
  const tabs = el('nav', { class: 'tabs', role: 'tablist', hidden: true });
  const layers = el('div', { class: 'layers' });
  const splash = el('div', { class: 'splash' });
  const root = begun?.view ?? el('section', { class: 'program warm', inert: true }, hold);
  hold.before(bar);
  hold.after(tabs, splash, layers);
  return { root, bar, hold, tabs, layers, splash };
}
