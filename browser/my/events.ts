// my.on… and my.off…: what the shell and the runtime tell of.
import { onReport } from "../worker/report";
import { listen } from "../worker/shell";
import { type Family, type Listeners, listeners, type Method } from "./call";

/** API name after on/off → the shell's event. */
const shellEvents: Record<string, string> = {
  AppShow: "appShow", AppHide: "appHide", NetworkStatusChange: "networkChange",
  WindowResize: "resize", KeyboardHeightChange: "keyboardHeight", ThemeChange: "theme", UserCaptureScreen: "capture", MemoryWarning: "memoryWarning",
};

/** What a browser does not tell of: it can be listened to, and never comes. Developer mode may play some of it. */
const silent = `LocatedComplete AudioInterruptionBegin AudioInterruptionEnd ScreenReaderStatusChange BLECharacteristicValueChange BLEConnectionStateChanged BeaconServiceChange BeaconUpdate
  BluetoothAdapterStateChange BluetoothDeviceFound GetWifiList WifiConnected`.split(/\s+/);

/** Names that canIUse denies, though a listener is taken. */
export const silentNames: readonly string[] = [...silent, "UserCaptureScreen", "MemoryWarning"].flatMap(name => [`on${name}`, `off${name}`]);

const hear: Record<string, Listeners> = {};

export function heardBy(name: string): Listeners {
  return hear[name] ??= listeners();
}

function pairs(names: string[]): [string, Method][] {
  return names.flatMap((name): [string, Method][] => [[`on${name}`, heardBy(name).on], [`off${name}`, heardBy(name).off]]);
}

/** Connects the listeners to their sources; called once, when `my` is made. */
export function connectEvents(): void {
  for (const [name, event] of Object.entries(shellEvents)) listen(event, data => heardBy(name).tell(data ?? {}));
  onReport((message, stack) => heardBy("Error").tell(message, stack));
}

const generic: Record<string, Listeners> = {};

export const events: Family = {
  ...Object.fromEntries(pairs([...Object.keys(shellEvents), ...silent, "Error", "UnhandledRejection", "PageNotFound", "ComponentError", "LazyLoadError"])),
  on: (name: string, listener: Method) => {
    if (!generic[name]) listen(name, data => generic[name].tell({ data }));
    (generic[name] ??= listeners()).on(listener);
    return { remove: () => generic[name].off(listener) };
  },
  off: (name: string, listener?: Method) => { generic[name]?.off(listener); },
};
