// The browser's history and a program's page stack, kept in step: one history entry a page, so that the browser's back
// button (or a phone's gesture) leaves pages one by one and then the program.

/** Trail follows the program in front. */
export interface Trail {
  /** the program now has this many pages and this address */
  follow(depth: number, hash: string, fresh: boolean): void;
  /** leaves the program: back to where it was opened, or home */
  leave(): void;
  /** a program was opened here; inside tells whether the shell itself did it */
  entered(inside: boolean): void;
}

interface Mark {
  depth: number;
}

/** markOf is the depth written on the history entry in use; an entry without one is the first page. */
function markOf(): number {
  const state = history.state as Mark | null;
  return typeof state?.depth === 'number' ? state.depth : 1;
}

/** A move through the history that has not arrived after so long is asked for again. */
const againMs = 1_000;

/** Aim is the entry that a move back is under way to. */
interface Aim {
  key: string;
  index: number;
  /** entries that lie between: another move that was under way may arrive there first */
  over: Set<string>;
  /** the program has left pages by itself; nobody needs to hear of the arrival */
  own: boolean;
}

/** makeTraveller makes back, which goes back n entries of this page's own, and met, which tells what a popstate meant: 'own', an arrival
 *  that nobody needs to hear of; 'between', not there yet; 'other', anything else. history.go also counts what frames have loaded, and the
 *  browser drops the move without a word when something loads at that moment (seen in Chromium 1 time in 60); a named entry can be asked
 *  for until it is there. A move that begins while another is under way goes on from where that one leads. */
function makeTraveller(): { back(steps: number, own: boolean): void; met(): 'own' | 'between' | 'other'; forget(): void } {
  const { navigation } = window;
  let aim: Aim | null = null;
  let counted = 0; // own moves under way in a browser without named entries
  const ask = (to: Aim): void => {
    if (aim !== to || navigation.currentEntry?.key === to.key) return;
    const { committed, finished } = navigation.traverseTo(to.key);
    committed?.catch(() => undefined);
    finished?.catch(() => undefined);
    setTimeout(() => ask(to), againMs);
  };
  return {
    back(steps, own) {
      const all = navigation?.entries() ?? [];
      const now = navigation?.currentEntry?.index ?? 0;
      const index = (aim?.index ?? now) - steps;
      const to = all[index];
      if (!to) {
        if (own) counted += 1;
        history.go(-steps);
        return;
      }
      aim = { key: to.key, index, own, over: new Set(all.slice(index + 1, now + 1).map((entry) => entry.key)) };
      ask(aim);
    },
    met() {
      const key = navigation?.currentEntry?.key ?? '';
      if (aim?.over.has(key)) return 'between';
      const own = aim?.key === key ? aim.own : counted > 0;
      if (aim?.key !== key && own) counted -= 1;
      aim = null;
      return own ? 'own' : 'other';
    },
    forget() { aim = null; },
  };
}

/** makeTrail listens to the history. pagesBack asks the program to go back n pages; arrived runs for every other move. */
export function makeTrail(depthNow: () => number, pagesBack: (pages: number) => void, arrived: () => void): Trail {
  let depth = 1;
  let inside = false;
  let address = '';
  const traveller = makeTraveller();
  const settle = (): void => {
    if (address && location.hash.startsWith('#/program/')) history.replaceState({ depth } satisfies Mark, '', address);
  };
  addEventListener('popstate', () => {
    const met = traveller.met();
    if (met === 'own') return settle();
    if (met === 'between') return;
    const at = markOf();
    const pages = depthNow();
    if (!location.hash.startsWith('#/program/') || pages === 0) return arrived();
    if (at < pages) {
      depth = at;
      return pagesBack(pages - at);
    }
    if (at > pages) return traveller.back(at - pages, true);
    arrived();
  });
  return {
    follow(next, hash, fresh) {
      address = hash;
      if (fresh) depth = markOf();
      for (; depth < next; depth++) history.pushState({ depth: depth + 1 } satisfies Mark, '', hash);
      if (depth > next) {
        const back = depth - next;
        depth = next;
        return traveller.back(back, true);
      }
      settle();
    },
    leave() {
      const back = inside ? depth : 0;
      depth = 1;
      address = '';
      if (back > 0) traveller.back(back, false);
      else location.hash = '#/';
    },
    entered(byShell) {
      traveller.forget();
      inside = byShell;
      depth = markOf();
      address = '';
    },
  };
}
