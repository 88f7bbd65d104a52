// What the shell said at boot, for the rest of the worker.
import type { Boot, WorkerBundle } from "../wire/wire";

export const settings: {
  boot: Boot;
  bundle: WorkerBundle;
  component2: boolean;
} = { boot: null!, bundle: { app: { pages: [] }, pages: {}, components: {} }, component2: true };

export function settle(boot: Boot): void {
  settings.boot = boot;
  settings.bundle = boot.bundle;
  settings.component2 = boot.bundle.app.component2 !== false;
}
