// What programs take with the page's <camera> (createCameraContext): photos, recordings, frames, zoom. The camera itself is in ../camera.

import { badArgument, fail, notSupported, type Call, type Handlers } from '../broker';
import { cameraOf, cover, pause, setTrack, zoomMost, type Camera } from '../camera';
import { consent } from '../consent';
import { el } from '../dom';
import { text } from './dialog';
import { keepTemporary } from './file';

const busy = 7;
const notAllowed = 2001;
const whileScanning = 1009;
const otherProblem = 1000;
const qualities: Record<string, number> = { high: 0.95, normal: 0.85, low: 0.6 };
const secondsUsual = 30;
const secondsMost = 600;
/** A program's file may have 10 MB: a recording ends before. */
const bytesMost = 9_500_000;
const bitsMost = 2_500_000;
const bitsLeast = 250_000;
const frameEveryMs = 66;

const recording = new WeakSet<Camera>();
const framing = new WeakSet<Camera>();

async function shot(c: Camera, quality: number): Promise<Blob> {
  const canvas = el('canvas', { width: c.video.videoWidth, height: c.video.videoHeight });
  canvas.getContext('2d')?.drawImage(c.video, 0, 0);
  return (await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', quality))) ?? fail(otherProblem, 'the camera gives no picture');
}

function notScanning(c: Camera): void {
  if (c.wish.scans) fail(whileScanning, 'a camera that reads codes takes no photos and records nothing');
}

async function cameraPhoto({ running, opts, signal }: Call): Promise<unknown> {
  const c = await cameraOf(running, opts, signal);
  notScanning(c);
  return { tempImagePath: await keepTemporary(running, await shot(c, qualities[text(opts.quality, 10)] ?? 0.85)) };
}

async function cameraZoom({ running, opts, signal }: Call): Promise<unknown> {
  const zoom = Number(opts.zoom);
  const c = await cameraOf(running, opts, signal);
  const most = zoomMost(c);
  if (!(zoom >= 1 && zoom <= most)) fail(badArgument, `zoom is from 1 to ${most} with this camera`);
  if (most > 1) await setTrack(c, { zoom }).catch(() => fail(notSupported, 'this browser does not zoom'));
  return { zoom };
}

/** cameraRecord lasts as long as the recording: it tells start, is told stop, and answers with the film. It ends with its time too, and with the camera. */
async function cameraRecord(call: Call): Promise<unknown> {
  const { running, opts, signal } = call;
  if (typeof MediaRecorder !== 'function') fail(notSupported, 'this browser does not record');
  const c = await cameraOf(running, opts, signal);
  notScanning(c);
  if (recording.has(c)) fail(busy, 'a recording is going on');
  recording.add(c);
  try {
    if (!(await consent(running, 'microphone', true))) fail(notAllowed, 'the person did not allow the microphone');
    const sound = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => null); // a device without one films in silence
    try {
      return await film(call, c, sound?.getAudioTracks() ?? []);
    } finally {
      sound?.getTracks().forEach((track) => track.stop());
    }
  } finally {
    recording.delete(c);
  }
}

async function film(call: Call, c: Camera, sound: MediaStreamTrack[]): Promise<unknown> {
  const pictures = c.stream?.getVideoTracks() ?? fail(otherProblem, 'the camera is off');
  const seconds = Math.min(secondsMost, Math.max(1, Number(call.opts.timeout) || secondsUsual));
  const videoBitsPerSecond = Math.min(bitsMost, Math.max(bitsLeast, Math.floor((bytesMost * 8) / seconds)));
  const mimeType = ['video/mp4', 'video/webm;codecs=vp8,opus', 'video/webm'].find((type) => MediaRecorder.isTypeSupported(type)) ?? '';
  const { videoWidth: width, videoHeight: height } = c.video;
  const thumb = await shot(c, 0.85);
  const recorder = new MediaRecorder(new MediaStream([...pictures, ...sound]), { mimeType, videoBitsPerSecond });
  const { parts, lasted } = await recorded(call, c, recorder, seconds * 1_000);
  const video = new Blob(parts, { type: recorder.mimeType.split(';', 1)[0] ?? '' });
  const tempThumbPath = await keepTemporary(call.running, thumb);
  const tempVideoPath = await keepTemporary(call.running, video);
  return { tempThumbPath, tempVideoPath, width, height, size: video.size, duration: Math.round(lasted / 100) / 10 };
}

/** recorded runs a recorder until it is told to stop, its time or room is used up, or the camera goes off. lasted is in ms. */
async function recorded(call: Call, c: Camera, recorder: MediaRecorder, most: number): Promise<{ parts: Blob[]; lasted: number }> {
  const parts: Blob[] = [];
  let bytes = 0;
  let from = performance.now();
  const end = (): void => void (recorder.state !== 'inactive' && recorder.stop());
  call.told((what) => what === 'stop' && end());
  call.signal.addEventListener('abort', end);
  c.ending.add(end);
  const late = setTimeout(end, most);
  await new Promise((done, refuse) => {
    recorder.ondataavailable = ({ data }) => {
      parts.push(data);
      bytes += data.size;
      if (bytes > bytesMost) end();
    };
    recorder.onstart = () => ((from = performance.now()), call.emit('start'));
    recorder.onerror = () => refuse({ error: otherProblem, errorMessage: 'the recording was interrupted' });
    recorder.onstop = done;
    recorder.start(1_000);
  }).finally(() => (clearTimeout(late), c.ending.delete(end)));
  return { parts, lasted: performance.now() - from };
}

/** cameraFrames tells frame {width, height, data: RGBA}, each when the program has heard the last, until it is told stop. */
async function cameraFrames(call: Call): Promise<unknown> {
  const c = await cameraOf(call.running, call.opts, call.signal);
  if (framing.has(c)) fail(busy, 'frames are listened to already');
  const [width, height] = c.wish.frame;
  const pen = el('canvas', { width, height }).getContext('2d', { willReadFrequently: true }) ?? fail(notSupported, 'this browser cannot draw');
  let open = true;
  let heard = (): void => undefined;
  const end = (): void => ((open = false), heard());
  call.told((what) => (what === 'stop' ? end() : heard()));
  call.signal.addEventListener('abort', end);
  framing.add(c);
  call.emit('start');
  while (open && (c.state as string) !== 'closed') {
    if (c.state === 'on' && c.video.videoWidth) {
      pen.drawImage(c.video, ...cover(c, width, height), 0, 0, width, height);
      const next = new Promise<void>((done) => (heard = done));
      call.emit('frame', { width, height, data: pen.getImageData(0, 0, width, height).data.buffer });
      await next;
    }
    await pause(frameEveryMs);
  }
  framing.delete(c);
  return {};
}

export const cameraCalls: Handlers = { cameraPhoto, cameraZoom, cameraRecord, cameraFrames };
