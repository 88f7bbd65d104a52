// The frame's own line to the shell: questions with answers, and news for elements that wait for some.
import type { ShellToFrame } from "../wire/wire";

interface Waiting { done(data: any): void; fail(e: Error): void }

export function shellTalk(port: MessagePort, other: (m: ShellToFrame) => void) {
  const waiting = new Map<number, Waiting>();
  const ears = new Map<number, (m: any) => void>();
  let last = 0;
  port.onmessage = (ev) => {
    const m = ev.data as ShellToFrame;
    if (m.k === "reply") {
      const w = waiting.get(m.id);
      waiting.delete(m.id);
      m.ok ? w?.done(m.data) : w?.fail(new Error(textOf(m.data)));
    } else if (m.k === "hear") ears.get(m.id)?.(m);
    else if (m.k === "ping") port.postMessage({ k: "pong", n: m.n });
    else other(m);
  };
  return {
    newId: () => ++last,
    ask: (message: { k: string; [key: string]: unknown }) => new Promise<any>((done, fail) => {
      const id = ++last;
      waiting.set(id, { done, fail });
      port.postMessage({ ...message, id });
    }),
    tell: (message: { k: string; [key: string]: unknown }) => port.postMessage(message),
    hear: (id: number, f: ((message: any) => void) | null) => { f ? ears.set(id, f) : ears.delete(id); },
  };
}

function textOf(data: unknown): string {
  const failure = data as { errorMessage?: string; error?: number } | string | undefined;
  return typeof failure === "string" ? failure : failure?.errorMessage ?? "closed";
}
