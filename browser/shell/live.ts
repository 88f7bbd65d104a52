// Developer mode: the server tells over an event stream when the folder was compiled anew, and what was wrong with it.

import { forgetPrepared } from './ahead';
import { showProblems, type Problem } from './devpanel';
import { reload, type Opener } from './program';

interface News {
  /** the program in the folder; others may be open beside it */
  app: string;
  /** the bundle's hash, empty when compiling failed */
  bundle: string;
  problems: Problem[];
}

/** lookMillis is how soon a program that was still opening when the news came is found to be an old one. */
const lookMillis = 300;

/** listenToDeveloper reloads the open program when it is not what the folder was last compiled to, keeping its page. News that
 *  come while a program opens are not lost: what is in front is looked at again and again. */
export function listenToDeveloper(opener: Opener): void {
  let newest = '';
  let app = '';
  let busy = false;
  const look = async (): Promise<void> => {
    const front = opener.shell.front;
    if (busy || !front || newest === '' || front.program.appId !== app || front.bundle.hash === newest) return;
    busy = true;
    await reload(opener, front);
    busy = false;
  };
  const stream = new EventSource('/-/dev/events');
  stream.onmessage = (event) => {
    const news = JSON.parse(String(event.data)) as News;
    showProblems(opener.shell.over, news.problems.filter((p) => p.severity === 'error'));
    newest = news.bundle;
    app = news.app;
    forgetPrepared();
    void look();
  };
  setInterval(() => void look(), lookMillis);
}
