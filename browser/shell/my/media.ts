// Pictures: choose, look at, save, measure, compress.

import { badArgument, fail, type Call, type Handlers } from '../broker';
import { consent } from '../consent';
import { el, fill } from '../dom';
import { endingOf, isLocal } from '../files';
import { icon } from '../icons';
import { openLayer } from '../layer';
import { assetAddress, type Running } from '../running';
import { say } from '../strings';
import { generateImageFromCode } from './code';
import { queue, text } from './dialog';
import { dataAddress, fileOf, handOver, keepTemporary, pathOf } from './file';

const pictureEdgePx = 1_600;

/** pickFiles opens the device's own chooser. The browser wants a tap not long before. */
function pickFiles(running: Running, accept: string, count: number, camera: boolean): Promise<File[]> {
  return new Promise((done, refuse) => {
    const input = el('input', { type: 'file', accept, multiple: count > 1, hidden: true, ...(camera ? { capture: 'environment' } : {}) });
    const finish = (files: File[]): void => {
      input.remove();
      if (files.length) done(files.slice(0, count));
      else refuse({ error: 11, errorMessage: 'the person chose nothing' });
    };
    input.addEventListener('change', () => finish([...(input.files ?? [])]));
    input.addEventListener('cancel', () => finish([]));
    running.layers.append(input);
    input.click();
  });
}

async function chooseImage({ running, opts }: Call): Promise<unknown> {
  const count = Math.min(9, Math.max(1, Number(opts.count) || 1));
  const sources = Array.isArray(opts.sourceType) ? opts.sourceType : ['album', 'camera'];
  const files = await pickFiles(running, 'image/*', count, sources.length === 1 && sources[0] === 'camera');
  const paths = await Promise.all(files.map((file) => shrink(file, pictureEdgePx, 0.86).then(dataAddress)));
  return { apFilePaths: paths, tempFilePaths: paths, tempFiles: paths.map((path, i) => ({ path, size: files[i]?.size ?? 0 })) };
}

async function chooseVideo({ running, opts }: Call): Promise<unknown> {
  const sources = Array.isArray(opts.sourceType) ? opts.sourceType : ['album', 'camera'];
  const [file] = await pickFiles(running, 'video/*', 1, sources.length === 1 && sources[0] === 'camera');
  if (!file) return fail(11, 'the person chose nothing');
  const path = await keepTemporary(running, file);
  const { duration, width, height } = await measureVideo(file).catch(() => ({ duration: 0, width: 0, height: 0 }));
  return { apFilePath: path, tempFilePath: path, size: file.size, duration, width, height };
}

const measureMs = 15_000;

