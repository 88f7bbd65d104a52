// Opening a program through the real shell, sandbox and server on loopback: souk demo's coffee program. Warm: a tap on the
// home page, where the shell keeps a frame ready. Cold: its address in a browser context that has nothing cached.
// Painted: a message posted from the animation frame in which the first page with content stood has arrived.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { go, launch, median, root } from './tools.mjs';

const samples = 9, patience = 30_000, warmMs = 2500;

/** In every document: the frame says when it has painted, the shell when it was tapped and what it is waiting for. */
function listen() {
  const now = () => performance.timeOrigin + performance.now(), { postMessage } = MessagePort.prototype, after = new MessageChannel();
  after.port1.onmessage = () => console.debug('painted ' + now());
  MessagePort.prototype.postMessage = function (message, ...more) {
    postMessage.call(this, message, ...more);
    if (message?.k === 'painted') postMessage.call(after.port2, 0);
  };
  addEventListener('click', () => console.debug('tapped ' + now()), true);
  if (window === top) console.debug('began ' + performance.timeOrigin);
}

/** The moment of the next console message that begins with a word, in milliseconds. */
function moment(page, word) {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`the page never said "${word}"`)), patience);
    page.on('console', (m) => {
      if (!m.text().startsWith(word + ' ')) return;
      clearTimeout(timer);
      done(Number(m.text().slice(word.length + 1)));
    });
  });
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

const tile = (page) => page.locator('.grid').getByText('Northpier').first();

async function warmOpen(page, url) {
  await page.goto(url);
  await tile(page).waitFor({ timeout: patience });
  await page.waitForTimeout(warmMs);
  const tapped = moment(page, 'tapped'), painted = moment(page, 'painted');
  await tile(page).tap();
  return { took: (await painted) - (await tapped), address: page.url() };
}

async function coldOpen(page, address) {
  const began = moment(page, 'began'), painted = moment(page, 'painted');
  await page.goto(address, { waitUntil: 'commit' });
  return (await painted) - (await began);
}

/** Answers {warm, cold: median ms, warmBest, coldBest, words}. */
export async function measureOpening(say) {
  const server = await demo(), browser = await launch(false), warm = [], cold = [];
  try {
    let address = '';
    for (let n = 0; n <= samples; n++) {
      const got = await open(browser, (page) => warmOpen(page, server.url));
      address = got.address;
      if (n) warm.push(got.took);
    }
    for (let n = 0; n <= samples; n++) {
      const took = await open(browser, (page) => coldOpen(page, address));
      if (n) cold.push(took);
    }
  } finally {
    await browser.close();
    server.stop();
  }
  const words = `the coffee program of souk demo, ${samples} times each: warm ${median(warm).toFixed(0)} ms (best ${Math.min(...warm).toFixed(0)}), cold ${median(cold).toFixed(0)} ms (best ${Math.min(...cold).toFixed(0)}).`;
  say(words);
  return { warm: median(warm), warmBest: Math.min(...warm), cold: median(cold), coldBest: Math.min(...cold), words };
}
