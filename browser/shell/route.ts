// Where the shell is, in the address: /#/, /#/wallet, /#/bill/{id}, /#/program/{appId}?page=…&query=…&scene=….
// Pages of a program share one history with the shell, so the browser's back button leaves them one by one.

export interface Place {
  name: 'home' | 'wallet' | 'bills' | 'bill' | 'me' | 'consents' | 'program' | 'paycode' | 'collect' | 'transfer' | 'security' | 'cashier' | 'signin' | 'promises' | 'orders' | 'cards' | 'pass' | 'messages';
  /** bill id, pass id or appId */
  id: string;
  page: string;
  query: string;
  scene: string;
  /** everything after the question mark */
  params: URLSearchParams;
}

const names = ['wallet', 'bills', 'bill', 'me', 'consents', 'program', 'paycode', 'collect', 'transfer', 'security', 'cashier', 'signin', 'promises', 'orders', 'cards', 'pass', 'messages'] as const;

export function parsePlace(hash: string): Place {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [head = '', id = ''] = path.split('/').map(safeDecode);
  const params = new URLSearchParams(search);
  const name = names.find((n) => n === head) ?? 'home';
  return {
    name,
    id: id.slice(0, 64),
    page: (params.get('page') ?? '').slice(0, 1024),
    query: (params.get('query') ?? '').slice(0, 4096),
    scene: (params.get('scene') ?? '').slice(0, 16),
    params,
  };
}

function safeDecode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

/** programOf is the appId that an address names, "" when it names a page of the shell. */
export function programOf(hash: string): string {
  return safeDecode(/^#\/program\/([^/?]+)/.exec(hash)?.[1] ?? '');
}

/** programHash is the shareable address of a page of a program. */
export function programHash(appId: string, page = '', query = '', scene = ''): string {
  const params = new URLSearchParams();
  if (page) params.set('page', page);
  if (query) params.set('query', query);
  if (scene) params.set('scene', scene);
  const search = params.toString();
  return `#/program/${encodeURIComponent(appId)}${search ? `?${search}` : ''}`;
}

/** wantedKey keeps, in the tab, the address that somebody opened before signing in. */
export const wantedKey = 'souk.wanted';

export function go(hash: string): void {
  if (location.hash !== hash) location.hash = hash;
}