/** measureVideo lets the browser read as far as it must to know length (seconds) and size. */
async function measureVideo(file: Blob): Promise<{ duration: number; width: number; height: number }> {
  const video = el('video', { preload: 'metadata', muted: true });
  const address = URL.createObjectURL(file);
  try {
    await new Promise((done, refuse) => {
      video.onloadedmetadata = done;
      video.onerror = refuse;
      setTimeout(refuse, measureMs);
      video.src = address;
    });
    // Recordings of a browser do not say how long they are before their end was seen.
    if (video.duration === Infinity) {
      await new Promise((done) => {
        video.ondurationchange = () => video.duration !== Infinity && done(null);
        setTimeout(done, measureMs);
        video.currentTime = Number.MAX_SAFE_INTEGER;
      });
    }
    return { duration: Number.isFinite(video.duration) ? video.duration : 0, width: video.videoWidth, height: video.videoHeight };
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** getVideoInfo knows no frame rate: a browser does not tell it. */
async function getVideoInfo({ running, opts }: Call): Promise<unknown> {
  const src = text(opts.src, 1e8) || fail(badArgument, 'getVideoInfo needs src');
  const file = await fileOf(running, src);
  const { duration, width, height } = await measureVideo(file).catch(() => fail(badArgument, 'the video cannot be read'));
  return { orientation: 'up', type: endingOf(file.type), duration, size: Math.ceil(file.size / 1024), width, height, fps: 0, bitrate: duration ? Math.round((file.size * 8) / 1000 / duration) : 0 };
}

async function saveVideo({ running, opts }: Call): Promise<unknown> {
  if (!(await consent(running, 'album', true))) fail(11, 'the person did not allow saving');
  const file = await fileOf(running, pathOf({ filePath: opts.filePath ?? opts.src ?? opts.apFilePath }));
  handOver(file, `souk-${Date.now()}.${endingOf(file.type)}`);
  return { success: true };
}

/** shrink redraws a picture so that its longer edge fits; what cannot be decoded stays as it is. */
async function shrink(file: Blob, edge: number, quality: number): Promise<Blob> {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return file;
  const scale = Math.min(1, edge / Math.max(bitmap.width, bitmap.height));
  if (scale === 1 && file.size < 600_000) return file;
  const canvas = el('canvas', { width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale) });
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const type = file.type === 'image/png' ? 'image/png' : 'image/jpeg';
  return new Promise((done) => canvas.toBlob((blob) => done(blob ?? file), type, quality));
}

const compressEdges = [800, 1_280, 1_600, 4_096, 1_280];

async function compressImage({ running, opts }: Call): Promise<unknown> {
  const paths = Array.isArray(opts.apFilePaths) ? opts.apFilePaths.slice(0, 9) : opts.apFilePath ? [opts.apFilePath] : [];
  if (paths.length === 0) fail(badArgument, 'compressImage needs apFilePaths');
  const edge = compressEdges[Math.min(4, Math.max(0, Number(opts.compressLevel ?? 4)))] ?? 1_280;
  const done = await Promise.all(paths.map(async (path) => dataAddress(await shrink(await fileOf(running, text(path, 1e8)), edge, 0.7))));
  return { apFilePaths: done, tempFilePaths: done };
}

async function getImageInfo({ running, opts }: Call): Promise<unknown> {
  const src = text(opts.src, 1e8);
  if (!src) fail(badArgument, 'getImageInfo needs src');
  const address = await pictureAddress(running, src);
  const image = new Image();
  image.src = address;
  await image.decode().catch(() => fail(badArgument, 'the picture cannot be read'));
  const type = /^data:image\/(\w+)/.exec(src)?.[1] ?? /\.(\w{3,4})(\?|$)/.exec(src)?.[1]?.toLowerCase() ?? 'jpeg';
  return { width: image.naturalWidth, height: image.naturalHeight, path: src, orientation: 'up', type: type === 'jpg' ? 'jpeg' : type };
}

/** pictureAddress is where the shell itself reads a picture that a program names. */
async function pictureAddress(running: Running, src: string): Promise<string> {
  if (isLocal(src)) return dataAddress(await fileOf(running, src));
  return assetAddress(running.bundle, src) || fail(badArgument, 'this address is no picture');
}

const picturesMax = 50;

async function previewImage({ running, opts }: Call): Promise<unknown> {
  const urls = await Promise.all((Array.isArray(opts.urls) ? opts.urls : []).slice(0, picturesMax).map((u) => pictureAddress(running, text(u, 1e8))));
  if (urls.length === 0) fail(badArgument, 'previewImage needs urls');
  const current = typeof opts.current === 'string' ? Math.max(0, (opts.urls as unknown[]).indexOf(opts.current)) : Number(opts.current) || 0;
  await queue(running, () => showPictures(running, urls, Math.min(current, urls.length - 1)));
  return {};
}

function showPictures(running: Running, urls: string[], first: number): Promise<void> {
  return new Promise((done) => {
    const count = el('output', { class: 'preview-count' });
    const strip = el('div', { class: 'preview-strip' }, urls.map((src, i) => el('figure', null, el('img', { src, alt: say('pictureOf', i + 1, urls.length) }))));
    const leave = (): void => {
      layer.close();
      done();
    };
    const at = (): number => Math.round(strip.scrollLeft / Math.max(1, strip.clientWidth));
    const mark = (): void => fill(count, `${at() + 1} / ${urls.length}`);
    strip.addEventListener('scroll', mark, { passive: true });
    strip.addEventListener('click', leave);
    strip.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowRight') strip.scrollBy({ left: strip.clientWidth, behavior: 'smooth' });
      if (event.key === 'ArrowLeft') strip.scrollBy({ left: -strip.clientWidth, behavior: 'smooth' });
    });
    const body = el('div', { class: 'preview' }, strip, count, el('button', { class: 'round scan-close', 'aria-label': say('close'), onclick: leave }, icon('close', 22)));
    const layer = openLayer(running.layers, 'page', say('pictureOf', first + 1, urls.length), body, leave);
    strip.scrollLeft = first * strip.clientWidth;
    mark();
  });
}

/** saveImage hands the picture to the browser's own download. */
async function saveImage({ running, opts }: Call): Promise<unknown> {
  if (!(await consent(running, 'album', true))) fail(11, 'the person did not allow saving');
  const src = await pictureAddress(running, text(opts.url ?? opts.filePath ?? opts.apFilePath, 1e8));
  const response = await fetch(src).catch(() => null);
  const blob = src.startsWith('data:') ? await fileOf(running, src) : response?.ok ? await response.blob() : fail(12, 'the picture could not be fetched');
  handOver(blob, `souk-${Date.now()}.${endingOf(blob.type)}`);
  return {};
}

export const mediaCalls: Handlers = { chooseImage, chooseVideo, compressImage, getImageInfo, previewImage, saveImage, saveImageToPhotosAlbum: saveImage, getVideoInfo, saveVideoToPhotosAlbum: saveVideo, generateImageFromCode };
