// The shell's own icons: 24×24, drawn as strokes in the current colour.

import { svg } from './dom';

const paths = {
  home: 'M4 11.2 12 4l8 7.2M6 10v9.5h4.5V14h3v5.5H18V10',
  wallet: 'M4 7.5h14.5A1.5 1.5 0 0 1 20 9v9.5a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18.5V6a2 2 0 0 1 2-2h10.5M16 13.75h.01',
  person: 'M12 12.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5c.6-3.7 3.7-5.5 7.5-5.5s6.9 1.8 7.5 5.5',
  search: 'M10.8 17.6a6.8 6.8 0 1 0 0-13.6 6.8 6.8 0 0 0 0 13.6ZM16 16l4.5 4.5',
  back: 'M15 4.5 7.5 12 15 19.5',
  next: 'M9.5 5.5 16 12l-6.5 6.5',
  close: 'M6 6l12 12M18 6 6 18',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  check: 'M5 12.5 10 17.5 19.5 7',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12ZM12 14.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6Z',
  eyeOff: 'M4 4l16 16M9.9 5.8A9 9 0 0 1 12 5.5c6 0 9.5 6.5 9.5 6.5a17 17 0 0 1-3 3.7M6.3 7.5A16.5 16.5 0 0 0 2.5 12S6 18.5 12 18.5a9 9 0 0 0 4.4-1.2M9.9 10a2.8 2.8 0 0 0 4 4',
  plus: 'M12 5v14M5 12h14',
  bill: 'M6 3.5h12v17l-2.5-1.7-2 1.7-1.5-1.4-1.5 1.4-2-1.7L6 20.5ZM9 8h6M9 12h6',
  share: 'M12 15V4M8 7.5 12 3.5l4 4M6 11H5v9.5h14V11h-1',
  star: 'm12 3.8 2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8Z',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 11v5.5M12 7.5h.01',
  shield: 'M12 3.5 5 6v5.5c0 4.5 3 7.7 7 9 4-1.3 7-4.5 7-9V6ZM9 12l2.2 2.2L15.2 10',
  reload: 'M19.5 12a7.5 7.5 0 1 1-2.3-5.4M19.5 3.5v4h-4',
  backspace: 'M9 5.5h11.5v13H9L3 12ZM11.5 9.5l5 5M16.5 9.5l-5 5',
  link: 'M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1',
  globe: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM3 12h18M12 3c2.6 2.5 3.8 5.5 3.8 9s-1.2 6.5-3.8 9c-2.6-2.5-3.8-5.5-3.8-9S9.4 5.5 12 3',
  warning: 'M12 4 2.8 20h18.4ZM12 10v4.5M12 17.3h.01',
  image: 'M4 5h16v14H4ZM4 16l4.5-4.5 4 4 2.5-2.5 5 5M15.5 9h.01',
  pin: 'M12 21s7-6 7-11.5a7 7 0 0 0-14 0C5 15 12 21 12 21ZM12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z',
  phone: 'M7 3.5h10v17H7ZM11 17.5h2',
  moon: 'M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10Z',
  bank: 'M3.5 9.5 12 4l8.5 5.5ZM5.5 10v7.5M10 10v7.5M14 10v7.5M18.5 10v7.5M3.5 20h17',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5.3l3.5 2',
  grid: 'M4 4h6.5v6.5H4ZM13.5 4H20v6.5h-6.5ZM4 13.5h6.5V20H4ZM13.5 13.5H20V20h-6.5Z',
  camera: 'M4 7.5h3.5L9 5h6l1.5 2.5H20V19H4ZM12 16a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4Z',
  qr: 'M4 4h6v6H4ZM14 4h6v6h-6ZM4 14h6v6H4ZM14 14h2.5v2.5H14M20 14v2.5M14 20h2.5M20 19.8v.2M7 7h.01M17 7h.01M7 17h.01',
  barcode: 'M4 6v12M7.5 6v12M10.5 6v9M13.5 6v12M17 6v9M20 6v12',
  send: 'M20.5 3.5 3.5 10l7 3.5 3.5 7ZM10.5 13.5l4.5-4.5',
  ticket: 'M4 6.5h16v3.6a2 2 0 0 0 0 3.8v3.6H4v-3.6a2 2 0 0 0 0-3.8ZM14.5 6.5v2M14.5 11v2M14.5 15.5v2',
  card: 'M3.5 6h17v12.5h-17ZM3.5 10h17M6.5 15h4',
  message: 'M4.5 5h15v11h-8l-4 3.5V16h-3ZM8.5 9h7M8.5 12h4.5',
  flag: 'M6 21V4M6 5h11l-2 4 2 4H6',
} as const;

export type IconName = keyof typeof paths;

/** icon draws one of the shell's icons; it is decoration, so a screen reader skips it. */
export function icon(name: IconName, size = 24): SVGElement {
  return svg(
    'svg',
    { viewBox: '0 0 24 24', width: size, height: size, class: 'icon', 'aria-hidden': 'true', focusable: 'false' },
    svg('path', {
      d: paths[name],
      fill: 'none',
      stroke: 'currentColor',
      'stroke-width': name === 'more' ? 3 : 1.7,
      'stroke-linecap': 'round',
      'stroke-linejoin': 'round',
    }),
  );
}

/** mark draws Souk's sign: the eight-pointed star of a market's tiles. */
export function mark(size = 28): SVGElement {
  const square = { x: 6.5, y: 6.5, width: 19, height: 19, rx: 1.5, fill: 'currentColor' };
  return svg(
    'svg',
    { viewBox: '0 0 32 32', width: size, height: size, 'aria-hidden': 'true', focusable: 'false' },
    svg('rect', square),
    svg('rect', { ...square, transform: 'rotate(45 16 16)' }),
    svg('path', {
      d: 'M19.3 12.3c-.8-.9-2-1.4-3.4-1.4-1.9 0-3.2 1-3.2 2.5 0 3.3 6.7 1.7 6.7 5.1 0 1.6-1.4 2.6-3.4 2.6-1.5 0-2.8-.6-3.6-1.6',
      fill: 'none',
      stroke: 'var(--mark-ink, #fff)',
      'stroke-width': 2.1,
      'stroke-linecap': 'round',
    }),
  );
}

const tints = ['#0f5c5a', '#b4451f', '#7a5a12', '#355c9a', '#7b3f72', '#3f6b2f', '#8a3340', '#4a4f6a'];

/** tint picks one of eight quiet colours for a name, always the same for the same name. */
export function tint(name: string): string {
  let sum = 0;
  for (const c of name) sum = (sum * 31 + (c.codePointAt(0) ?? 0)) >>> 0;
  return tints[sum % tints.length] ?? '#0f5c5a';
}
