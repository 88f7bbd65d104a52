// Starting the worker from the frame, and the channel between the two.
import type { WarmFrame, WorkerStart } from "../wire/wire";

/** Starts a worker on its runtime's text. ports, from the shell: [one for the worker to talk with it, one for the frame itself]. */
export function startWorker(script: string, [toWorker, shell]: readonly MessagePort[]): WarmFrame {
  const channel = new MessageChannel();
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  const start: WorkerStart = { k: "start" };
  worker.postMessage(start, [toWorker, channel.port2]);
  return { worker, port: channel.port1, shell };
}
