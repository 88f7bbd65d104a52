// Who sent the person to a program, and with what: kept until that program is shown, whatever way it opens.

export interface Referrer {
  appId: string;
  extraData: unknown;
}

const waiting = new Map<string, Referrer>();
const waitingMax = 16;

/** refer says that `from` sends the person to a program, with data for it. */
export function refer(to: string, from: string, extraData: unknown): void {
  if (waiting.size >= waitingMax) waiting.clear();
  waiting.set(to, { appId: from, extraData: typeof extraData === 'object' && extraData !== null ? extraData : {} });
}

export function takeReferrer(appId: string): Referrer | undefined {
  const found = waiting.get(appId);
  waiting.delete(appId);
  if (found) senders.set(appId, found.appId);
  return found;
}

/** isReferred tells whether somebody sent the person to a program that was not shown since. */
export const isReferred = (appId: string): boolean => waiting.has(appId);

const senders = new Map<string, string>();

/** senderOf is who opened a program last, for my.navigateBackMiniProgram; "" when a person did. */
export function senderOf(appId: string): string {
  return senders.get(appId) ?? '';
}
