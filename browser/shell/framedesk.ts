// What a program's frame may ask of the shell: the picker's sheet, groups of elements, open-type buttons, web-views, cameras.
// The frame runs our runtime only, yet its messages are judged like any others.

import type { FrameToShell } from '../wire/wire';
import { closeCamera, pictureDrawn, wishCamera } from './camera';
import { failureOf, fetchText } from './host';
import { openFromButton } from './my/auth';
import type { Running } from './running';
import type { Shell } from './shell';
import type { Site } from './site';
import { say } from './strings';
import { closeWebView, openWebView, postToWebView } from './webview';
import { pickWheels } from './wheel';

const rangeMax = 2_000;

/** what others do with a message */
interface Ears {
  share(at: unknown): Promise<unknown>;
  alive(n: number): void;
  /** a page-container came or went */
  covered(): void;
}

const containersMost = 20;

/** makeFrameDesk answers the messages of one frame. */
export function makeFrameDesk(shell: Shell, running: Running, site: Site, ears: Ears): (event: MessageEvent) => void {
  const answer = (id: number, work: Promise<unknown>): void => {
    work.then(
      (data) => running.tellFrame({ k: 'reply', id, ok: true, data }),
      (problem) => running.tellFrame({ k: 'reply', id, ok: false, data: failureOf(problem) }),
    );
  };
  return (event) => {
    const m = event.data as FrameToShell;
    if (typeof m !== 'object' || m === null) return;
    if (m.k === 'sheet' && Array.isArray(m.range)) answer(m.id, pickOne(running, String(m.title || say('select')), m.range, Number(m.value) || 0));
    else if (m.k === 'group' && /^[a-z-]{1,32}$/.test(m.name)) answer(m.id, fetchText(`/-/group/${m.name}.js?v=${site.runtime}`));
    else if (m.k === 'file') answer(m.id, fileFor(running, String(m.path)));
    else if (m.k === 'open' && (m.what === 'share' || m.what === 'contactShare')) answer(m.id, ears.share(m.at));
    else if (m.k === 'open') answer(m.id, openFromButton(shell, running, m));
    else if (m.k === 'webview') openWebView(shell, running, m.id, m.page, String(m.src));
    else if (m.k === 'webviewPost') postToWebView(running, m.id, m.data);
    else if (m.k === 'container') cover(running, m, ears);
    else if (m.k === 'camera') wishCamera(shell, running, m);
    else if (m.k === 'cameraNext') pictureDrawn(running, m.id);
    else if (m.k === 'cameraClose') closeCamera(running, m.id);
    else if (m.k === 'pong') ears.alive(Number(m.n));
    else if (m.k === 'webviewClose') closeWebView(running, m.id);
  };
}

function cover(running: Running, m: Extract<FrameToShell, { k: 'container' }>, ears: Ears): void {
  if (!m.shown) running.containers.delete(m.id);
  else if (running.containers.size < containersMost) running.containers.set(m.id, m.page);
  ears.covered();
}

async function fileFor(running: Running, path: string): Promise<Blob> {
  await running.files.ready();
  return running.files.get(path)?.data ?? Promise.reject({ error: 10022, errorMessage: `${path.slice(0, 100)} is not there` });
}

async function pickOne(running: Running, title: string, range: unknown[], value: number): Promise<number> {
  const texts = range.slice(0, rangeMax).map(String);
  const chosen = await pickWheels(running.layers, { title, columns: () => [texts], chosen: [value] });
  if (!chosen) throw { error: 11, errorMessage: 'the person closed the sheet' };
  return chosen[0] ?? 0;
}
