// Sharing and moving between programs.

import { badArgument, fail, type Call, type Handlers } from '../broker';
import { openShare, shareProgram, shareSaid, type ShareWords } from '../capsule';
import { sure } from '../dialogs';
import { readProgram } from '../host';
import { refer, senderOf } from '../referrer';
import { programHash } from '../route';
import { nameOf } from '../shell';
import { say } from '../strings';
import { text } from './dialog';

function words(opts: Record<string, unknown>): ShareWords {
  return { title: text(opts.title, 200), desc: text(opts.desc, 500), path: text(opts.path, 1_024), imageUrl: text(opts.imageUrl, 2_000) };
}

function queryText(query: unknown): string {
  return typeof query === 'object' && query !== null ? new URLSearchParams(Object.entries(query).map(([k, v]) => [k, text(v)])).toString() : text(query, 1_024);
}

/** visitProgram goes on to another program, when the person says so. */
export async function visitProgram({ shell, running }: Call, appId: string, path: string, more: string, extraData?: unknown): Promise<void> {
  const program = await readProgram(appId).catch(() => fail(31, `there is no program ${appId} here`));
  if (!(await sure(running.layers, say('goTo', nameOf(program))))) fail(13, 'the person stayed');
  const [page = '', query = ''] = path.replace(/^\//, '').split('?', 2);
  refer(appId, running.program.appId, extraData);
  shell.open(appId, page, query || more, '1037');
}

export const shareCalls: Handlers = {
  showSharePanel: ({ shell, running }) => shareProgram(shell, running, 'menu'),
  /** what onShareAppMessage returned */
  shareResult: ({ running, opts }) => {
    shareSaid(running, words(opts));
    return {};
  },
  startShare: ({ shell, running, opts }) => openShare(shell, running, words(opts)),
  showShareMenu: ({ running }) => ((running.shareMenu = true), {}),
  hideShareMenu: ({ running }) => ((running.shareMenu = false), {}),
  navigateToMiniProgram: async (call) => {
    const { appId, path, query, extraData } = call.opts;
    if (!text(appId, 64)) fail(badArgument, 'navigateToMiniProgram needs appId');
    await visitProgram(call, text(appId, 64), text(path, 1_024), queryText(query), extraData);
    return {};
  },
  navigateBackMiniProgram: ({ running, opts }) => {
    const sender = senderOf(running.program.appId);
    if (sender) refer(sender, running.program.appId, opts.extraData);
    running.hide();
    history.back();
    return {};
  },
  hideAddToDesktopMenu: () => ({}),
  hideAllAddToDesktopMenu: () => ({}),
  getSharePath: ({ running }) => ({ path: `${location.origin}/${programHash(running.program.appId)}` }),
};
