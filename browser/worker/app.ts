// The program's App: registered once, told of launch, show, hide and errors.
import type { Launch } from "../wire/wire";
import { invoke, onReport } from "./report";
import { currentPages } from "./router";
import { settings } from "./settings";

let app: Record<string, any> | null = null;

export function registerApp(options: Record<string, any>): any {
  app = options ?? {};
  return app;
}

/** getApp(): the object given to App(), or an empty one before. */
export function getApp(): any {
  return app ?? (app = {});
}

export function getCurrentPages(): any[] { return currentPages(); }

export function appEvent(name: string, ...args: unknown[]): any {
  return app ? invoke(app, app[name], args) : undefined;
}

export function launchOptions(): Launch {
  const { query, scene, referrerInfo } = settings.boot, { app } = settings.bundle;
  const path = (settings.boot.path || app.entryPagePath || app.pages[0] || "").replace(/^\/+/, "");
  return { query: { ...query }, path, scene, ...referrerInfo ? { referrerInfo } : {} };
}

/** Errors of the program go to its onError, which must not cause others. */
export function watchErrors(): void {
  onReport((message, stack) => {
    if (app && typeof app.onError === "function") app.onError(message, stack);
  });
}
