// What my.getSystemInfo answers with, and the measures of the bars that programs ask for.

import type { Json } from '../wire/wire';
import type { Running } from './running';
import { isDark } from './shell';
import { storageMaxBytes } from './store';
import { language } from './strings';

export const barHeightPx = 44;
const tabsHeightPx = 50;
const capsule = { width: 88, height: 32, right: 10 };

/** The base library whose behaviour we follow; programs compare it. */
export const sdkVersion = '2.9.50';

function platform(): 'iOS' | 'Android' {
  return /iPhone|iPad|iPod|Macintosh/.test(navigator.userAgent) ? 'iOS' : 'Android';
}

interface Size {
  width: number;
  height: number;
  /** the safe area at the top */
  status: number;
}

/** The phone's size as it was measured last: programs fill it, and asking the page for it in the middle of opening one costs a layout. */
let size: Size | null = null;

/** watchSize forgets the size whenever the phone's box changes. */
export function watchSize(phone: HTMLElement): void {
  new ResizeObserver(() => {
    size = null;
    setTimeout(() => sizeOf(phone));
  }).observe(phone);
}

/** sizeOf is the size of whatever fills the phone, in CSS pixels. */
export function sizeOf(root: HTMLElement): Size {
  size ??= { width: Math.round(root.clientWidth), height: Math.round(root.clientHeight), status: statusBarPx(root) };
  return size;
}

/** statusBarPx is the safe area over the bar, which the phone's clock lies on. */
export function statusBarPx(root: HTMLElement): number {
  return parseFloat(getComputedStyle(root).getPropertyValue('--safe-top-px')) || 0;
}

export function systemInfo(running: Running, stored: Record<string, Json>): Record<string, Json> {
  const { width, height, status } = sizeOf(running.root);
  const bar = barHeightPx + status;
  const tabs = running.tabs ? tabsHeightPx : 0;
  return {
    app: 'alipay',
    brand: 'Souk',
    model: platform() === 'iOS' ? 'iPhone' : 'Souk',
    platform: platform(),
    system: platform() === 'iOS' ? '17.0' : '14',
    version: '10.6.0',
    SDKVersion: sdkVersion,
    apiLevel: 2,
    language: language() === 'en' ? 'en' : 'zh-Hans',
    pixelRatio: devicePixelRatio,
    screenWidth: width,
    screenHeight: height,
    windowWidth: width,
    windowHeight: height - bar - tabs,
    statusBarHeight: status,
    titleBarHeight: barHeightPx,
    fontSizeSetting: 16,
    storage: `${storageMaxBytes / 1024 / 1024} MB`,
    currentBattery: '100%',
    performance: 'high',
    theme: isDark() ? 'dark' : 'light',
    colorScheme: isDark() ? 'dark' : 'light',
    safeArea: { left: 0, right: width, top: status, bottom: height, width, height: height - status },
    currentStorageKeys: Object.keys(stored).length,
  };
}

/** capsuleRect is what my.getMenuButtonBoundingClientRect answers with. */
export function capsuleRect(running: Running): Record<string, number> {
  const width = Math.round(running.root.clientWidth);
  const top = statusBarPx(running.root) + (barHeightPx - capsule.height) / 2;
  const right = width - capsule.right;
  return { width: capsule.width, height: capsule.height, top, right, bottom: top + capsule.height, left: right - capsule.width };
}

/** leftRect is what my.getLeftButtonsBoundingClientRect answers with: the back and home buttons' room. */
export function leftRect(running: Running): Record<string, unknown> {
  const top = statusBarPx(running.root);
  const width = running.stack.length > 1 ? 40 : 0;
  const rect = { left: 4, top, width, height: barHeightPx, right: 4 + width, bottom: top + barHeightPx };
  return width ? { backButtonIcon: rect, backButton: rect } : {};
}
