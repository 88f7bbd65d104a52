// Fen to "28.00"; whole numbers only come in.
export function yuan(fen) {
  const n = fen || 0;
  const cents = n % 100;
  return (n - cents) / 100 + '.' + (cents < 10 ? '0' : '') + cents;
}

export function two(n) {
  return (n < 10 ? '0' : '') + n;
}

export function when(ms) {
  if (!ms) return '';
  const d = getDate(ms);
  return d.getFullYear() + '-' + two(d.getMonth() + 1) + '-' + two(d.getDate()) + ' ' + two(d.getHours()) + ':' + two(d.getMinutes());
}
