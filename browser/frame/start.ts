// The first script of every sandbox, before anything of a program is known. It says hello to the shell, gets both runtimes as
// text, starts the worker with one and evaluates the other, and waits: so a program that opens later costs two messages.
// Entry point.
import type { WarmFrame, WarmUp } from "../wire/wire";
import { startWorker } from "./warm";

const nonce = (document.currentScript as HTMLScriptElement | null)?.nonce ?? "";

/** A frame is made by way of the browser's own process, which has better to do while a program opens. */
const pulseAfterMs = 400;

/** The pulse: an empty frame in this one. The shell counts it from outside, and finds none when this process has died. */
function pulse(): void {
  const beat = document.createElement("iframe");
  beat.hidden = true;
  document.documentElement.appendChild(beat);
}

/** Both threads are at work at once: the worker evaluates its runtime while the frame does. */
function warm(message: WarmUp, ports: readonly MessagePort[]): void {
  (globalThis as { soukWarm?: WarmFrame }).soukWarm = startWorker(message.worker, ports);
  const script = document.createElement("script");
  script.nonce = nonce;
  script.textContent = message.frame;
  document.head.appendChild(script);
  script.remove();
  setTimeout(pulse, pulseAfterMs);
}

window.addEventListener("message", function first(ev) {
  if (ev.source !== parent || ev.data?.k !== "warm" || ev.ports.length !== 2) return;
  window.removeEventListener("message", first);
  warm(ev.data as WarmUp, ev.ports);
});
parent.postMessage({ k: "hello", within: location.protocol === "about:" }, "*");
