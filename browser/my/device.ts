// The device: scanning, calling, clipboard, vibration, network, place. The shell has the doors.
import { type Family, forwarded } from "./call";

export const device: Family = {
  ...forwarded(`
    scan makePhoneCall setClipboard getClipboard vibrateShort getNetworkType getLocation chooseLocation openLocation`),
};
