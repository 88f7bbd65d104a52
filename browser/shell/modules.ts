// Codes drawn from their modules: dark on white in both themes, for that is what scanners read.

import { svg } from './dom';

const quiet = 4;

/** drawQR draws rows of modules, with the quiet zone that readers need. */
export function drawQR(rows: string[], label: string): SVGElement {
  const side = rows.length + 2 * quiet;
  return svg(
    'svg',
    { viewBox: `0 0 ${side} ${side}`, class: 'qr', role: 'img', 'aria-label': label, 'shape-rendering': 'crispEdges' },
    svg('rect', { width: side, height: side, fill: '#fff' }),
    svg('path', { d: rows.map((row, y) => runs(row, quiet).map(([x, n]) => `M${x} ${y + quiet}h${n}v1h-${n}z`).join('')).join(''), fill: '#111' }),
  );
}

const barQuiet = 10;
const barHeight = 34;

/** drawBars draws a barcode from its one row of modules. */
export function drawBars(row: string, label: string): SVGElement {
  const width = row.length + 2 * barQuiet;
  return svg(
    'svg',
    { viewBox: `0 0 ${width} ${barHeight}`, class: 'bars-code', role: 'img', 'aria-label': label, 'shape-rendering': 'crispEdges', preserveAspectRatio: 'none' },
    svg('rect', { width, height: barHeight, fill: '#fff' }),
    svg('path', { d: runs(row, barQuiet).map(([x, n]) => `M${x} 0h${n}v${barHeight}h-${n}z`).join(''), fill: '#111' }),
  );
}

/** runs finds where dark modules stand beside each other: [place, how many]. */
function runs(row: string, offset: number): [number, number][] {
  return [...row.matchAll(/1+/g)].map((run) => [run.index + offset, run[0].length]);
}
