// <camera>: the device's camera inside a program's page. A program's frame may not open one. The shell does, with the person's consent
// and while the page is in front, and hands the frame one picture after the other, each when the last was drawn. What programs take with
// it (photos, recordings, frames) is in my/camera.ts.

import type { FrameToShell } from '../wire/wire';
import { fail } from './broker';
import { consent } from './consent';
import { el } from './dom';
import { topOf, type Running } from './running';
import { makeDetector, type Detector } from './scanner';
import type { Shell } from './shell';

/** what an element asks for */
interface Wish {
  scans: boolean;
  front: boolean;
  light: boolean;
  /** pixels of the shorter edge */
  edge: number;
  /** size of the frames for onCameraFrame */
  frame: [width: number, height: number];
  /** size of the pictures on the page */
  width: number;
  height: number;
}

export interface Camera {
  page: number;
  name: string;
  wish: Wish;
  video: HTMLVideoElement;
  state: 'off' | 'starting' | 'on' | 'refused' | 'closed';
  stream: MediaStream | null;
  /** counts starts and stops: whoever waited in between finds that it has changed */
  turn: number;
  /** the frame has drawn the last picture */
  drawn: () => void;
  /** told when the camera goes off, before its tracks end */
  ending: Set<() => void>;
}

const camerasMost = 10;
const edges: Record<string, number> = { '360P': 360, '540P': 540, '720P': 720, '1080P': 1_080, max: 2_160 };
const frames: Record<string, [number, number]> = { small: [360, 640], medium: [540, 960], large: [720, 1_280] };
const pictureEdgeMost = 1_600;
const pictureEveryMs = 33;
const lookEveryMs = 250;
const lookAgainMs = 1_000;
const openWithinMs = 5_000;
const noPermission = 1004;
const otherProblem = 1000;
const notAllowedWords = 'the person did not allow the camera';

const cameras = new WeakMap<Running, Map<number, Camera>>();
const asking = new WeakMap<Running, Promise<boolean>>();

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

function wishOf(m: Extract<FrameToShell, { k: 'camera' }>): Wish {
  const pixels = (value: unknown): number => Math.min(pictureEdgeMost, Math.max(1, Math.round(Number(value)) || 1));
  return {
    scans: m.mode === 'scanCode',
    front: m.facing === 'front',
    light: m.flash === 'on' || m.flash === 'torch',
    edge: edges[String(m.dimension)] ?? 720,
    frame: frames[String(m.frame)] ?? [540, 960],
    width: pixels(m.width),
    height: pixels(m.height),
  };
}

/** wishCamera takes what an element says of itself, at first and after every change. */
export function wishCamera(shell: Shell, running: Running, m: Extract<FrameToShell, { k: 'camera' }>): void {
  const all = cameras.get(running) ?? new Map<number, Camera>();
  cameras.set(running, all);
  const id = Number(m.id);
  const wish = wishOf(m);
  let c = all.get(id);
  if (!c && all.size >= camerasMost) return;
  if (!c) {
    const video = el('video', { class: 'camera-source', playsinline: true, muted: true, autoplay: true, 'aria-hidden': 'true' });
    c = { page: Number(m.page), name: String(m.name).slice(0, 128), wish, video, state: 'off', stream: null, turn: 0, drawn: () => undefined, ending: new Set() };
    all.set(id, c);
    running.root.append(video);
  }
  const other = c.wish.front !== wish.front || c.wish.edge !== wish.edge || c.wish.scans !== wish.scans;
  c.wish = wish;
  if (other && c.state !== 'refused') turnOff(running, c);
  if (c.state === 'on') void lighten(c);
  showCameras(shell, running);
}

/** showCameras turns on those of the page that a person sees, and off all others. */
export function showCameras(shell: Shell, running: Running): void {
  const inFront = shell.front === running && !document.hidden;
  for (const [id, c] of cameras.get(running) ?? []) {
    if (!inFront || topOf(running)?.id !== c.page) hide(running, id, c);
    else if (running.consents.camera !== false && c.state === 'off') void turnOn(shell, running, id, c);
    else if (running.consents.camera === false && c.state !== 'refused') refuse(running, id, c, noPermission, notAllowedWords);
  }
}

function hide(running: Running, id: number, c: Camera): void {
  const was = c.state;
  turnOff(running, c);
  if (was === 'on') tell(running, id, 'stop');
}

function tell(running: Running, id: number, type: 'ready' | 'stop' | 'error' | 'scanCode', detail: unknown = {}): void {
  running.tellFrame({ k: 'hear', id, type, detail });
}

function refuse(running: Running, id: number, c: Camera, errorCode: number, errorMessage: string): void {
  turnOff(running, c);
  c.state = 'refused';
  tell(running, id, 'error', { errorCode, errorMessage });
}

function turnOff(running: Running, c: Camera): void {
  for (const end of c.ending) end();
  c.turn += 1;
  c.state = 'off';
  c.stream?.getTracks().forEach((track) => track.stop());
  c.stream = null;
  c.video.srcObject = null;
  c.drawn();
  showUse(running);
}

/** showUse puts a sign into the bar while a program sees through the camera. */
function showUse(running: Running): void {
  running.root.classList.toggle('filmed', [...(cameras.get(running)?.values() ?? [])].some((c) => c.state === 'on'));
}

