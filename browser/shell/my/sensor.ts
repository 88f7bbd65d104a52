// Motion and direction, as browsers of phones tell them. Only the program in front hears of them, and only while it wants to.

import { fail, notSupported, type Call, type Handlers } from '../broker';
import type { Running } from '../running';

type Kind = 'accelerometer' | 'gyroscope' | 'compass' | 'deviceMotion' | 'shake';

const intervals: Record<string, number> = { game: 20, ui: 60, normal: 200 };
const firstReadingMs = 1_500;
const radians = Math.PI / 180;
/** acceleration beyond rest (m/s²) that counts as a shake, and how often it must come in how long */
const shakeForce = 12;
const shakeTimes = 2;
const shakeMs = 1_000;

const listening = new WeakMap<Running, Map<Kind, () => void>>();

type Asking = { requestPermission?: () => Promise<string> };

/** permitted asks where the system wants to be asked (iOS), which it allows after a tap only. */
async function permitted(event: 'DeviceMotionEvent' | 'DeviceOrientationEvent'): Promise<void> {
  const kind = (globalThis as unknown as Record<string, Asking | undefined>)[event];
  if (!kind) fail(notSupported, 'this browser does not tell how the device moves');
  if (kind.requestPermission && (await kind.requestPermission().catch(() => 'denied')) !== 'granted') fail(11, 'the person did not allow the sensors');
}

/** motion reads one sensor from an event; null when the device does not have it. */
const readings: Record<Exclude<Kind, 'shake'>, { event: 'devicemotion' | 'deviceorientation' | 'deviceorientationabsolute'; read: (e: Event) => Record<string, number> | null }> = {
  accelerometer: { event: 'devicemotion', read: (e) => axes((e as DeviceMotionEvent).accelerationIncludingGravity) },
  gyroscope: {
    event: 'devicemotion',
    read: (e) => {
      const rate = (e as DeviceMotionEvent).rotationRate;
      return rate?.beta == null ? null : { x: rate.beta * radians, y: (rate.gamma ?? 0) * radians, z: (rate.alpha ?? 0) * radians };
    },
  },
  deviceMotion: {
    event: 'deviceorientation',
    read: (e) => {
      const { alpha, beta, gamma } = e as DeviceOrientationEvent;
      return beta == null ? null : { alpha: (alpha ?? 0) * radians, beta: beta * radians, gamma: (gamma ?? 0) * radians };
    },
  },
  compass: {
    event: 'ondeviceorientationabsolute' in globalThis ? 'deviceorientationabsolute' : 'deviceorientation',
    read: (e) => {
      const own = (e as { webkitCompassHeading?: number }).webkitCompassHeading;
      const { alpha, absolute } = e as DeviceOrientationEvent;
      const direction = own ?? (absolute && alpha != null ? (360 - alpha) % 360 : null);
      return direction == null ? null : { direction };
    },
  },
};

function axes(a: DeviceMotionEventAcceleration | null): Record<string, number> | null {
  return a?.x == null ? null : { x: a.x, y: a.y ?? 0, z: a.z ?? 0 };
}

/** start listens; it fails when the device has no such sensor, which its first reading tells, or that there is none. */
function start(kind: Exclude<Kind, 'shake'>) {
  return async ({ shell, running, opts }: Call): Promise<unknown> => {
    const { event, read } = readings[kind];
    await permitted(event === 'devicemotion' ? 'DeviceMotionEvent' : 'DeviceOrientationEvent');
    const every = intervals[String(opts.interval ?? 'normal')] ?? intervals.normal ?? 200;
    stop(running, kind);
    await new Promise<void>((done, refuse) => {
      let last = -Infinity;
      const none = (): void => refuse({ error: notSupported, errorMessage: 'this device has no such sensor' });
      // A sensor that is only slow to wake is still heard when it speaks.
      const waiting = setTimeout(none, firstReadingMs);
      const heard = (e: Event): void => {
        const reading = read(e);
        clearTimeout(waiting);
        if (!reading) return void (stop(running, kind), none());
        done();
        if (running.state === 'stopped') return void stop(running, kind);
        if (shell.front !== running || e.timeStamp - last < every) return;
        last = e.timeStamp;
        running.send({ k: 'event', name: kind, data: { ...reading, timestamp: Date.now() } });
      };
      keep(running, kind, () => (clearTimeout(waiting), removeEventListener(event, heard)));
      addEventListener(event, heard);
    });
    return {};
  };
}

function keep(running: Running, kind: Kind, off: () => void): void {
  const all = listening.get(running) ?? new Map<Kind, () => void>();
  listening.set(running, all.set(kind, off));
}

function stop(running: Running, kind: Kind): Record<string, never> {
  listening.get(running)?.get(kind)?.();
  listening.get(running)?.delete(kind);
  return {};
}

/** watchShake answers once, when the device is shaken. */
async function watchShake({ shell, running, signal }: Call): Promise<unknown> {
  await permitted('DeviceMotionEvent');
  stop(running, 'shake');
  const moves: number[] = [];
  return new Promise((done) => {
    const heard = (e: DeviceMotionEvent): void => {
      const a = axes(e.accelerationIncludingGravity);
      if (!a || shell.front !== running) return;
      const force = Math.abs(Math.hypot(a.x ?? 0, a.y ?? 0, a.z ?? 0) - 9.81);
      if (force < shakeForce) return;
      moves.push(e.timeStamp);
      while ((moves[0] ?? 0) < e.timeStamp - shakeMs) moves.shift();
      if (moves.length < shakeTimes) return;
      stop(running, 'shake');
      done({ success: true });
    };
    keep(running, 'shake', () => removeEventListener('devicemotion', heard));
    signal.addEventListener('abort', () => stop(running, 'shake'));
    addEventListener('devicemotion', heard);
  });
}

export const sensorCalls: Handlers = {
  startAccelerometer: start('accelerometer'),
  stopAccelerometer: ({ running }) => stop(running, 'accelerometer'),
  startGyroscope: start('gyroscope'),
  stopGyroscope: ({ running }) => stop(running, 'gyroscope'),
  startCompass: start('compass'),
  stopCompass: ({ running }) => stop(running, 'compass'),
  startDeviceMotion: start('deviceMotion'),
  stopDeviceMotion: ({ running }) => stop(running, 'deviceMotion'),
  watchShake,
};
