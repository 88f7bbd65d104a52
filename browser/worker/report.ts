// Errors of a program's own code: caught where they happen, told to the program's onError, the console and the shell.

type Report = (message: string, stack: string) => void;
const listeners: Report[] = [];

export function onReport(listener: Report): void { listeners.push(listener); }

export function report(error: unknown): void {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : `Error: ${textOf(error)}`;
  const stack = error instanceof Error ? String(error.stack ?? "") : "";
  for (const tell of listeners.slice()) {
    try { tell(message, stack); } catch { /* an onError that throws is not reported again, or it would never end */ }
  }
}

function textOf(error: unknown): string {
  try {
    return typeof error === "object" && error !== null ? JSON.stringify(error) : String(error);
  } catch {
    return "an unprintable value was thrown";
  }
}

/** Runs a program's code; what it throws is reported and ends here. */
export function guarded<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    report(error);
    return undefined;
  }
}

let failed: (self: unknown, error: unknown, method: string) => void = () => {};

/** Components hear of what their own methods throw. */
export function onFailed(listener: typeof failed): void { failed = listener; }

/** Calls a method of a program, if there is one. */
export function invoke(self: any, method: unknown, args: unknown[]): any {
  if (typeof method !== "function") return undefined;
  try {
    return method.apply(self, args);
  } catch (error) {
    report(error);
    guarded(() => failed(self, error, method.name));
    return undefined;
  }
}
