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

/** travel goes back n entries of this page's own. history.go also counts what frames have loaded, and the browser drops the move without a
 *  word when something loads at that moment (seen in Chromium 1 time in 60); a named entry can be asked for until it is there. */
function travel(back: number): void {
  const { navigation } = window;
  const to = navigation?.entries()[(navigation.currentEntry?.index ?? 0) - back];
  if (!to) return history.go(-back);
  const ask = (): void => {
    const { committed, finished } = navigation.traverseTo(to.key);
    committed?.catch(() => undefined);
    finished?.catch(() => undefined);
    setTimeout(() => { if (waits && navigation.currentEntry?.key !== to.key) ask(); }, againMs);
  };
  const arrived = (): void => { waits = false; };
  let waits = true;
  addEventListener('popstate', arrived, { once: true });
  ask();
}

/** makeTrail listens to the history. pagesBack asks the program to go back n pages; arrived runs for every other move. */
export function makeTrail(depthNow: () => number, pagesBack: (pages: number) => void, arrived: () => void): Trail {
  let depth = 1;
  let inside = false;
  let address = '';
  let own = 0;
  const settle = (): void => {
    if (address && location.hash.startsWith('#/program/')) history.replaceState({ depth } satisfies Mark, '', address);
  };
  addEventListener('popstate', () => {
    if (own > 0) {
      own -= 1;
      return settle();
    }
    const at = markOf();
    const pages = depthNow();
    if (!location.hash.startsWith('#/program/') || pages === 0) return arrived();
    if (at < pages) {
      depth = at;
      return pagesBack(pages - at);
    }
    if (at > pages) {
      own += 1;
      travel(at - pages);
      return;
    }
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
        own += 1;
        travel(back);
        return;
      }
      settle();
    },
    leave() {
      const back = inside ? depth : 0;
      depth = 1;
      address = '';
      if (back > 0) travel(back);
      else location.hash = '#/';
    },
    entered(byShell) {
      inside = byShell;
      depth = markOf();
      address = '';
    },
  };
}
