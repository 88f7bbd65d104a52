// What the benchmark needs around it: npm packages of other frameworks (into .cache/npm/runtime), their bundles, Chromium,
// a server for one page, medians.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { templates } from './impls/templates.mjs';

export const here = path.dirname(fileURLToPath(import.meta.url));
export const root = path.resolve(here, '../..');
const cache = path.join(root, '.cache/npm/runtime');
export const packages = {
  'playwright-core': '1.65.1', esbuild: '0.28.2', 'solid-js': '1.9.19', lit: '3.3.3', preact: '11.2.0',
  'glass-easel': '0.12.1', 'glass-easel-template-compiler': '0.12.1',
};
const need = createRequire(path.join(cache, 'package.json'));

/** Installs what is missing. */
export function fetchPackages() {
  const missing = Object.entries(packages).filter(([name, version]) => {
    try {
      return JSON.parse(fs.readFileSync(path.join(cache, 'node_modules', name, 'package.json'), 'utf8')).version !== version;
    } catch {
      return true;
    }
  });
  if (!missing.length) return;
  fs.mkdirSync(cache, { recursive: true });
  if (!fs.existsSync(path.join(cache, 'package.json'))) fs.writeFileSync(path.join(cache, 'package.json'), '{"private":true}\n');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--save-exact', ...Object.entries(packages).map(([name, version]) => `${name}@${version}`)], { cwd: cache, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Runs a command of this repository's Go code and answers what it prints. */
export function go(args) {
  return execFileSync('go', args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 26 }).toString();
}

/** Bundles impls/<name>.js for the browser and answers the text. */
export async function bundle(name) {
  const compiled = {
    name: 'templates',
    setup(b) {
      b.onResolve({ filter: /^virtual:templates$/ }, () => ({ path: 'templates', namespace: 'made' }));
      b.onLoad({ filter: /.*/, namespace: 'made' }, () => {
        const group = new (need('glass-easel-template-compiler').TmplGroup)();
        for (const [key, text] of Object.entries(templates)) group.addTmpl(key, text);
        return { contents: `export default () => { return ${group.getTmplGenObjectGroups()} }`, loader: 'js' };
      });
    },
  };
  const made = await need('esbuild').build({
    entryPoints: [path.join(here, 'impls', name + '.js')], bundle: true, minify: true, format: 'iife', write: false, logLevel: 'error',
    nodePaths: [path.join(cache, 'node_modules')], conditions: ['browser', 'production'], mainFields: ['browser', 'module', 'main'],
    define: { 'process.env.NODE_ENV': '"production"' }, plugins: [compiled],
  });
  return made.outputFiles[0].text;
}

/** Chromium's own pages, of its address bar, would be loaded in every window while we measure. The others are those of playwright's list that
 *  ask the network: the last list counts. */
const without = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'WebUIOmniboxFullPopup', 'Translate', 'MediaRouter', 'OptimizationHints', 'NetworkTimeServiceQuerying', 'AimEnabled', 'PreconnectToSearch'];

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--disable-features=' + without.join(), '--js-flags=--expose-gc', '--disable-background-timer-throttling', '--disable-renderer-backgrounding'];

function chromiumPath() {
  for (const dir of (process.env.PATH ?? '').split(path.delimiter)) if (fs.existsSync(path.join(dir, 'chromium'))) return path.join(dir, 'chromium');
  throw new Error('Chromium is needed: install the Debian package chromium');
}

/** free: frames are drawn as fast as they can be, not at the display's pace. */
export function launch(free) {
  const more = free ? ['--disable-frame-rate-limit', '--disable-gpu-vsync'] : [];
  return need('playwright-core').chromium.launch({ executablePath: chromiumPath(), headless: true, args: [...flags, ...more] });
}

const types = { '.js': 'text/javascript', '.json': 'application/json', '.html': 'text/html; charset=utf-8' };

/** Serves `pages` (address → text) and the files of `folder` under /made/, isolated so that the clock has 5 µs steps. */
export async function serve(pages, folder) {
  const server = http.createServer((request, answer) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const text = pages[pathname] ?? fileIn(folder, pathname);
    const headers = {
      'Content-Type': types[path.extname(pathname)] ?? types['.html'], 'Cache-Control': 'no-store',
      'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp', 'Cross-Origin-Resource-Policy': 'same-origin',
    };
    answer.writeHead(text === null ? 404 : 200, headers);
    answer.end(text);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

function fileIn(folder, address) {
  const file = path.join(folder, path.normalize(address).replace(/^\/made\//, ''));
  return address.startsWith('/made/') && file.startsWith(folder) && fs.existsSync(file) ? fs.readFileSync(file) : null;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b), half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

export function machine() {
  const [cpu] = os.cpus();
  return `${os.cpus().length} × ${cpu.model.trim()}, load ${os.loadavg().map((n) => n.toFixed(1)).join(' ')}`;
}
