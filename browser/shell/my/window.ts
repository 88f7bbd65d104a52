// The bars: titles, colours, loading sign, tab bar with badges and dots.

import { badArgument, fail, type Call, type Handler, type Handlers } from '../broker';
import { change, colour, isDarkColour, lookNow, type TabLook } from '../running';
import { say } from '../strings';
import { capsuleRect, leftRect } from '../system';
import { text } from './dialog';

/** bar makes a handler that changes the look of the page in front. */
function bar(set: (call: Call) => Record<string, unknown>): Handler {
  return (call) => {
    change(lookNow(call.running), set(call));
    call.running.redraw();
    return {};
  };
}

function tabs(apply: (tabs: TabLook, call: Call) => void): Handler {
  return (call) => {
    const look = call.running.tabs;
    if (!look) return fail(1, 'this program has no tab bar');
    apply(look, call);
    call.running.redraw();
    return {};
  };
}

function index(look: TabLook, call: Call): number {
  const at = Number(call.opts.index);
  if (!Number.isInteger(at) || at < 0 || at >= look.items.length) fail(badArgument, `index ${String(call.opts.index)} is not a tab`);
  return at;
}

function setBadge(look: TabLook, call: Call): void {
  const words = text(call.opts.text, 8);
  look.badges.set(index(look, call), words);
}

function setItem(look: TabLook, call: Call): void {
  const at = index(look, call);
  const { opts } = call;
  const name = text(opts.text, 20);
  const icon = text(opts.iconPath ?? opts.icon, 2_000);
  const active = text(opts.selectedIconPath ?? opts.activeIcon, 2_000);
  look.items = look.items.map((item, i) => (i === at ? { ...item, ...(name ? { name } : {}), ...(icon ? { icon } : {}), ...(active ? { activeIcon: active } : {}) } : item));
}

function setStyle(look: TabLook, call: Call): void {
  const { opts } = call;
  look.textColor = colour(opts.color) || look.textColor;
  look.selectedColor = colour(opts.selectedColor) || look.selectedColor;
  look.background = colour(opts.backgroundColor) || look.background;
}

export const windowCalls: Handlers = {
  setNavigationBar: bar(({ opts }) => opts),
  setNavigationBarTitle: bar(({ opts }) => ({ title: text(opts.title, 200) })),
  setNavigationBarColor: bar(({ opts }) => opts),
  setNavigationBarBottomLineColor: bar(({ opts }) => ({ borderBottomColor: opts.color ?? opts.borderBottomColor })),
  showNavigationBarLoading: bar(() => ({ loading: true })),
  hideNavigationBarLoading: bar(() => ({ loading: false })),
  hideBackHome: bar(() => ({ hideHome: true })),
  setBackgroundColor: ({ running, opts }) => {
    lookNow(running).pageBackground = colour(opts.backgroundColor);
    running.redraw();
    return {};
  },
  setBackgroundTextStyle: () => ({}),
  setOptionMenu: ({ running, opts }) => {
    lookNow(running).optionMenu = { icon: text(opts.icon, 2_000), title: text(opts.title, 12) };
    running.redraw();
    return {};
  },
  showOptionMenu: () => ({}),
  hideOptionMenu: ({ running }) => {
    lookNow(running).optionMenu = null;
    running.redraw();
    return {};
  },
  getTitleColor: ({ running }) => ({ color: isDarkColour(lookNow(running).background) ? '#ffffff' : '#000000' }),
  enableAlertBeforeUnload: ({ running, opts }) => {
    lookNow(running).leaveWords = text(opts.message, 200) || say('leavePage');
    return {};
  },
  disableAlertBeforeUnload: ({ running }) => {
    lookNow(running).leaveWords = '';
    return {};
  },
  getLeftButtonsBoundingClientRect: ({ running }) => leftRect(running),
  getMenuButtonBoundingClientRect: ({ running }) => capsuleRect(running),
  showTabBar: tabs((look) => (look.hidden = false)),
  hideTabBar: tabs((look) => (look.hidden = true)),
  setTabBarItem: tabs(setItem),
  setTabBarStyle: tabs(setStyle),
  setTabBarBadge: tabs(setBadge),
  removeTabBarBadge: tabs((look, call) => look.badges.delete(index(look, call))),
  showTabBarRedDot: tabs((look, call) => look.dots.add(index(look, call))),
  hideTabBarRedDot: tabs((look, call) => look.dots.delete(index(look, call))),
};
