const join = (a, b) => `${a} × ${b}`;
export function label(title, count) {
  return count > 1 ? join(title, count) : title;
}
