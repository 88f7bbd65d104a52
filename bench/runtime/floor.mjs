// What opening.mjs sets beside Souk's figures: the least that a browser takes for the same, whatever is written in it. /tap shows on a tap what is
// drawn already. /cold is a page that holds a sandboxed frame from a name of its own, which starts a worker and, at its first word, writes a line.
// Souk's headers stand on all of them that cost a browser time.
import http from 'node:http';

const paint = `const { port1 } = new MessageChannel(), paint = () => { document.body.append('hello'); requestAnimationFrame(() => port1.postMessage({ k: 'painted' })); };`;
const worker = `new Worker(URL.createObjectURL(new Blob(['postMessage(1)'], { type: 'text/javascript' }))).onmessage = paint;`;
const html = (body) => `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><body>${body}`;

const pages = {
  '/tap': () => html(`<style>.program { opacity: 0; } .in { opacity: 1; }</style><button onclick="document.querySelector('.program').classList.add('in')">tap</button><div class="program">hello</div>`),
  '/cold': (port) => html(`<iframe sandbox="allow-scripts" src="http://frame-${Math.random().toString(36).slice(2)}.localhost:${port}/frame"></iframe>`),
  '/frame': () => html(`<script>${paint}${worker}</script>`),
};
const headers = {
  'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store', 'Cross-Origin-Opener-Policy': 'same-origin',
  'Content-Security-Policy': `default-src 'none'; script-src 'unsafe-inline' blob:; worker-src blob:; style-src 'unsafe-inline'; frame-src http:`,
};

export async function serveFloor() {
  const server = http.createServer((request, answer) => {
    const page = pages[new URL(request.url, 'http://localhost').pathname];
    answer.writeHead(page ? 200 : 404, headers);
    answer.end(page?.(server.address().port));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => (server.closeAllConnections(), server.close()) };
}
