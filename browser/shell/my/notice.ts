// my.requestSubscribeMessage and unsubscribeMessage: which messages of a program the person wants. The server keeps the answers; the shell asks.

import type { Call, Handlers } from '../broker';
import { my, Refused } from '../host';
import type { Running } from '../running';
import { askForMessages, type Asked, type AskedTemplate } from '../subscribe';
import { text } from './dialog';

const askedMax = 3;
/** Alipay's numbers of what goes wrong. */
const cancelled = 11;
const alreadyAsking = 15;
const badParameter = 203;
const otherProgram = 402;
const numbers: Record<string, number> = { NOTICE_INVALID: badParameter, NOTICE_TOO_MANY: badParameter, NOTICE_KINDS_MIXED: 106_002, NOTICE_TEMPLATE_UNKNOWN: 106_008 };

const asking = new WeakSet<Running>();

/** refused ends a call with a number under both names that programs read. */
function refused(error: number, errorMessage: string, more: Record<string, unknown> = {}): never {
  throw { behavior: '', show: false, keep: false, refuse: false, ...more, error, errorCode: error, errorMessage };
}

function entityIds({ running, opts }: Call): string[] {
  const ids = Array.isArray(opts.entityIds) ? opts.entityIds.map((id) => text(id, 64)) : [];
  if (ids.length === 0 || ids.length > askedMax || ids.includes('')) refused(badParameter, `entityIds names 1 to ${askedMax} templates`);
  if (opts.appId !== undefined && opts.appId !== running.program.appId) refused(otherProgram, 'appId is the program itself');
  return ids;
}

async function told<T>(answer: Promise<unknown>): Promise<T> {
  try {
    return (await answer) as T;
  } catch (problem) {
    const number = problem instanceof Refused ? numbers[problem.code] : undefined;
    return number ? refused(number, (problem as Refused).message) : Promise.reject(problem);
  }
}

async function requestSubscribeMessage(call: Call): Promise<unknown> {
  const ids = entityIds(call);
  const { running } = call;
  if (asking.has(running)) refused(alreadyAsking, 'the person is being asked already');
  asking.add(running);
  try {
    return await ask(running, ids);
  } finally {
    asking.delete(running);
  }
}

async function ask(running: Running, ids: string[]): Promise<unknown> {
  const { appId } = running.program;
  const asked = await told<Asked>(my(appId, 'subscriptions', { entityIds: ids }));
  const open = asked.templates.filter((t) => !t.silent);
  const accepted = asked.templates.filter((t) => t.silent && t.accepted).map((t) => t.id);
  if (running.denied) return outcome(asked.templates, [], [], { show: false, keep: false, refuse: false });
  // A yes that was given for good counts again for a template for once.
  if (accepted.length && !asked.lasting) await told(my(appId, 'subscribe', { entityIds: accepted, accepted, keep: true }));
  if (open.length === 0) return outcome(asked.templates, accepted, asked.lasting ? [] : accepted, { show: false, keep: false, refuse: false });
  const answer = await askForMessages(running, { ...asked, templates: open });
  if (!answer) return refused(cancelled, 'the person closed the question', { behavior: 'cancel', show: true, result: { ...lists(asked.templates, accepted, []), entityList: ids } });
  await told(my(appId, 'subscribe', { entityIds: open.map((t) => t.id), accepted: answer.accepted, keep: answer.keep }));
  const all = [...accepted, ...answer.accepted];
  return outcome(asked.templates, all, answer.accepted, { show: true, keep: answer.keep && !asked.lasting, refuse: answer.keep && asked.lasting });
}

function lists(templates: AskedTemplate[], accepted: string[], fresh: string[]): Record<string, string[]> {
  const ids = templates.map((t) => t.id);
  return { subscribedEntityIds: accepted, unsubscribedEntityIds: ids.filter((id) => !accepted.includes(id)), currentSubscribedEntityIds: fresh };
}

function outcome(templates: AskedTemplate[], accepted: string[], fresh: string[], how: Record<string, boolean>): unknown {
  const each = Object.fromEntries(templates.map((t) => [t.id, accepted.includes(t.id) ? 'accept' : 'reject']));
  return { ...each, ...how, behavior: 'subscribe', result: { subscribeEntityIds: accepted, ...lists(templates, accepted, fresh) } };
}

export const noticeCalls: Handlers = {
  requestSubscribeMessage,
  unsubscribeMessage: async (call) => {
    await told(my(call.running.program.appId, 'unsubscribe', { entityIds: entityIds(call) }));
    return { success: true };
  },
};
