// What a program must have before its first line runs, since it reads it without waiting: known from what its source names.

import type { Boot } from '../wire/wire';
import { readBattery, watchBattery } from './battery';
import type { Bundle } from './bundle';
import type { Files } from './files';
import { addressBook } from './my/contact';
import type { Running } from './running';

export type Needs = Pick<Boot, 'files' | 'battery' | 'lacks'>;

/** waits tells the few programs that must wait from those that begin at once. */
export function waits(bundle: Bundle): boolean {
  return !!(bundle.uses?.api?.getBatteryInfoSync || bundle.uses?.api?.getFileSystemManager);
}

/** needsOf reads what is needed of files and battery. */
export async function needsOf(bundle: Bundle, files: Files): Promise<Needs> {
  const used = bundle.uses?.api ?? {};
  const [battery] = await Promise.all([used.getBatteryInfoSync ? readBattery() : null, used.getFileSystemManager ? files.ready() : null]);
  return { lacks: lacks(), ...(used.getFileSystemManager ? { files: files.rows() } : {}), ...(battery ? { battery } : {}) };
}

/** tellNeeds keeps what was handed over true while the program runs. */
export function tellNeeds(running: Running): void {
  if (running.bundle.uses?.api?.getBatteryInfoSync) void watchBattery((data) => running.send({ k: 'event', name: 'battery', data }));
}

/** lacks names the functions that this browser has no means for; canIUse denies them. */
export function lacks(): string[] {
  const has = navigator as { vibrate?: unknown; wakeLock?: unknown; getBattery?: unknown };
  const motion = typeof DeviceMotionEvent === 'function';
  const names: [boolean, string][] = [
    [!addressBook(), 'choosePhoneContact'],
    [!has.vibrate, 'vibrate vibrateShort vibrateLong'],
    [!has.wakeLock, 'setKeepScreenOn'],
    [!has.getBattery, 'getBatteryInfo getBatteryInfoSync'],
    [!motion, 'startAccelerometer stopAccelerometer onAccelerometerChange offAccelerometerChange startGyroscope stopGyroscope onGyroscopeChange offGyroscopeChange watchShake'],
    [typeof DeviceOrientationEvent !== 'function', 'startCompass stopCompass onCompassChange offCompassChange onDeviceMotionChange offDeviceMotionChange'],
    [typeof MediaRecorder !== 'function', 'getRecorderManager'],
    [!navigator.mediaDevices, 'createCameraContext'],
  ];
  return names.flatMap(([absent, list]) => (absent ? list.split(' ') : []));
}
