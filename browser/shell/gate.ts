// A gate stands before a port of a program that was begun before its tap (press.ts): what the program says waits here, unheard, until the tap
// is there. What only concerns its own unseen view passes.

/** A program that says so much before anybody opened it is thrown away; opened by a tap it may say more. */
const heldMax = 300;

export interface Gate {
  take(event: MessageEvent): void;
  /** lets through what waited, in its order, and all that comes */
  open(): void;
}

/** makeGate: kinds of messages that pass a shut gate, where they go, and what happens when too many wait. */
export function makeGate(shut: boolean, passing: readonly string[], through: (event: MessageEvent) => void, full: () => void): Gate {
  const waiting: MessageEvent[] = [];
  return {
    take(event) {
      const kind = (event.data as { k?: unknown } | null)?.k;
      if (!shut || passing.includes(kind as string)) return through(event);
      if (waiting.length >= heldMax) return full();
      waiting.push(event);
    },
    open() {
      shut = false;
      for (const event of waiting.splice(0)) through(event);
    },
  };
}
