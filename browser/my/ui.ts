// Dialogs, toasts, navigation bar, tab bar, pickers, pull-down: the shell draws them; the page scrolls in the frame.
import { callFrame } from "../worker/flush";
import { guarded } from "../worker/report";
import { topPage } from "../worker/router";
import { callShell } from "../worker/shell";
import { failure, type Family, forwarded, perform, plainOpts } from "./call";

function pageCall(name: string, opts: any, ...args: any[]): Promise<any> | undefined {
  return perform(opts, done => {
    const page = topPage();
    if (!page) return done(false, failure(1, `${name}: there is no page`));
    callFrame(name, [page.id, ...args], (result, error) => done(!error, error ? failure(3, error) : result ?? {}));
  });
}

/** tapped: functions among the options of an action sheet's items are not passed on, indexes are. */
function withText(name: string) {
  return (opts?: any) => perform(typeof opts === "string" ? { content: opts } : opts, done => {
    callShell(name, plainOpts(typeof opts === "string" ? { content: opts } : opts), done);
  });
}

/** multiLevelSelect tells of a choice in `result`; success must be false-able: the shell answers {success, result}. */
export const ui: Family = {
  ...forwarded(`
    confirm prompt showModal hideToast hideLoading showActionSheet setNavigationBar setNavigationBarTitle setNavigationBarColor
    showNavigationBarLoading hideNavigationBarLoading showTabBar hideTabBar setTabBarItem datePicker optionsSelect multiLevelSelect chooseCity
    showSharePanel showShareMenu hideShareMenu`),
  alert: withText("alert"),
  showToast: withText("showToast"),
  showLoading: withText("showLoading"),
  hideKeyboard: (opts?: any) => perform(opts, done => { callFrame("hideKeyboard", [], () => done(true)); }),
  pageScrollTo: (opts?: any) => pageCall("scrollTo", opts, plainOpts(opts) as any),
  setCanPullDown: (opts?: any) => pageCall("pullDown", opts, opts?.canPullDown === false || opts?.canPullDown === 0 ? "forbid" : "allow"),
  startPullDownRefresh: (opts?: any) => pageCall("pullDown", opts, "start"),
  stopPullDownRefresh: (opts?: any) => pageCall("pullDown", opts, "stop"),
  nextTick: (run: () => void) => { queueMicrotask(() => guarded(run)); },
};
