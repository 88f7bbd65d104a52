// Starting the worker from the frame, and the channel between the two.
import type { WarmFrame, WorkerStart } from "../wire/wire";

/** Makes a worker of its runtime's text. */
export function makeWorker(script: string): Worker {
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  return worker;
}

/** Starts a worker. ports, from the shell: [one for the worker to talk with it, one for the frame itself]. */
export function startWorker(worker: Worker, [toWorker, shell]: readonly MessagePort[]): WarmFrame {
  const channel = new MessageChannel();
  const start: WorkerStart = { k: "start" };
  worker.postMessage(start, [toWorker, channel.port2]);
  return { worker, port: channel.port1, shell };
}
