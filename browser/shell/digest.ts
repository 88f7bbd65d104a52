// MD5, which my.getFileInfo answers by default and which browsers do not have. It tells files apart; it protects nothing.

const shifts = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
const sines = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32) | 0);

/** md5 of bytes, 32 hexadecimal digits. */
export function md5(bytes: Uint8Array): string {
  const length = ((bytes.length + 8) >> 6) + 1;
  const padded = new Uint8Array(length * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, (bytes.length * 8) >>> 0, true);
  view.setUint32(padded.length - 4, Math.floor(bytes.length / 2 ** 29), true);
  const state = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
  for (let at = 0; at < padded.length; at += 64) round(state, view, at);
  const out = new DataView(new ArrayBuffer(16));
  state.forEach((word, i) => out.setInt32(i * 4, word, true));
  return hexOf(new Uint8Array(out.buffer));
}

function round(state: number[], view: DataView, at: number): void {
  let [a = 0, b = 0, c = 0, d = 0] = state;
  for (let i = 0; i < 64; i++) {
    const turn = i >> 4;
    const mixed = turn === 0 ? (b & c) | (~b & d) : turn === 1 ? (d & b) | (~d & c) : turn === 2 ? b ^ c ^ d : c ^ (b | ~d);
    const word = turn === 0 ? i : turn === 1 ? (5 * i + 1) % 16 : turn === 2 ? (3 * i + 5) % 16 : (7 * i) % 16;
    const sum = (a + mixed + (sines[i] ?? 0) + view.getInt32(at + word * 4, true)) | 0;
    const by = shifts[turn * 4 + (i % 4)] ?? 0;
    [a, d, c, b] = [d, c, b, (b + ((sum << by) | (sum >>> (32 - by)))) | 0];
  }
  [a, b, c, d].forEach((word, i) => (state[i] = ((state[i] ?? 0) + word) | 0));
}

export function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
}
