// Entry point of the worker in a browser. The frame's first message brings two ports: the shell's and the frame's.
import type { ToShell, WorkerStart } from "../wire/wire";
import { connect, fromFrame, fromShell, rejected } from "./boot";
import { harden } from "./harden";
import { report } from "./report";

const scope = globalThis as any;
const load: (url: string) => void = scope.importScripts.bind(scope);
const { createObjectURL, revokeObjectURL } = URL;

scope.onmessage = (event: MessageEvent<WorkerStart>) => {
  const [shell, frame] = event.ports;
  scope.onmessage = null;
  const postShell = shell.postMessage.bind(shell), postFrame = frame.postMessage.bind(frame);
  connect({
    global: scope,
    toFrame: message => postFrame(message),
    toShell: (message: ToShell) => postShell(message),
    evaluate,
    harden: () => harden(scope),
  });
  shell.onmessage = e => fromShell(e.data);
  frame.onmessage = e => fromFrame(e.data);
};

function evaluate(script: string): void {
  const url = createObjectURL(new Blob([script], { type: "text/javascript" }));
  try {
    load(url);
  } finally {
    revokeObjectURL(url);
  }
}

scope.addEventListener("error", (event: ErrorEvent) => {
  event.preventDefault();
  report(event.error ?? new Error(event.message));
});

scope.addEventListener("unhandledrejection", (event: PromiseRejectionEvent) => {
  event.preventDefault();
  rejected(event.reason, event.promise);
});
