// The functions of `my` and the parts of the worker that most programs never call: each group is a script of its own
// (groups/<name>.ts), which the shell hands to the worker with the program when its source names one of them, before its first line
// runs. The table is also what canIUse answers from, whether a group is there or not.
import { missing, missingObjects } from "./missing";
import { silent } from "./silent";

export type { Part } from "./parts";

const pairsOf = (events: string[]): string => events.map(name => `on${name} off${name}`).join(" ");

const table = {
  files: "getFileSystemManager",
  canvas: "createCanvasContext createOffscreenCanvas canvasToTempFilePath",
  players: "createVideoContext createMapContext createWebViewContext createInnerAudioContext getBackgroundAudioManager",
  sockets: `connectSocket sendSocketMessage closeSocket onSocketOpen offSocketOpen onSocketMessage offSocketMessage onSocketError offSocketError
    onSocketClose offSocketClose`,
  sensors: `startAccelerometer stopAccelerometer onAccelerometerChange offAccelerometerChange startGyroscope stopGyroscope onGyroscopeChange
    offGyroscopeChange startCompass stopCompass onCompassChange offCompassChange onDeviceMotionChange offDeviceMotionChange watchShake
    getRecorderManager`,
  animation: "createAnimation",
  rsa: "rsa",
  pages: `openCardList openMerchantCardList openCardDetail openVoucherList openMerchantVoucherList openVoucherDetail openKBVoucherDetail
    openTicketList openMerchantTicketList openTicketDetail ap ap.openCardList ap.openMerchantCardList ap.openCardDetail ap.openVoucherList
    ap.openMerchantVoucherList ap.openVoucherDetail ap.openKBVoucherDetail ap.openTicketList ap.openMerchantTicketList ap.openTicketDetail
    ap.navigateToAlipayPage ap.openAlipayApp ap.openURL requestSubscribeMessage unsubscribeMessage
    hideAddToDesktopMenu hideAllAddToDesktopMenu setLocatedCity
    onLocatedComplete offLocatedComplete`,
  camera: "createCameraContext",
  cloud: "createCloudContext cloud",
  query: "createSelectorQuery createIntersectionObserver createMediaQueryObserver",
  seldom: `enableAlertBeforeUnload disableAlertBeforeUnload setNavigationBarBottomLineColor hideBackHome getTitleColor setBackgroundColor
    setBackgroundTextStyle setOptionMenu showOptionMenu hideOptionMenu getMenuButtonBoundingClientRect getLeftButtonsBoundingClientRect
    setTabBarStyle setTabBarBadge removeTabBarBadge showTabBarRedDot hideTabBarRedDot regionPicker chooseDistrict startShare
    getSystemSetting getAppAuthorizeSetting navigateBackMiniProgram getServerTime
    setClipboardData getClipboardData vibrate vibrateLong getBatteryInfo setKeepScreenOn chooseAlipayContact chooseContact choosePhoneContact
    addPhoneContact getAvailableAudioSources
    saveImageToPhotosAlbum chooseVideo saveFile getFileInfo getSavedFileInfo getSavedFileList removeSavedFile openDocument saveFileToDisk
    detectFileType getVideoInfo saveVideoToPhotosAlbum generateImageFromCode
    getWindowInfo getAppBaseInfo getAccountInfoSync getEnterOptionsSync getRunScene getExtConfig getExtConfigSync getPluginIdSync getParentAppId
    getParentAppIdSync getUpdateManager getBatteryInfoSync arrayBufferToBase64 base64ToArrayBuffer exitMiniProgram loadFontFace
    ${pairsOf(silent)}`,
};

/** Words that stand for no function: `relations` of a component, handlers in SJS. */
const words: Record<string, string> = { relations: "relation", getRelationNodes: "relation", sjs: "sjs" };

/** What developer mode needs, in every program. */
const developers = "inspect";

/** Has my.navigateBack close a page-container first, in programs that have one and whose release says so: it makes the step back wait for the frame. */
const container = "container";

/** Answers what is not here. */
const absent = "absent";

/** The group of a function. */
export function groupOf(name: string): string | undefined {
  return Object.entries(table).find(([, names]) => names.split(/\s+/).includes(name))?.[0];
}

function isAbsent(name: string): boolean {
  return name === "canIUse" || name === "ap" || missing.includes(name) || missingObjects.includes(name);
}

/** What a bundle says of its source (docs/runtime.md §1). */
export interface Uses { component?: Record<string, unknown>; my?: string[] | null; words?: string[] }

/** The groups that a program needs; all when its release does not say. */
export function groupsFor(uses: Uses | undefined, developing: boolean): string[] {
  const { my, words: said, component } = uses ?? {}, more = developing ? [developers] : [];
  if (!my || !said) return [...Object.keys(table), ...new Set(Object.values(words)), absent, ...more];
  const groups = [...my, ...said].map(groupOf).concat(said.map(word => words[word]), component?.canvas ? "canvas" : [], component?.["page-container"] ? container : [], my.some(isAbsent) ? absent : []);
  return [...new Set(groups.filter(group => group !== undefined)), ...more];
}
