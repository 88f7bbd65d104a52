// my.on… and my.off…: what the shell and the runtime tell of.
import { onReport } from "../worker/report";
import { listen } from "../worker/shell";
import { type Family, type Listeners, listeners, type Method } from "./call";

/** API name after on/off → the shell's event. */
const shellEvents: Record<string, string> = {
  AppShow: "appShow", AppHide: "appHide", NetworkStatusChange: "networkChange", UserCaptureScreen: "capture", MemoryWarning: "memoryWarning",
  LocatedComplete: "locatedComplete", AudioInterruptionBegin: "audioInterruptionBegin", AudioInterruptionEnd: "audioInterruptionEnd",
  WindowResize: "resize", ThemeChange: "theme", ScreenReaderStatusChange: "screenReader", KeyboardHeightChange: "keyboardHeight",
};

/** Events of devices that a browser does not tell of: they can be listened to, and never come. */
const silent = `AccelerometerChange BLECharacteristicValueChange BLEConnectionStateChanged BeaconServiceChange BeaconUpdate
  BluetoothAdapterStateChange BluetoothDeviceFound CompassChange DeviceMotionChange GetWifiList GyroscopeChange WifiConnected LazyLoadError
  ComponentError`.split(/\s+/);

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
  ...Object.fromEntries(pairs([...Object.keys(shellEvents), ...silent, "Error", "UnhandledRejection", "PageNotFound"])),
  on: (name: string, listener: Method) => {
    if (!generic[name]) listen(name, data => generic[name].tell({ data }));
    (generic[name] ??= listeners()).on(listener);
    return { remove: () => generic[name].off(listener) };
  },
  off: (name: string, listener?: Method) => { generic[name]?.off(listener); },
};
