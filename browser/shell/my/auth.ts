// Who the person is, as far as the person allows: codes, name, phone, address, and the settings page.

import type { FrameToShell } from '../../wire/wire';
import { badArgument, fail, notAllowed, type Call, type Handlers } from '../broker';
import { openPermissions } from '../capsule';
import { consent, type Scope } from '../consent';
import { fetchText, my } from '../host';
import { assetAddress, type Running } from '../running';
import { toggleFavourite, type Shell } from '../shell';
import { text } from './dialog';
import { whereabouts } from './location';

async function allowed(running: Running, scope: Scope): Promise<void> {
  if (!(await consent(running, scope, true))) fail(notAllowed, 'the person did not allow this');
}

/** getAuthCode: auth_base is silent; auth_user asks. */
async function getAuthCode({ running, opts }: Call): Promise<unknown> {
  const scopes = (Array.isArray(opts.scopes) ? opts.scopes : [opts.scopes ?? 'auth_base']).slice(0, 8).map((s) => text(s, 64));
  if (scopes.some((s) => s !== 'auth_base')) await allowed(running, 'userInfo');
  const answer = (await my(running.program.appId, 'getAuthCode', { scopes })) as { authCode?: string } | null;
  return { ...answer, authSuccessScopes: scopes, authErrorScopes: {} };
}

/** getOpenUserInfo needs a button's getAuthorize before it; it never asks by itself. */
async function getOpenUserInfo({ running }: Call): Promise<unknown> {
  if (!running.consents.userInfo) fail(notAllowed, 'a button with open-type="getAuthorize" scope="userInfo" must ask first');
  return my(running.program.appId, 'getOpenUserInfo', {});
}

async function getAuthUserInfo({ running }: Call): Promise<unknown> {
  await allowed(running, 'userInfo');
  return my(running.program.appId, 'getAuthUserInfo', {});
}

async function getPhoneNumber({ running }: Call): Promise<unknown> {
  await allowed(running, 'phoneNumber');
  return my(running.program.appId, 'getPhoneNumber', {});
}

async function getAddress({ running }: Call): Promise<unknown> {
  await allowed(running, 'address');
  return my(running.program.appId, 'getAddress', {});
}

const guides: Record<string, Scope> = { LBS: 'location', CAMERA: 'camera', PHOTO: 'album', LOCATION: 'location' };

async function showAuthGuide({ running, opts }: Call): Promise<unknown> {
  const scope = guides[text(opts.authType, 32).toUpperCase()];
  if (!scope) fail(badArgument, `authType ${text(opts.authType, 32)} is not known here`);
  const shown = await consent(running, scope, true);
  return { shown: true, granted: shown };
}

const layoutMax = 64_000;

/** layoutText reads an XML file of the program, which a map draws. */
async function layoutText(running: Running, path: string): Promise<string> {
  if (!/^\/?[\w@.\-/]{1,200}\.xml$/.test(path) || path.includes('..')) fail(badArgument, `${path.slice(0, 100)} is not an XML file of the program`);
  return (await fetchText(assetAddress(running.bundle, path))).slice(0, layoutMax);
}

/** openFromButton answers button open-type, lifestyle, contact-button, favorite, and what a map wants to know. */
export async function openFromButton(shell: Shell, running: Running, m: Extract<FrameToShell, { k: 'open' }>): Promise<unknown> {
  if (m.what === 'getAuthorize') {
    await allowed(running, m.scope === 'phoneNumber' ? 'phoneNumber' : 'userInfo');
    return {};
  }
  if (m.what === 'location') return whereabouts(running);
  if (m.what === 'layout') return layoutText(running, String(m.path));
  if (m.what === 'favorite') return { isFavorite: toggleFavourite(shell, running.program.appId) };
  return fail(4, `${m.what} is not available on this platform`);
}

export const authCalls: Handlers = {
  getAuthCode,
  getOpenUserInfo,
  getAuthUserInfo,
  getPhoneNumber,
  getAddress,
  getSetting: ({ running }) => ({ authSetting: { ...running.consents } }),
  openSetting: async ({ running }) => {
    await openPermissions(running);
    return { authSetting: { ...running.consents } };
  },
  showAuthGuide,
};
