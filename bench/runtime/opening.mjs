// Opening a program through the real shell, sandbox and server on loopback: souk demo's coffee program. Warm: a tap on the home page, where the
// shell keeps a sandbox ready; with the rest that a finger has on the glass, and without any. Cold: its address in a browser context that has
// nothing cached. Beside each, in the same turns, the floor: what the browser alone takes for as much (floor.mjs).
// Painted: a task of the highest priority has begun that was posted from the animation frame in which the first page with content stood, in the
// frame, and, if that is later, one posted from the animation frame of the shell in which the program was brought up.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { serveFloor } from './floor.mjs';
import { go, launch, median, root } from './tools.mjs';

const samples = 9, patience = 20_000, warmMs = 2500;
/** As long as Chromium's own synthetic tap holds; people's fingers rest 50 to 100 ms. */
const restMs = 50;

/** In every document: the frame says when it has painted, the shell when it was tapped, when it brought a program up, and when it began. */
function listen() {
  const now = () => performance.timeOrigin + performance.now(), { postMessage } = MessagePort.prototype;
  const after = (word) => scheduler.postTask(() => console.debug(`${word} ${now()}`), { priority: 'user-blocking' });
  MessagePort.prototype.postMessage = function (message, ...more) {
    postMessage.call(this, message, ...more);
    if (message?.k === 'painted') after('painted');
  };
  if (window !== top) return;
  console.debug('began ' + performance.timeOrigin);
  addEventListener('click', () => console.debug('tapped ' + now()), true);
  new MutationObserver((changes) => {
    if (changes.some(({ target, oldValue }) => target.matches('.program.in') && !/\bin\b/.test(oldValue ?? ''))) requestAnimationFrame(() => after('shown'));
  }).observe(document, { subtree: true, attributeFilter: ['class'], attributeOldValue: true });
}

/** The moment of the next console message that begins with a word, in milliseconds. */
function moment(page, word) {
  const said = new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`the page never said "${word}"`)), patience);
    page.on('console', (m) => {
      if (!m.text().startsWith(word + ' ')) return;
      clearTimeout(timer);
      done(Number(m.text().slice(word.length + 1)));
    });
  });
  said.catch(() => undefined);
  return said;
}

async function demo() {
  const binary = path.join(root, '.cache/bench/souk'), data = fs.mkdtempSync(path.join(os.tmpdir(), 'souk-bench-'));
  go(['build', '-o', binary, './cmd/souk']);
  const port = 20_000 + process.pid % 20_000;
  const server = spawn(binary, ['demo', '--data', data, '--addr', `127.0.0.1:${port}`], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  for (let n = 0; n < 200; n++) {
    if (await fetch(url).then((r) => r.ok, () => false)) break;
    await new Promise((next) => setTimeout(next, 100));
  }
  return { url, stop() { server.kill(); fs.rmSync(data, { recursive: true, force: true }); } };
}

async function open(browser, act) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await context.addInitScript(listen);
  const page = await context.newPage();
  try {
    return await act(page);
  } finally {
    await context.close();
  }
}

/** A finger on the middle of what is tapped, for so long. */
async function tap(page, target, rest) {
  const box = await target.boundingBox(), cdp = await page.context().newCDPSession(page);
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x: box.x + box.width / 2, y: box.y + box.height / 2 }] });
  if (rest) await page.waitForTimeout(rest);
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
}

async function warmOpen(page, url, rest) {
  const tile = page.locator('.grid').getByText('Northpier').first();
  await page.goto(url);
  await tile.waitFor({ timeout: patience });
  await page.waitForTimeout(warmMs);
  const moments = ['tapped', 'painted', 'shown'].map((word) => moment(page, word));
  await tap(page, tile, rest);
  const [tapped, painted, shown] = await Promise.all(moments);
  await page.waitForURL(/#\/program\//);
  return { took: Math.max(painted, shown) - tapped, address: page.url() };
}

async function coldOpen(page, address) {
  const moments = ['began', 'painted', 'shown'].map((word) => moment(page, word));
  await page.goto(address, { waitUntil: 'commit' });
  const [began, painted, shown] = await Promise.all(moments);
  return Math.max(painted, shown) - began;
}

async function warmFloor(page, url) {
  await page.goto(`${url}/tap`);
  await page.waitForTimeout(200);
  const moments = ['tapped', 'shown'].map((word) => moment(page, word));
  await tap(page, page.locator('button'), restMs);
  const [tapped, shown] = await Promise.all(moments);
  return shown - tapped;
}

async function coldFloor(page, url) {
  const moments = ['began', 'painted'].map((word) => moment(page, word));
  await page.goto(`${url}/cold`, { waitUntil: 'commit' });
  const [began, painted] = await Promise.all(moments);
  return painted - began;
}

/** Answers {warm, quick, cold, warmFloor, coldFloor: [median, best] in ms, words}. */
export async function measureOpening(say) {
  const server = await demo(), floor = await serveFloor(), browser = await launch(false), took = { warm: [], quick: [], cold: [], warmFloor: [], coldFloor: [] };
  try {
    const { address } = await open(browser, (page) => warmOpen(page, server.url, restMs));
    const acts = {
      warm: async (page) => (await warmOpen(page, server.url, restMs)).took, quick: async (page) => (await warmOpen(page, server.url, 0)).took,
      cold: (page) => coldOpen(page, address), warmFloor: (page) => warmFloor(page, floor.url), coldFloor: (page) => coldFloor(page, floor.url),
    };
    for (let n = 0; n <= samples; n++) {
      for (const [name, act] of Object.entries(acts)) {
        const ms = await open(browser, act);
        if (n) took[name].push(ms);
      }
    }
  } finally {
    await browser.close();
    floor.close();
    server.stop();
  }
  const figures = Object.fromEntries(Object.entries(took).map(([name, all]) => [name, [median(all), Math.min(...all)]]));
  const of = (name) => `${figures[name][0].toFixed(0)} ms (best ${figures[name][1].toFixed(0)})`;
  const words = `the coffee program of souk demo, ${samples} times each, in turns: warm, the finger resting ${restMs} ms, ${of('warm')}; without any rest ${of('quick')}; a page alone that shows on a tap what it has drawn already ${of('warmFloor')}. Cold ${of('cold')}; an empty page with an empty frame in a process of its own, a worker that says one word, and one line of text ${of('coldFloor')}.`;
  say(words);
  return { ...figures, words };
}
