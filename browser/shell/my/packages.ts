// Sub-packages of the program's release, asked for by its worker when something in them is needed.

import type { Handlers } from '../broker';
import { loadPackage } from '../bundle';

export const packageCalls: Handlers = {
  loadPackage: ({ running, opts }) => loadPackage(running.bundle, String(opts.root ?? '')),
};
