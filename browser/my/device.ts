// The device: scanning, calling, clipboard, vibration, network, battery, place, contacts. The shell has the doors.
import { settings } from "../worker/settings";
import { listen } from "../worker/shell";
import { failure, type Family, forwarded, notSupported } from "./call";

export const device: Family = {
  ...forwarded(`
  scan makePhoneCall setClipboard getClipboard setClipboardData getClipboardData vibrate vibrateShort vibrateLong getNetworkType
  getBatteryInfo setKeepScreenOn getLocation chooseLocation openLocation
  chooseAlipayContact chooseContact choosePhoneContact addPhoneContact getAvailableAudioSources`),
  getBatteryInfoSync: () => settings.boot.battery ? { ...settings.boot.battery } : absent(),
};

function absent(): never {
  throw failure(notSupported, "getBatteryInfoSync: this browser does not tell the battery, or the function was not called by its own name");
}

/** Called once, when `my` is made. */
export function connectDevice(): void {
  listen("battery", data => { settings.boot.battery = data; });
}
