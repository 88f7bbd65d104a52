// Reading codes: with the camera where the browser has BarcodeDetector, from a picture, or typed by hand.

import { el } from './dom';
import { icon } from './icons';
import { openLayer, showToast } from './layer';
import { say } from './strings';

export interface Code {
  text: string;
  /** as the browser names it: qr_code, ean_13, … ; "typed" by hand */
  format: string;
}

interface Detector {
  detect(source: CanvasImageSource | Blob): Promise<{ rawValue: string; format: string }[]>;
}

function makeDetector(): Detector | null {
  const make = (globalThis as { BarcodeDetector?: new () => Detector }).BarcodeDetector;
  try {
    return make ? new make() : null;
  } catch {
    return null;
  }
}

const lookEveryMs = 150;

/** openScanner waits for a code; null when the person left. */
export function openScanner(host: HTMLElement): Promise<Code | null> {
  return new Promise((answer) => {
    const detector = makeDetector();
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
      el('div', { class: 'scan-foot' }, hint, typed, el('button', { class: 'soft', disabled: !detector, onclick: () => file.click() }, icon('image', 20), say('scanPicture')), file),
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

async function look(detector: Detector, video: HTMLVideoElement, open: () => boolean, done: (code: Code) => void): Promise<void> {
  while (open()) {
    const found = await detector.detect(video).catch(() => []);
    const first = found[0];
    if (first) return done({ text: first.rawValue, format: first.format });
    await new Promise((next) => setTimeout(next, lookEveryMs));
  }
}

async function fromPicture(host: HTMLElement, detector: Detector | null, file: File | undefined, done: (code: Code) => void): Promise<void> {
  if (!file || !detector) return;
  const found = await detector.detect(await createImageBitmap(file)).catch(() => []);
  const first = found[0];
  if (first) done({ text: first.rawValue, format: first.format });
  else showToast(host, say('scanNothing'));
}
