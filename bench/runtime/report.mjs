// Puts figures beside their targets.
import { mean, nine } from './rows.mjs';

const ms = (n) => (n < 10 ? n.toFixed(2) : n < 100 ? n.toFixed(1) : n.toFixed(0));
const table = (head, rows) => [head, head.map((_, i) => (i ? '---:' : '---')), ...rows].map((r) => `| ${r.join(' | ')} |`).join('\n');

/** One line a target: what, how much, the limit, whether it holds. `null` values are left out. */
function targets({ rows, sizes, opening, compile }) {
  const souk = rows.souk ?? {}, floor = rows.vanilla ?? {}, whole = Object.keys(nine).every((k) => souk[k] && floor[k]);
  const kb = (...names) => names.reduce((sum, n) => sum + sizes[n], 0) / 1024;
  const flat = souk.one1k && souk.one10k ? souk.one10k.script / souk.one1k.script : null;
  return [
    ['script, mean of nine, over vanilla', whole ? mean(souk, floor, 'script') : null, 2, '×'],
    ['script and layout, mean of nine, over vanilla', whole ? mean(souk, floor, 'layout') : null, 1.25, '×'],
    ['one path in 10,000 rows', souk.one10k?.script ?? null, 0.5, 'ms'],
    ['… over one path in 1,000 rows (flat)', flat, 1.5, '×'],
    ['select in 1,000 rows', souk.select?.script ?? null, 0.6, 'ms'],
    ['1,000 components with two props', souk.cards1k?.script ?? null, 12, 'ms'],
    ['warm open, tap to painted', opening?.warm ?? null, 16, 'ms'],
    ['cold open on loopback', opening?.cold ?? null, 150, 'ms'],
    ['frame and worker, gzip', kb('frame.js', 'worker.js'), 35, 'KB'],
    ['compile, cold', compile?.coldUsual ?? null, 300, 'ms'],
    ['compile, one template changed', compile?.again ?? null, 15, 'ms'],
  ].filter(([, value]) => value !== null);
}

function rowTable(rows, what) {
  const names = Object.keys(rows), keys = [...new Set(names.flatMap((n) => Object.keys(rows[n])))];
  const head = ['', ...keys, ...(rows.vanilla ? ['mean of nine'] : [])];
  return table(head, names.map((n) => [n, ...keys.map((k) => (rows[n][k] ? ms(rows[n][k][what]) : '–')), ...(rows.vanilla ? [mean(rows[n], rows.vanilla, what).toFixed(2)] : [])]));
}

export function report(f) {
  const lines = targets(f).map(([what, value, limit, unit]) => [what, `${ms(value)} ${unit}`, `≤ ${limit} ${unit}`, value <= limit ? 'holds' : `**${(value / limit).toFixed(2)} times the target**`]);
  return `# Figures of the runtime

\`${f.command}\`, ${new Date().toISOString().slice(0, 10)}. Machine: ${f.started}; at the end: ${f.ended}.
Medians of ${f.samples} samples, taken in turns; ratios of one run are what to trust, milliseconds move with the machine's load.

${table(['target', 'measured', 'limit', 'verdict'], lines)}

Script, milliseconds (for Souk: worker and frame and both hops between them):

${rowTable(f.rows, 'script')}

Script and forced layout, milliseconds:

${rowTable(f.rows, 'layout')}

After gzip, KB: ${Object.entries(f.sizes).map(([name, n]) => `${name} ${(n / 1024).toFixed(1)}`).join(', ')}.
${f.compile ? `\nCompiling ${f.compile.templates} templates and all else of the program: cold ${ms(f.compile.coldUsual)} ms (best ${ms(f.compile.cold)}), again after one template changed ${ms(f.compile.again)} ms (best ${ms(f.compile.againBest)}).\n` : ''}${f.opening ? `\nOpening: ${f.opening.words}\n` : ''}`;
}
