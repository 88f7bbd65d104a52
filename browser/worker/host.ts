// What the shell tells of its own: back, tab bar, title, show and hide, share. Each becomes the page's or the App's event.
import type { Query } from "../wire/wire";
import { appEvent, getApp } from "./app";
import { targetAt } from "./event";
import { pageEvent } from "./page";
import { invoke } from "./report";
import { isTab, navigateBack, redirectTo, switchTab, tabEvent, tabIndex, topPage } from "./router";
import { settings } from "./settings";
import { callShell, tellShell } from "./shell";

let reopen: (path: string, query: Query) => void = () => {};

/** How the program is opened at another page while it runs. */
export function onReopen(open: typeof reopen): void { reopen = open; }

export function shellEvent(name: string, data: any): void {
  handlers[name]?.(data ?? {});
}

function top(name: string, ...args: unknown[]): { heard: boolean; answer: any } {
  const page = topPage();
  return page ? pageEvent(page, name, ...args) : { heard: false, answer: undefined };
}

const handlers: Record<string, (data: any) => void> = {
  back() {
    const { heard, answer } = top("onBack");
    if (heard && answer === false) return;
    if ("error" in navigateBack(1)) tellShell({ k: "exit" });
  },
  tab(data) { tapTab(Number(data.index)); },
  home() {
    const first = settings.bundle.app.entryPagePath ?? settings.bundle.app.pages[0];
    if (isTab(first)) switchTab(`/${first}`, ""); else redirectTo(`/${first}`, "");
  },
  appShow(data) {
    const { query, path, scene, referrerInfo } = { ...settings.boot, ...data };
    appEvent("onShow", { query, path, scene, referrerInfo });
    top("onShow");
    if (data.path) reopen(data.path, data.query ?? {});
  },
  appHide() {
    top("onHide");
    appEvent("onHide");
  },
  titleClick() { top("onTitleClick"); },
  optionMenu() { top("onOptionMenuClick"); },
  resize(data) { top("onResize", data.size ? data : { size: data }); },
  keyboardHeight(data) { top("onKeyboardHeight", data); },
  pullDownRefresh(data) { top("onPullDownRefresh", { from: data.from ?? "code" }); },
  share(data) { void share(data.from ?? "menu", Array.isArray(data.at) ? targetAt(data.at[0], data.at[1]) : undefined); },
};

function tapTab(index: number): void {
  const item = settings.bundle.app.tabBar?.items[index], page = topPage();
  if (!item || !page) return;
  if (tabIndex(page.is) === index) {
    pageEvent(page, "onSelectedTabItemTap", tabEvent(index));
    return;
  }
  pageEvent(page, "beforeTabItemTap");
  switchTab(`/${item.pagePath}`, "", "user");
}

/** Asks the page, else the App, what to share, and hands it to the shell's panel. */
export async function share(from: "button" | "menu" | "code", target?: unknown): Promise<void> {
  const page = topPage();
  if (!page) return;
  const event = { from, target, webViewUrl: "" };
  const hook = typeof page.self.onShareAppMessage === "function" ? page.self : typeof getApp().onShareAppMessage === "function" ? getApp() : null;
  const given = hook ? await invoke(hook, hook.onShareAppMessage, [event]) : null;
  const content = { path: page.is, ...given };
  const { title, desc, path, imageUrl, bgImgUrl } = content;
  callShell("shareResult", { title, desc, path, imageUrl: imageUrl ?? bgImgUrl }, (ok, data) => {
    invoke(given, ok ? given?.success : given?.fail, [data]);
    invoke(given, given?.complete, [data]);
  });
}
