// Reading codes: with the camera, from a picture, or typed by hand. Browsers without BarcodeDetector ask our server to read a
// small picture (POST /my/{appId}/decode).

import { el } from './dom';
import { my } from './host';
import { icon } from './icons';
import { openLayer, showToast } from './layer';
import { say } from './strings';

export interface Code {
  text: string;
  /** as the browser names it: qr_code, ean_13, … ; "typed" by hand */
  format: string;
}

/** Detector finds a code in what is drawable; null when there is none. */
export type Detector = (source: CanvasImageSource, width: number, height: number) => Promise<Code | null>;

interface OwnDetector {
  detect(source: CanvasImageSource): Promise<{ rawValue: string; format: string }[]>;
}

/** makeDetector takes the browser's own where it knows QR codes, else the server's eyes. */
export async function makeDetector(appId: string): Promise<Detector | null> {
  const make = (globalThis as { BarcodeDetector?: (new () => OwnDetector) & { getSupportedFormats?(): Promise<string[]> } }).BarcodeDetector;
  const known = (await make?.getSupportedFormats?.().catch(() => [])) ?? [];
  if (!make || !known.includes('qr_code')) return appId ? (source, width, height) => readByServer(appId, source, width, height) : null;
  const own = new make();
  return async (source) => {
    const [first] = await own.detect(source).catch(() => []);
    return first ? { text: first.rawValue, format: first.format } : null;
  };
}

const serverEdgePx = 720;

async function readByServer(appId: string, source: CanvasImageSource, width: number, height: number): Promise<Code | null> {
  if (!width || !height) return null;
  const scale = Math.min(1, serverEdgePx / Math.max(width, height));
  const canvas = el('canvas', { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) });
  canvas.getContext('2d')?.drawImage(source, 0, 0, canvas.width, canvas.height);
  const data = canvas.toDataURL('image/jpeg', 0.9).split(',', 2)[1] ?? '';
  const found = (await my(appId, 'decode', { data }).catch(() => null)) as Code | null;
  return found?.text ? found : null;
}

const lookEveryMs = 250;

/** openScanner waits for a code; null when the person left. Only a program's scanner (appId) has the server's eyes. */
export async function openScanner(host: HTMLElement, appId = '', hideAlbum = false): Promise<Code | null> {
  const detector = await makeDetector(appId);
  return new Promise((answer) => {
    const video = el('video', { playsinline: true, muted: true, autoplay: true });
    const hint = el('p', { class: 'scan-hint' }, say(detector ? 'point' : 'scanUnable'));
    let stream: MediaStream | null = null;
    let open = true;
    const done = (code: Code | null): void => {
      if (!open) return;
      open = false;
      stream?.getTracks().forEach((track) => track.stop());
      layer.close();
      answer(code);
    };
    const typed = el('input', { class: 'dialog-field', placeholder: say('scanManual'), 'aria-label': say('scanManual'), maxlength: 512 });
    typed.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && typed.value.trim()) done({ text: typed.value.trim(), format: 'typed' });
    });
    const file = el('input', { type: 'file', accept: 'image/*', hidden: true });
    file.addEventListener('change', () => void fromPicture(host, detector, file.files?.[0], done));
    const body = el(
      'div',
      { class: 'scan' },
      video,
      el('div', { class: 'scan-window', 'aria-hidden': 'true' }),
      el('button', { class: 'round scan-close', 'aria-label': say('close'), onclick: () => done(null) }, icon('close', 22)),
      el('div', { class: 'scan-foot' }, hint, typed, hideAlbum || !detector ? null : el('button', { class: 'soft', onclick: () => file.click() }, icon('image', 20), say('scanPicture')), file),
    );
    const layer = openLayer(host, 'page', say('scan'), body, () => done(null));
    void startCamera(video).then(
      (started) => {
        if (!open) return started.getTracks().forEach((track) => track.stop());
        stream = started;
        if (detector) void look(detector, video, () => open, done);
      },
      () => hint.replaceChildren(say('scanNoCamera')),
    );
  });
}

async function startCamera(video: HTMLVideoElement): Promise<MediaStream> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' }, audio: false });
  video.srcObject = stream;
  await video.play();
  return stream;
}

async function look(detect: Detector, video: HTMLVideoElement, open: () => boolean, done: (code: Code) => void): Promise<void> {
  while (open()) {
    const found = await detect(video, video.videoWidth, video.videoHeight);
    if (found) return done(found);
    await new Promise((next) => setTimeout(next, lookEveryMs));
  }
}

async function fromPicture(host: HTMLElement, detect: Detector | null, file: File | undefined, done: (code: Code) => void): Promise<void> {
  const picture = file ? await createImageBitmap(file).catch(() => null) : null;
  const found = picture && detect ? await detect(picture, picture.width, picture.height) : null;
  if (found) done(found);
  else if (file) showToast(host, say('scanNothing'));
}
