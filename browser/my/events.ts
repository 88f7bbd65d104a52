// my.on… and my.off…: what the shell and the runtime tell of.
import { onReport } from "../worker/report";
import { listen } from "../worker/shell";
import { type Family, type Listeners, listeners, type Method } from "./call";

/** API name after on/off → the shell's event. */
const shellEvents: Record<string, string> = {
  AppShow: "appShow", AppHide: "appHide", NetworkStatusChange: "networkChange",
  WindowResize: "resize", KeyboardHeightChange: "keyboardHeight", ThemeChange: "theme", UserCaptureScreen: "capture", MemoryWarning: "memoryWarning",
};

const hear: Record<string, Listeners> = {};

export function heardBy(name: string): Listeners {
  return hear[name] ??= listeners();
}

/** on… and off… for events. */
export function pairs(names: string[]): [string, Method][] {
  return names.flatMap((name): [string, Method][] => [[`on${name}`, heardBy(name).on], [`off${name}`, heardBy(name).off]]);
}

/** Connects the listeners to their sources; called once, when `my` is made. */
export function connectEvents(): void {
  for (const [name, event] of Object.entries(shellEvents)) listen(event, data => heardBy(name).tell(data ?? {}));
  onReport((message, stack) => heardBy("Error").tell(message, stack));
}

const generic: Record<string, Listeners> = {};

export const events: Family = {
  ...Object.fromEntries(pairs([...Object.keys(shellEvents), "Error", "UnhandledRejection", "PageNotFound", "ComponentError", "LazyLoadError"])),
  on: (name: string, listener: Method) => {
    if (!generic[name]) listen(name, data => generic[name].tell({ data }));
    (generic[name] ??= listeners()).on(listener);
    return { remove: () => generic[name].off(listener) };
  },
  off: (name: string, listener?: Method) => { generic[name]?.off(listener); },
};
