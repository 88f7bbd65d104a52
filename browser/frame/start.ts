// The first script of every sandbox, before anything of a program is known. It says hello to the shell, gets two ports and both runtimes as
// text, starts the worker with one and evaluates the other, and waits: so a program that opens later costs two messages. A frame
// that an address waits for has both runtimes in its document: the worker is at work before the shell has answered.
// Entry point.
import type { WarmFrame, WarmUp } from "../wire/wire";
import { makeWorker, startWorker } from "./warm";

const nonce = (document.currentScript as HTMLScriptElement | null)?.nonce ?? "";

/** A frame is made by way of the browser's own process, which has better to do while a program opens. */
const pulseAfterMs = 400;

/** The pulse: an empty frame in this one. The shell counts it from outside, and finds none when this process has died. */
function pulse(): void {
  const beat = document.createElement("iframe");
  beat.hidden = true;
  document.documentElement.appendChild(beat);
}

/** The worker of a document that brings its runtime along. */
function ownWorker(): Worker | null {
  const own = document.getElementById("worker");
  own?.remove();
  return own ? makeWorker(own.textContent ?? "") : null;
}

const scope = globalThis as { soukWarm?: Promise<WarmFrame> };
const own = ownWorker();
let met: (frame: WarmFrame) => void;
scope.soukWarm = new Promise((done) => { met = done; });

/** Both threads are at work at once: the worker evaluates its runtime while the frame does. */
function warm({ worker, frame }: WarmUp, ports: readonly MessagePort[]): void {
  met(startWorker(own ?? makeWorker(worker), ports));
  setTimeout(pulse, pulseAfterMs);
  if (own) return;
  const script = document.createElement("script");
  script.nonce = nonce;
  script.textContent = frame;
  document.head.appendChild(script);
  script.remove();
}

window.addEventListener("message", function first(ev) {
  if (ev.source !== parent || ev.data?.k !== "warm" || ev.ports.length !== 2) return;
  window.removeEventListener("message", first);
  warm(ev.data as WarmUp, ev.ports);
});
parent.postMessage({ k: "hello", within: location.protocol === "about:", whole: !!own }, "*");