async function turnOn(shell: Shell, running: Running, id: number, c: Camera): Promise<void> {
  const turn = ++c.turn;
  c.state = 'starting';
  const asked = asking.get(running) ?? consent(running, 'camera');
  asking.set(running, asked);
  const granted = await asked.catch(() => false);
  asking.delete(running);
  if (c.turn !== turn) return;
  if (!granted) return refuse(running, id, c, noPermission, notAllowedWords);
  const stream = await openDevice(c.wish).catch((problem: Error) => problem);
  if (c.turn !== turn) return stream instanceof MediaStream ? stream.getTracks().forEach((track) => track.stop()) : undefined;
  if (!(stream instanceof MediaStream)) return refuse(running, id, c, stream.name === 'NotAllowedError' ? noPermission : otherProblem, stream.message || 'there is no camera');
  c.stream = stream;
  c.video.srcObject = stream;
  const played = await c.video.play().then(() => true, () => false);
  if (c.turn !== turn) return;
  if (!played) return refuse(running, id, c, otherProblem, 'the camera gives no picture');
  stream.getVideoTracks()[0]?.addEventListener('ended', () => c.turn === turn && refuse(running, id, c, otherProblem, 'the camera was taken away'));
  c.state = 'on';
  showUse(running);
  await lighten(c);
  tell(running, id, 'ready', { maxZoom: zoomMost(c) });
  void showPictures(shell, running, id, c, turn);
  if (c.wish.scans) void look(running, id, c, turn);
}

function openDevice({ front, edge }: Wish): Promise<MediaStream> {
  if (!navigator.mediaDevices) return Promise.reject(new Error('this browser opens no camera'));
  return navigator.mediaDevices.getUserMedia({ video: { facingMode: front ? 'user' : 'environment', height: { ideal: edge }, width: { ideal: Math.round((edge * 16) / 9) } }, audio: false });
}

interface Able extends MediaTrackCapabilities {
  zoom?: { min: number; max: number };
  torch?: boolean;
}

function able(c: Camera): Able {
  return (c.stream?.getVideoTracks()[0]?.getCapabilities?.() ?? {}) as Able;
}

export function zoomMost(c: Camera): number {
  return Math.max(1, able(c).zoom?.max ?? 1);
}

/** setTrack asks something of the device that not every browser knows: zoom, torch. */
export async function setTrack(c: Camera, wanted: { zoom: number } | { torch: boolean }): Promise<void> {
  await c.stream?.getVideoTracks()[0]?.applyConstraints({ advanced: [wanted as MediaTrackConstraintSet] });
}

async function lighten(c: Camera): Promise<void> {
  if (able(c).torch) await setTrack(c, { torch: c.wish.light }).catch(() => undefined);
}

/** cover is the part of the picture that fills a box of this shape, from its middle. */
export function cover(c: Camera, width: number, height: number): [x: number, y: number, width: number, height: number] {
  const { videoWidth, videoHeight } = c.video;
  const scale = Math.min(videoWidth / width, videoHeight / height);
  const [w, h] = [width * scale, height * scale];
  return [(videoWidth - w) / 2, (videoHeight - h) / 2, w, h];
}

function picture(c: Camera): Promise<ImageBitmap> {
  const { width, height } = c.wish;
  const [x, y, w, h] = cover(c, width, height);
  const scale = Math.min(1, w / width);
  return createImageBitmap(c.video, x, y, w, h, { resizeWidth: Math.max(1, Math.round(width * scale)), resizeHeight: Math.max(1, Math.round(height * scale)) });
}

async function showPictures(shell: Shell, running: Running, id: number, c: Camera, turn: number): Promise<void> {
  while (c.turn === turn) {
    const began = performance.now();
    const next = await picture(c).catch(() => null);
    if (c.turn !== turn) return next?.close();
    if (next) {
      const drawn = new Promise<void>((done) => (c.drawn = done));
      running.tellFrame({ k: 'hear', id, type: 'picture', detail: next }, [next]);
      await drawn;
    }
    await pause(Math.max(0, pictureEveryMs - (performance.now() - began)));
    if (c.turn === turn && !running.consents.camera) showCameras(shell, running); // taken back meanwhile
  }
}

async function look(running: Running, id: number, c: Camera, turn: number): Promise<void> {
  const detect: Detector | null = await makeDetector(running.program.appId);
  if (!detect && c.turn === turn) return tell(running, id, 'error', { errorCode: otherProblem, errorMessage: 'this browser reads no codes' });
  while (detect && c.turn === turn) {
    const found = await detect(c.video, c.video.videoWidth, c.video.videoHeight).catch(() => null);
    if (c.turn !== turn) return;
    if (found) tell(running, id, 'scanCode', { type: found.format, result: found.text });
    await pause(found ? lookAgainMs : lookEveryMs);
  }
}

/** pictureDrawn is the frame's word that it has drawn the last picture. */
export function pictureDrawn(running: Running, id: number): void {
  cameras.get(running)?.get(id)?.drawn();
}

export function closeCamera(running: Running, id: number): void {
  const c = cameras.get(running)?.get(id);
  if (!c) return;
  cameras.get(running)?.delete(id);
  turnOff(running, c);
  c.state = 'closed';
  c.video.remove();
}

export function closeCameras(running: Running): void {
  for (const id of [...(cameras.get(running)?.keys() ?? [])]) closeCamera(running, id);
}

/** cameraOf finds the camera of a page, by its id where one is given, and waits until it is on. */
export async function cameraOf(running: Running, opts: Record<string, unknown>, signal: AbortSignal): Promise<Camera> {
  const name = typeof opts.name === 'string' ? opts.name : '';
  for (const end = performance.now() + openWithinMs; ; ) {
    const c = [...(cameras.get(running)?.values() ?? [])].find((one) => one.page === opts.page && (name === '' || one.name === name));
    if (c?.state === 'on') return c;
    if (c?.state === 'refused') fail(2001, 'the camera was not allowed, or there is none');
    if (signal.aborted || (c?.state !== 'starting' && performance.now() > end)) fail(otherProblem, c ? 'the camera is off' : `the page has no camera${name && ` with the id ${name.slice(0, 64)}`}`);
    await pause(50);
  }
}
