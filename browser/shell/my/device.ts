// The device as a browser knows it: scan, phone, clipboard, vibration, network, battery, screen, time.

import { badArgument, fail, notAllowed, notSupported, type Call, type Handlers } from '../broker';
import { readBattery } from '../battery';
import { consent, type Answers } from '../consent';
import { sure } from '../dialogs';
import { openScanner } from '../scanner';
import { say } from '../strings';
import { systemInfo } from '../system';
import { queue, text } from './dialog';

async function scan({ running, opts }: Call): Promise<unknown> {
  if (!(await consent(running, 'camera', true))) fail(notAllowed, 'the person did not allow the camera');
  const code = await queue(running, () => openScanner(running.layers, running.program.appId, opts.hideAlbum === true));
  if (!code) return fail(10, 'the person left');
  const isQr = code.format === 'qr_code' || (code.format === 'typed' && !/^bar/.test(text(opts.type ?? opts.scanType)));
  return { code: code.text, result: code.text, codeType: code.format, codeContent: code.text, ...(isQr ? { qrCode: code.text } : { barCode: code.text }) };
}

async function makePhoneCall({ running, opts }: Call): Promise<unknown> {
  const number = text(opts.number, 32);
  if (!/^[\d+*#()\s-]{2,32}$/.test(number)) fail(badArgument, 'makePhoneCall needs a number');
  if (!(await queue(running, () => sure(running.layers, say('callNumber', number))))) fail(11, 'the person stayed');
  window.open(`tel:${number.replace(/[^\d+*#]/g, '')}`, '_self');
  return {};
}

async function setClipboard({ opts }: Call): Promise<unknown> {
  await navigator.clipboard.writeText(text(opts.text ?? opts.data, 100_000)).catch(() => copyByHand(text(opts.text ?? opts.data, 100_000)));
  return { success: true };
}

/** copyByHand serves browsers and moments in which the clipboard may only be written from a selection. */
function copyByHand(words: string): void {
  const area = document.createElement('textarea');
  area.value = words;
  area.style.cssText = 'position:fixed;opacity:0';
  document.body.append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  if (!copied) fail(12, 'this browser did not let the clipboard be written');
}

async function getClipboard({ running }: Call): Promise<unknown> {
  if (!(await consent(running, 'clipboard', true))) fail(notAllowed, 'the person did not allow reading the clipboard');
  const words = await navigator.clipboard.readText().catch(() => fail(12, 'this browser did not let the clipboard be read'));
  return { text: words };
}

function vibrate(ms: number): Handlers[string] {
  return () => {
    if (typeof navigator.vibrate !== 'function') return fail(notSupported, 'this device cannot vibrate');
    navigator.vibrate(ms);
    return {};
  };
}

interface Connection extends EventTarget {
  effectiveType?: string;
  type?: string;
}

/** networkType answers WIFI, 4G, 3G, 2G, NOTREACHABLE or UNKNOWN. */
export function networkType(): string {
  if (!navigator.onLine) return 'NOTREACHABLE';
  const connection = (navigator as { connection?: Connection }).connection;
  if (connection?.type === 'wifi' || connection?.type === 'ethernet') return 'WIFI';
  const kind = connection?.effectiveType;
  return kind === '4g' || kind === '3g' || kind === '2g' ? kind.toUpperCase() : kind === 'slow-2g' ? '2G' : 'WIFI';
}

async function battery(): Promise<unknown> {
  return (await readBattery()) ?? fail(notSupported, 'this browser does not tell the battery');
}

interface WakeLock {
  release(): Promise<void>;
}
const locks = new WeakMap<object, WakeLock>();

async function setKeepScreenOn({ running, opts }: Call): Promise<unknown> {
  const wake = (navigator as { wakeLock?: { request(kind: 'screen'): Promise<WakeLock> } }).wakeLock;
  if (!wake) return fail(notSupported, 'this browser cannot keep the screen on');
  const held = locks.get(running);
  if (held) await held.release().catch(() => undefined);
  locks.delete(running);
  if (opts.keepScreenOn === true) locks.set(running, await wake.request('screen'));
  return {};
}

function systemSetting(): unknown {
  return { bluetoothEnabled: false, locationEnabled: 'geolocation' in navigator, wifiEnabled: navigator.onLine, deviceOrientation: innerWidth > innerHeight ? 'landscape' : 'portrait' };
}

function authorizeSetting(consents: Answers): unknown {
  const state = (answer: boolean | undefined): string => (answer === undefined ? 'not determined' : answer ? 'authorized' : 'denied');
  return { cameraAuthorized: state(consents.camera), locationAuthorized: state(consents.location), albumAuthorized: state(consents.album), microphoneAuthorized: state(consents.microphone) };
}

export const deviceCalls: Handlers = {
  scan,
  makePhoneCall,
  setClipboard,
  setClipboardData: setClipboard,
  getClipboard,
  getClipboardData: getClipboard,
  vibrate: vibrate(400),
  vibrateLong: vibrate(400),
  vibrateShort: vibrate(20),
  getNetworkType: () => ({ networkType: networkType(), networkAvailable: navigator.onLine }),
  getBatteryInfo: battery,
  setKeepScreenOn,
  getServerTime: async () => {
    const answer = await fetch('/healthz', { method: 'HEAD', cache: 'no-store' }).catch(() => fail(12, 'no connection'));
    return { time: Date.parse(answer.headers.get('Date') ?? '') || Date.now() };
  },
  getSystemInfo: ({ running }) => systemInfo(running, {}),
  getSystemSetting: systemSetting,
  getAppAuthorizeSetting: ({ running }) => authorizeSetting(running.consents),
  /** counted by nobody yet: accepted, so that programs that report go on */
  reportAnalytics: () => ({}),
};
