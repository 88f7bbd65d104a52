// Base64 of what a program holds.

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export function toBase64(buffer: ArrayBuffer): string {
  const b = new Uint8Array(buffer);
  let out = "";
  for (let i = 0; i < b.length; i += 3) {
    const n = b[i] << 16 | (b[i + 1] ?? 0) << 8 | (b[i + 2] ?? 0);
    out += base64Digits[n >> 18] + base64Digits[n >> 12 & 63] + (i + 1 < b.length ? base64Digits[n >> 6 & 63] : "=") + (i + 2 < b.length ? base64Digits[n & 63] : "=");
  }
  return out;
}

export function fromBase64(text: string): ArrayBuffer {
  const clean = String(text).replace(/[^A-Za-z0-9+/]/g, ""), bytes = new Uint8Array(Math.floor(clean.length * 3 / 4));
  let at = 0, bits = 0, held = 0;
  for (const c of clean) {
    held = held << 6 | base64Digits.indexOf(c);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = held >> bits & 255;
  }
  return bytes.buffer;
}
