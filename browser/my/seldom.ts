// What few programs call, of every family: mostly answered by the shell.
import { launchOptions } from "../worker/app";
import { callFrame } from "../worker/flush";
import { settings } from "../worker/settings";
import { listen, tellShell } from "../worker/shell";
import { fromBase64, toBase64 } from "./base64";
import { answering, failure, type Family, forwarded, notSupported, perform, plainOpts } from "./call";
import { pairs } from "./events";
import { silent } from "./silent";

function pick(...names: string[]): () => Record<string, unknown> {
  return () => Object.fromEntries(names.map(n => [n, settings.boot.system[n]]).filter(([, v]) => v !== undefined));
}

function extConfig(): { data: unknown } {
  return { data: settings.bundle.app.ext ?? {} };
}

/** The release is always the newest that this person gets: there is never an update to wait for. */
function updateManager(): object {
  return {
    onCheckForUpdate: (tell: (r: object) => void) => { queueMicrotask(() => tell({ hasUpdate: false })); },
    onUpdateReady() {}, onUpdateFailed() {}, applyUpdate() {}, offCheckForUpdate() {}, offUpdateReady() {}, offUpdateFailed() {},
  };
}

function absent(): never {
  throw failure(notSupported, "getBatteryInfoSync: this browser does not tell the battery, or the function was not called by its own name");
}

export const seldom: Family = {
  ...forwarded(`
    enableAlertBeforeUnload disableAlertBeforeUnload setNavigationBarBottomLineColor hideBackHome getTitleColor setBackgroundColor
    setBackgroundTextStyle setOptionMenu showOptionMenu hideOptionMenu getMenuButtonBoundingClientRect getLeftButtonsBoundingClientRect
    setTabBarStyle setTabBarBadge removeTabBarBadge showTabBarRedDot hideTabBarRedDot regionPicker chooseDistrict startShare
    getSystemSetting getAppAuthorizeSetting navigateBackMiniProgram getServerTime
    setClipboardData getClipboardData vibrate vibrateLong getBatteryInfo setKeepScreenOn chooseAlipayContact chooseContact choosePhoneContact
    addPhoneContact getAvailableAudioSources
    saveImageToPhotosAlbum chooseVideo saveFile getFileInfo getSavedFileInfo getSavedFileList removeSavedFile openDocument saveFileToDisk
    detectFileType getVideoInfo saveVideoToPhotosAlbum generateImageFromCode`),
  ...Object.fromEntries(pairs(silent)),
  getWindowInfo: pick("pixelRatio", "screenWidth", "screenHeight", "windowWidth", "windowHeight", "statusBarHeight", "titleBarHeight", "safeArea", "screenTop"),
  getAppBaseInfo: pick("version", "language", "fontSizeSetting", "app", "platform", "theme", "colorScheme", "host"),
  getAccountInfoSync: () => ({ miniProgram: { appId: settings.boot.appId, envVersion: settings.boot.dev ? "develop" : "release", version: String(settings.bundle.app.version ?? "") } }),
  getEnterOptionsSync: launchOptions,
  getRunScene: answering("getRunScene", () => ({ envVersion: settings.boot.dev ? "develop" : "release" })),
  getExtConfig: answering("getExtConfig", extConfig),
  getExtConfigSync: extConfig,
  getPluginIdSync: () => ({ pluginId: "" }),
  getParentAppId: answering("getParentAppId", () => ({ appId: "" })),
  getParentAppIdSync: () => ({ appId: "" }),
  getUpdateManager: updateManager,
  getBatteryInfoSync: () => settings.boot.battery ? { ...settings.boot.battery } : absent(),
  arrayBufferToBase64: (buffer: unknown) => {
    if (!(buffer instanceof ArrayBuffer)) throw failure(2, "arrayBufferToBase64 needs an ArrayBuffer");
    return toBase64(buffer);
  },
  base64ToArrayBuffer: fromBase64,
  exitMiniProgram: (opts?: any) => perform(opts, done => {
    tellShell({ k: "exit" });
    done(true);
  }),
  loadFontFace: (opts?: any) => perform(opts, done => {
    callFrame("font", [plainOpts(opts) as any], (result, error) => done(!error, error ? failure(3, error) : result ?? {}));
  }),
};

/** Called once, when `my` is made. */
export function connectSeldom(): void {
  listen("battery", data => { settings.boot.battery = data; });
}
