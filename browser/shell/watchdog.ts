// A mini-program that loops for ever does not answer. The shell asks its worker every two seconds while it is in front
// and, after five seconds without an answer, offers to close it.

const askEveryMs = 2_000;
const offerAfterMs = 5_000;

export interface Watchdog {
  answered(n: number): void;
  stop(): void;
}

/** watch calls ask(n) regularly; stuck and freed when answers stay away and come again. A hidden page is not watched, and a page that was held
 *  up itself (a device that slept, a busy machine) begins to wait anew: answers may stand in its own line. */
export function watch(ask: (n: number) => void, stuck: () => void, freed: () => void): Watchdog {
  let asked = 0;
  let answered = 0;
  let waitingSince = 0;
  let offered = false;
  let looked = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    if (document.hidden || now - looked > 2 * askEveryMs) waitingSince = 0;
    looked = now;
    if (document.hidden) return;
    if (asked > answered && waitingSince > 0 && now - waitingSince >= offerAfterMs && !offered) {
      offered = true;
      stuck();
    }
    if (asked === answered || waitingSince === 0) waitingSince = now;
    ask(++asked);
  }, askEveryMs);
  return {
    answered(n) {
      if (n <= answered || n > asked) return;
      answered = n;
      waitingSince = performance.now();
      if (offered) freed();
      offered = false;
    },
    stop() {
      clearInterval(timer);
    },
  };
}

const oftenWithinMs = 10_000;
const quietAfterMs = 60_000;

/** whenOften makes a counter that runs f when it was called `times` times within ten seconds, and then not again for a minute. */
export function whenOften(times: number, f: () => void): () => void {
  let count = 0;
  let since = 0;
  let quiet = 0;
  return () => {
    const now = performance.now();
    if (now - since > oftenWithinMs) [since, count] = [now, 0];
    count += 1;
    if (count < times || now < quiet) return;
    quiet = now + quietAfterMs;
    f();
  };
}

const feelEveryMs = 500;

/** watchPulse looks whether a program's process lives, and says so once when it does not. */
export function watchPulse(alive: () => boolean, died: () => void): { stop(): void } {
  const timer = setInterval(() => {
    if (alive()) return;
    clearInterval(timer);
    died();
  }, feelEveryMs);
  return { stop: () => clearInterval(timer) };
}
