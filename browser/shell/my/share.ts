// Sharing and moving between programs.

import { badArgument, fail, type Handlers } from '../broker';
import { openShare, shareProgram, shareSaid, type ShareWords } from '../capsule';
import { sure } from '../dialogs';
import { readProgram } from '../host';
import { programHash } from '../route';
import { nameOf } from '../shell';
import { say } from '../strings';
import { text } from './dialog';

function words(opts: Record<string, unknown>): ShareWords {
  return { title: text(opts.title, 200), desc: text(opts.desc, 500), path: text(opts.path, 1_024), imageUrl: text(opts.imageUrl, 2_000) };
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
  navigateToMiniProgram: async ({ shell, running, opts }) => {
    const appId = text(opts.appId, 64);
    if (!appId) fail(badArgument, 'navigateToMiniProgram needs appId');
    const program = await readProgram(appId);
    if (!(await sure(running.layers, say('goTo', nameOf(program))))) fail(13, 'the person stayed');
    const [page = '', query = ''] = text(opts.path, 1_024).replace(/^\//, '').split('?', 2);
    shell.open(appId, page, query || text(opts.query, 1_024), '1037');
    return {};
  },
  navigateBackMiniProgram: ({ running }) => {
    running.hide();
    history.back();
    return {};
  },
  getSharePath: ({ running }) => ({ path: `${location.origin}/${programHash(running.program.appId)}` }),
};
