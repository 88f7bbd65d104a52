// The device: scanning, calling, clipboard, vibration, network, battery, place, contacts. The shell has the doors.
import { type Family, forwarded } from "./call";

export const device: Family = forwarded(`
  scan makePhoneCall setClipboard getClipboard setClipboardData getClipboardData vibrate vibrateShort vibrateLong getNetworkType
  getBatteryInfo setKeepScreenOn getLocation chooseLocation openLocation`);
