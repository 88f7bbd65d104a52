// Passkeys: the device's own key instead of a PIN or a code. Where the browser cannot, or the page is open at an IP address, they are not offered.

import { call, my, type Session } from './host';
import type { Deed } from './purse';

export interface Passkey {
  id: string;
  name: string;
  madeAt: number;
  usedAt?: number;
}

/** canPasskey tells whether this browser can use passkeys at this address: they belong to a host's name. */
export function canPasskey(): boolean {
  const named = !/^[\d.]+$/.test(location.hostname) && !location.hostname.startsWith('[');
  return named && isSecureContext && typeof PublicKeyCredential === 'function' && typeof PublicKeyCredential.parseRequestOptionsFromJSON === 'function';
}

export const listPasskeys = () => call('GET', '/host/v1/passkeys') as Promise<{ passkeys: Passkey[] }>;
export const removePasskey = (id: string) => call('POST', '/host/v1/passkeys/remove', { id });

/** makePasskey asks the device for a new key and keeps it. */
export async function makePasskey(pin: string): Promise<void> {
  const asked = (await call('POST', '/host/v1/passkeys/ask', { purpose: 'register' })) as { publicKey: PublicKeyCredentialCreationOptionsJSON };
  const made = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked.publicKey) });
  await call('POST', '/host/v1/passkeys', { pin, name: navigator.userAgent, passkey: answerOf(made) });
}

/** provePasskey asks the device to prove the person for one deed; its answer allows no other. */
export async function provePasskey(deed: Deed): Promise<unknown> {
  return answerTo(await call('POST', '/host/v1/passkeys/ask', { purpose: 'spend', ...deed }));
}

/** provePayment asks the device to prove the person for paying one trade. */
export async function provePayment(appId: string, tradeNO: string): Promise<unknown> {
  return answerTo(await my(appId, 'askPasskey', { tradeNO }));
}

export async function signInByPasskey(): Promise<Session> {
  return (await call('POST', '/host/v1/signin/passkey', { passkey: await answerTo(await call('POST', '/host/v1/signin/passkey/ask', {})) })) as Session;
}

async function answerTo(asked: unknown): Promise<unknown> {
  const { publicKey } = asked as { publicKey: PublicKeyCredentialRequestOptionsJSON };
  return answerOf(await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) }));
}

function answerOf(credential: Credential | null): unknown {
  return (credential as PublicKeyCredential).toJSON();
}
