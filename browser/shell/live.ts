// Developer mode: the server tells over an event stream when the folder was compiled anew, and what was wrong with it.

import { showProblems, type Problem } from './devpanel';
import { reload, type Opener } from './program';

interface News {
  /** the bundle's hash, empty when compiling failed */
  bundle: string;
  problems: Problem[];
}

/** listenToDeveloper reloads the open program when its bundle changed, keeping its page. */
export function listenToDeveloper(opener: Opener): void {
  let first = true;
  const stream = new EventSource('/-/dev/events');
  stream.onmessage = (event) => {
    const news = JSON.parse(String(event.data)) as News;
    const errors = news.problems.filter((p) => p.severity === 'error');
    showProblems(opener.shell.over, errors);
    const front = opener.shell.front;
    if (!first && front && news.bundle && news.bundle !== front.bundle.hash) reload(opener, front);
    first = false;
  };
}
