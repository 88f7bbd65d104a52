// Bundles: what a release is made of, fetched by the shell (never by the frame) and kept while the shell is open.

import type { AppConfig, ComponentEntry, PageEntry, Style, View } from '../wire/wire';
import { groupsFor, type Uses } from '../my/groups';
import { fetchText } from './host';
import { outside } from '../wire/outside';

export interface Bundle {
  hash: string;
  format: number;
  app: AppConfig;
  pages: Record<string, PageEntry>;
  components: Record<string, ComponentEntry>;
  views: View[];
  styles: Style[];
  fonts: string;
  script: string;
  /** what the program's source names: places by name */
  uses?: Uses & { api?: Record<string, unknown> };
  /** the texts of the groups of functions that the program needs, for its worker */
  groups: string[];
  /** whether its templates or styles may name something outside the release */
  outside: boolean;
  /** address of the assets, with a slash at its end */
  assets: string;
}

const bundlesKept = 8;
const kept = new Map<string, Promise<Bundle>>();
const knownFormat = 1;

/** loadBundle fetches a bundle once; its address contains its hash, so it never changes. */
export function loadBundle(hash: string): Promise<Bundle> {
  const known = kept.get(hash);
  if (known) return known;
  const loading = fetchBundle(hash);
  kept.set(hash, loading);
  loading.catch(() => kept.delete(hash));
  for (const old of kept.keys()) {
    if (kept.size <= bundlesKept) break;
    kept.delete(old);
  }
  return loading;
}

/** keepBundle takes a bundle whose texts came another way. */
export function keepBundle(hash: string, text: string, script: string): Promise<Bundle> {
  const known = kept.get(hash) ?? Promise.resolve().then(() => bundleOf(hash, text, script));
  kept.set(hash, known);
  return known;
}

const baseOf = (hash: string): string => `/-/bundle/${encodeURIComponent(hash)}/`;

async function fetchBundle(hash: string): Promise<Bundle> {
  const [text, script] = await Promise.all([fetchText(`${baseOf(hash)}bundle.json`), fetchText(`${baseOf(hash)}app.js`)]);
  return bundleOf(hash, text, script);
}

async function bundleOf(hash: string, text: string, script: string): Promise<Bundle> {
  const assets = `${location.origin}${baseOf(hash)}assets/`;
  const bundle = JSON.parse(withAssets(text, assets)) as Bundle;
  if (bundle.format !== knownFormat) throw new Error(`this release has format ${bundle.format}, this shell knows ${knownFormat}: update Souk`);
  return { ...bundle, outside: outside.test(text), hash, script, assets, groups: await groupTexts(bundle.uses) };
}

/** The groups come from addresses that contain the runtimes' hash; most programs need none. A release of a time that did not say what it calls gets all. */
function groupTexts(uses: Bundle['uses']): Promise<string[]> {
  const { runtime = '', dev } = document.getElementById('souk')?.dataset ?? {};
  return Promise.all(groupsFor(uses, dev === '1').map((name) => fetchText(`/-/my/${name}.js?v=${runtime}`)));
}

/** loadPackage fetches a sub-package: its script for the worker, and what the frame gets, as text. */
export async function loadPackage(bundle: Bundle, root: string): Promise<{ script: string; frame: string }> {
  const n = (bundle.app.subPackages ?? []).findIndex((p) => p.root === root);
  if (n < 0) throw new Error(`the program has no sub-package ${root}`);
  const base = `${baseOf(bundle.hash)}packages/${n}`;
  const [script, frame] = await Promise.all([fetchText(`${base}.js`), fetchText(`${base}.json`)]);
  return { script, frame: withAssets(frame, bundle.assets) };
}

/** withAssets turns souk-asset:/path, which the compiler wrote into styles, into the release's own addresses. */
function withAssets(text: string, assets: string): string {
  return text.replaceAll('souk-asset:/', assets);
}
