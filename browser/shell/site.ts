// What the page itself knows (addresses and hashes, the runtimes' texts), and what its first lines (early.ts) have begun.

import type { Sandbox, Sources } from './sandbox';

export interface Site extends Sources {
  dev: boolean;
  /** compiler/compat's table of components, for canIUse */
  compat: Record<string, boolean>;
}

/** Early is what early.ts leaves for the shell. */
export interface Early extends Sources {
  dev: boolean;
  compat: Promise<string>;
  phone: HTMLElement;
  programs: HTMLElement;
  /** the answer of /host/v1/session, when no program is opened by the address */
  session?: Promise<Response>;
  opening?: Opening;
}

/** Opening is a program that the address names, under way. */
export interface Opening {
  appId: string;
  /** the answer of /host/v1/open */
  answer: Promise<Response>;
  /** the release that was used last: bundle.json and app.js */
  bundle: { hash: string; texts: Promise<[string, string]> } | null;
  view: HTMLElement;
  hold: HTMLElement;
  box: Sandbox;
  /** where programs store things on this device */
  database: Promise<IDBDatabase>;
}

/** takeEarly finds what was begun, once. */
export function takeEarly(): Early {
  const scope = globalThis as { soukEarly?: Early };
  const early = scope.soukEarly;
  delete scope.soukEarly;
  if (!early) throw new Error('the page lacks its first script');
  return early;
}

/** siteOf: ready says that all of it is there, or that it could not be had. */
export function siteOf(early: Early): { site: Site; ready: Promise<void> } {
  const { frames, policy, nonce, runtime, runtimes, dev } = early;
  const site: Site = { frames, policy, nonce, runtime, runtimes, dev, compat: {} };
  const ready = early.compat.then(
    (words) => void (site.compat = JSON.parse(words) as Site['compat']),
    () => undefined,
  );
  return { site, ready };
}
