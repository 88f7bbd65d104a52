// Facts about the program, the person's device and the person: most are known at boot, the rest the shell answers.
import { launchOptions } from "../worker/app";
import { settings } from "../worker/settings";
import { listen } from "../worker/shell";
import { answering, type Family, forwarded } from "./call";

function systemInfo(): Record<string, unknown> {
  return { ...settings.boot.system };
}

export const system: Family = {
  ...forwarded(`
    getAuthCode getOpenUserInfo getAuthUserInfo getPhoneNumber getAddress getSetting openSetting showAuthGuide tradePay navigateToMiniProgram`),
  getSystemInfo: answering("getSystemInfo", systemInfo),
  getSystemInfoSync: systemInfo,
  getAppIdSync: () => ({ appId: settings.boot.appId }),
  getLaunchOptionsSync: launchOptions,
};

/** Sizes and theme follow the window. */
export function connectSystem(): void {
  listen("resize", data => { Object.assign(settings.boot.system, data?.size); });
  listen("theme", data => { Object.assign(settings.boot.system, data); });
}
