// The rows that every implementation shows: the same sequence for all, from a fixed seed.
const first = ['iced', 'hot', 'double', 'single', 'oat', 'decaf', 'large', 'small', 'smooth', 'bold', 'light', 'dark', 'seasonal', 'classic', 'velvet', 'cold', 'sparkling', 'creamy', 'spiced', 'honey'];
const second = ['vanilla', 'hazelnut', 'caramel', 'cocoa', 'citrus', 'berry', 'mint', 'ginger', 'lychee', 'jasmine', 'peach'];
const third = ['latte', 'mocha', 'brew', 'tea', 'cake', 'serum', 'lotion', 'toner', 'water', 'bottle', 'mask', 'cookie', 'beans'];
let seed = 12345, nextId = 1;

function pick(words) {
  seed = (seed * 1103515245 + 12345) & 0x7fffffff;
  return words[seed % words.length];
}

export function makeRows(count) {
  const rows = new Array(count);
  for (let i = 0; i < count; i++) rows[i] = { id: nextId++, label: `${pick(first)} ${pick(second)} ${pick(third)}` };
  return rows;
}
