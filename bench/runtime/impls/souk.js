// Souk: the real frame in this document, the real worker in its thread, the compiled mini-program of ../program. This
// script stands where the shell stands; it is loaded before frame.js, and an operation is over when the frame answers the
// worker's flush, which it does when all of it is in the DOM.
const path = location.search.includes('cards') ? 'pages/cards/cards' : 'pages/rows/rows';
const traced = location.search.includes('trace');
let answered = null, worker = null;

const post = MessagePort.prototype.postMessage;
MessagePort.prototype.postMessage = function (message, ...more) {
  post.call(this, message, ...more);
  if (typeof message !== 'string') return;
  if (message.startsWith('[4,')) console.error('the frame: ' + message);
  if (!message.startsWith('[0,') || !answered) return;
  const done = answered;
  answered = null;
  if (traced) trace.ended = now();
  done();
};

// ---- ?trace: when the worker began and ended, and the frame; the clock of both is the same --------------------------------

const now = () => performance.timeOrigin + performance.now();
const trace = { asked: 0, workerBegan: 0, workerEnded: 0, frameBegan: 0, ended: 0, bytes: 0 };

function hear(proto, before) {
  const { set } = Object.getOwnPropertyDescriptor(proto, 'onmessage');
  Object.defineProperty(proto, 'onmessage', { set(f) { set.call(this, function (e) { before(e); f.call(this, e); }); } });
}

/** Put before the worker's runtime. */
function inWorker() {
  const now = () => performance.timeOrigin + performance.now(), tell = self.postMessage.bind(self), { postMessage } = MessagePort.prototype;
  let began = 0;
  hear(MessagePort.prototype, () => { began = now(); });
  MessagePort.prototype.postMessage = function (message, ...more) {
    postMessage.call(this, message, ...more);
    if (typeof message === 'string') tell({ began, ended: now(), bytes: message.length });
  };
}

function startTrace() {
  hear(MessagePort.prototype, (e) => { if (typeof e.data === 'string') trace.frameBegan = now(); });
  const Native = Worker;
  globalThis.Worker = function (url) {
    const made = new Native(url);
    made.addEventListener('message', ({ data }) => Object.assign(trace, { workerBegan: data.began, workerEnded: data.ended, bytes: data.bytes }));
    return made;
  };
}
if (traced) startTrace();

/** Milliseconds of the last operation: to the worker, in it, to the frame, in it; and the message's length. */
globalThis.parts = async () => {
  await new Promise((done) => setTimeout(done));
  const t = trace;
  return { there: t.workerBegan - t.asked, worker: t.workerEnded - t.workerBegan, back: t.frameBegan - t.workerEnded, frame: t.ended - t.frameBegan, bytes: t.bytes };
};

const text = (address) => fetch(address).then((r) => r.text());

async function setup() {
  const [bundleText, script, runtime] = await Promise.all([text('/made/bundle.json'), text('/made/app.js'), text('/made/worker.js')]);
  const { app, pages, components, views, styles, fonts } = JSON.parse(bundleText);
  const toWorker = new MessageChannel(), toFrame = new MessageChannel();
  worker = toWorker.port1;
  const ready = new Promise((done) => {
    worker.onmessage = ({ data }) => {
      if (data.k === 'error') console.error('the worker: ' + data.message);
      if (data.k === 'ready') done();
    };
  });
  toFrame.port1.onmessage = async ({ data }) => {
    if (data.k === 'group') toFrame.port1.postMessage({ k: 'reply', id: data.id, ok: true, data: await text(`/made/groups/${data.name}.js`) });
  };
  window.postMessage({ k: 'boot', bundle: { app, pages, views, styles, fonts }, worker: traced ? `${hear};(${inWorker})();${runtime}` : runtime, assets: location.origin + '/made/assets/', rpx: 1, theme: 'light', dev: false }, '*', [toWorker.port2, toFrame.port2]);
  worker.postMessage({ k: 'boot', appId: 'bench', bundle: { app, pages, components }, script, query: {}, path, scene: '1001', system: {}, storage: {}, person: {}, dev: false, language: 'en', settings: {} });
  await ready;
}

function ask(op, arg) {
  return new Promise((done) => {
    answered = done;
    trace.asked = now();
    worker.postMessage({ k: 'event', name: 'resize', data: { size: { op, arg } } });
  });
}

globalThis.impl = { setup };
for (const op of ['create', 'append', 'update10', 'update1', 'select', 'swap', 'reverse', 'remove', 'clear']) impl[op] = (arg) => ask(op, arg);
