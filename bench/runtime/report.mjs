// Puts figures beside their targets.
import { mean, nine } from './rows.mjs';

const ms = (n) => (n < 10 ? n.toFixed(2) : n < 100 ? n.toFixed(1) : n.toFixed(0));
const table = (head, rows) => [head, head.map((_, i) => (i ? '---:' : '---')), ...rows].map((r) => `| ${r.join(' | ')} |`).join('\n');

const whole = (of) => !!of && Object.keys(nine).every((k) => of[k]);

/** One line a target: what, the median, the best sample, the limit, the unit. What was not measured is left out. */
function targets({ rows, sizes, opening, compile }) {
  const souk = rows.souk ?? {}, floor = rows.vanilla ?? {}, both = whole(souk) && whole(floor);
  const kb = (...names) => names.reduce((sum, n) => sum + sizes[n], 0) / 1024;
  const means = (what) => (both ? [mean(souk, floor, what), mean(souk, floor, what + 'Best')] : []);
  const script = (key) => (souk[key] ? [souk[key].script, souk[key].scriptBest] : []);
  const flat = souk.one1k && souk.one10k ? [souk.one10k.script / souk.one1k.script, souk.one10k.scriptBest / souk.one1k.scriptBest] : [];
  const size = kb('frame.js', 'worker.js');
  return [
    ['script, mean of nine, over vanilla', means('script'), 2, '×'],
    ['script and layout, mean of nine, over vanilla', means('layout'), 1.25, '×'],
    ['one path in 10,000 rows', script('one10k'), 0.5, 'ms'],
    ['… over one path in 1,000 rows (flat)', flat, 1.5, '×'],
    ['select in 1,000 rows', script('select'), 0.6, 'ms'],
    ['1,000 components with two props', script('cards1k'), 12, 'ms'],
    ['warm open, tap to painted, after a rest of 50 ms', opening ? opening.warm : [], 16, 'ms'],
    ['warm open, tap to painted, without any rest', opening ? opening.quick : [], 16, 'ms'],
    ['cold open on loopback', opening ? opening.cold : [], 150, 'ms'],
    ['… over an empty page, frame and worker', opening ? [0, 1].map((n) => opening.cold[n] / opening.coldFloor[n]) : [], null, '×'],
    ['frame and worker, gzip', [size, size], 35, 'KB'],
    ['compile, cold', compile ? [compile.coldUsual, compile.cold] : [], 300, 'ms'],
    ['compile, one template changed', compile ? [compile.again, compile.againBest] : [], 15, 'ms'],
  ].filter(([, values]) => values.length);
}

/** What the median says, nothing where there is no limit; where only the best sample is within the limit, that is said too. */
function verdict([usual, best], limit) {
  if (limit === null) return '';
  if (usual <= limit) return 'holds';
  return best <= limit ? 'holds for the best sample' : `**${(best / limit).toFixed(1)} to ${(usual / limit).toFixed(1)} times the limit**`;
}

function rowTable(rows, what) {
  const names = Object.keys(rows), keys = [...new Set(names.flatMap((n) => Object.keys(rows[n])))];
  const head = ['', ...keys, ...(whole(rows.vanilla) ? ['mean of nine'] : [])];
  return table(head, names.map((n) => [n, ...keys.map((k) => (rows[n][k] ? ms(rows[n][k][what]) : '–')), ...(whole(rows.vanilla) ? [whole(rows[n]) ? mean(rows[n], rows.vanilla, what).toFixed(2) : '–'] : [])]));
}

export function report(f) {
  const lines = targets(f).map(([what, values, limit, unit]) => [what, ...values.map((v) => `${ms(v)} ${unit}`), limit === null ? '' : `≤ ${limit} ${unit}`, verdict(values, limit)]);
  return `# Figures of the runtime

\`${f.command}\`, ${new Date().toISOString().slice(0, 10)}. Machine: ${f.started}; at the end: ${f.ended}.
Medians of at most ${f.samples} samples, taken in turns; what is slow has fewer. Ratios of one run are what to trust; on a busy machine the best sample says more than the median.

${table(['target', 'median', 'best', 'limit', 'verdict'], lines)}

Script, milliseconds (for Souk: worker and frame and both hops between them):

${rowTable(f.rows, 'script')}

The same, best samples:

${rowTable(f.rows, 'scriptBest')}

Script and forced layout, milliseconds:

${rowTable(f.rows, 'layout')}

After gzip, KB: ${Object.entries(f.sizes).map(([name, n]) => `${name} ${(n / 1024).toFixed(1)}`).join(', ')}.
${f.compile ? `\nCompiling ${f.compile.templates} templates and all else of the program: cold ${ms(f.compile.coldUsual)} ms (best ${ms(f.compile.cold)}), again after one template changed ${ms(f.compile.again)} ms (best ${ms(f.compile.againBest)}).\n` : ''}${f.opening ? `\nOpening: ${f.opening.words}\n` : ''}`;
}
