// The shell's first lines, inlined in its page: whatever opening a program from its address waits for is asked for here, all at
// once, while the shell's own script is still on its way. Entry point; site.ts takes over what it leaves.

import { programOf } from './route';
import { makeSandbox, type Sources } from './sandbox';
import type { Early, Opening } from './site';
import { openDatabase } from './store';

function begin(own: HTMLScriptElement): Early {
  const { runtime = '', compat = '', frames = '', policy = '' } = own.dataset;
  const text = (path: string): Promise<string> => {
    const coming = fetch(path).then((r) => (r.ok ? r.text() : Promise.reject(new Error(`${path} answered ${r.status}`))));
    coming.catch(() => undefined);
    return coming;
  };
  const call = (path: string): Promise<Response> => {
    const coming = fetch(path, { credentials: 'same-origin', headers: { 'X-Souk': '1' } });
    coming.catch(() => undefined);
    return coming;
  };
  let coming: Promise<[string, string]> | null = null;
  const runtimes = (): Promise<[string, string]> => (coming ??= Promise.all([text(`/-/frame.js?v=${runtime}`), text(`/-/worker.js?v=${runtime}`)]));
  const appId = programOf(location.hash);
  const phone = document.body.appendChild(document.createElement('div'));
  const programs = phone.appendChild(document.createElement('div'));
  phone.id = 'phone';
  programs.className = 'programs';
  const sources = { frames, policy, nonce: own.nonce, runtime, runtimes };
  // The frame first: nothing takes as long as its process.
  const begun = appId ? beginView(sources, programs) : null;
  const early = { ...sources, dev: own.dataset.dev === '1', compat: text(`/-/compat.json?v=${compat}`), phone, programs };
  if (!appId || !begun) return { ...early, session: call('/host/v1/session') };
  const have = localStorage.getItem(`souk.bundle.${appId}`) ?? '';
  const address = `/-/bundle/${encodeURIComponent(have)}/`;
  return {
    ...early,
    opening: {
      ...begun,
      appId,
      answer: call(`/host/v1/open/${encodeURIComponent(appId)}?have=${encodeURIComponent(have)}`),
      bundle: have ? { hash: have, texts: Promise.all([text(`${address}bundle.json`), text(`${address}app.js`)]) } : null,
      database: openDatabase(),
    },
  };
}

function beginView(sources: Sources, programs: HTMLElement): Pick<Opening, 'view' | 'hold' | 'box'> {
  const view = programs.appendChild(document.createElement('section'));
  const hold = view.appendChild(document.createElement('div'));
  view.className = 'program warm';
  view.inert = true;
  hold.className = 'hold';
  return { view, hold, box: makeSandbox(sources, hold, true) };
}

(globalThis as { soukEarly?: Early }).soukEarly = begin(document.getElementById('souk') as HTMLScriptElement);
