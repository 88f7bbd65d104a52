// Facts about the program, the person's device and the person: most are known at boot, the rest the shell answers.
import { launchOptions } from "../worker/app";
import { settings } from "../worker/settings";
import { tellShell, listen } from "../worker/shell";
import { answering, failure, type Family, forwarded, perform } from "./call";

function systemInfo(): Record<string, unknown> {
  return { ...settings.boot.system };
}

function pick(...names: string[]): () => Record<string, unknown> {
  return () => Object.fromEntries(names.map(n => [n, settings.boot.system[n]]).filter(([, v]) => v !== undefined));
}

function extConfig(): { data: unknown } {
  return { data: settings.bundle.app.ext ?? {} };
}

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export function toBase64(buffer: ArrayBuffer): string {
  const b = new Uint8Array(buffer);
  let out = "";
  for (let i = 0; i < b.length; i += 3) {
    const n = b[i] << 16 | (b[i + 1] ?? 0) << 8 | (b[i + 2] ?? 0);
    out += base64Digits[n >> 18] + base64Digits[n >> 12 & 63] + (i + 1 < b.length ? base64Digits[n >> 6 & 63] : "=") + (i + 2 < b.length ? base64Digits[n & 63] : "=");
  }
  return out;
}

export function fromBase64(text: string): ArrayBuffer {
  const clean = String(text).replace(/[^A-Za-z0-9+/]/g, ""), bytes = new Uint8Array(Math.floor(clean.length * 3 / 4));
  let at = 0, bits = 0, held = 0;
  for (const c of clean) {
    held = held << 6 | base64Digits.indexOf(c);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = held >> bits & 255;
  }
  return bytes.buffer;
}

/** The release is always the newest that this person gets: there is never an update to wait for. */
function updateManager(): object {
  return {
    onCheckForUpdate: (tell: (r: object) => void) => { queueMicrotask(() => tell({ hasUpdate: false })); },
    onUpdateReady() {}, onUpdateFailed() {}, applyUpdate() {}, offCheckForUpdate() {}, offUpdateReady() {}, offUpdateFailed() {},
  };
}

export const system: Family = {
  ...forwarded(`
    getAuthCode getOpenUserInfo getAuthUserInfo getPhoneNumber getAddress getSetting openSetting showAuthGuide tradePay
    getSystemSetting getAppAuthorizeSetting navigateToMiniProgram navigateBackMiniProgram getServerTime`),
  getSystemInfo: answering("getSystemInfo", systemInfo),
  getSystemInfoSync: systemInfo,
  getWindowInfo: pick("pixelRatio", "screenWidth", "screenHeight", "windowWidth", "windowHeight", "statusBarHeight", "titleBarHeight", "safeArea", "screenTop"),
  getAppBaseInfo: pick("version", "language", "fontSizeSetting", "app", "platform", "theme", "colorScheme", "host"),
  getAppIdSync: () => ({ appId: settings.boot.appId }),
  getAccountInfoSync: () => ({ miniProgram: { appId: settings.boot.appId, envVersion: settings.boot.dev ? "develop" : "release", version: String(settings.bundle.app.version ?? "") } }),
  getLaunchOptionsSync: launchOptions,
  getEnterOptionsSync: launchOptions,
  getRunScene: answering("getRunScene", () => ({ envVersion: settings.boot.dev ? "develop" : "release" })),
  getExtConfig: answering("getExtConfig", extConfig),
  getExtConfigSync: extConfig,
  getPluginIdSync: () => ({ pluginId: "" }),
  getParentAppId: answering("getParentAppId", () => ({ appId: "" })),
  getParentAppIdSync: () => ({ appId: "" }),
  getUpdateManager: updateManager,
  arrayBufferToBase64: (buffer: unknown) => {
    if (!(buffer instanceof ArrayBuffer)) throw failure(2, "arrayBufferToBase64 needs an ArrayBuffer");
    return toBase64(buffer);
  },
  base64ToArrayBuffer: fromBase64,
  exitMiniProgram: (opts?: any) => perform(opts, done => {
    tellShell({ k: "exit" });
    done(true);
  }),
};

/** Sizes and theme follow the window. */
export function connectSystem(): void {
  listen("resize", data => { Object.assign(settings.boot.system, data?.size); });
  listen("theme", data => { Object.assign(settings.boot.system, data); });
}
