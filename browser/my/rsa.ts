// my.rsa: encryption with a public key and decryption with a private one (PKCS #1 v1.5, keys in base64 or PEM), as merchants'
// servers expect it. The browser's own crypto does not know this padding. Not constant in time: the key is the program's own.
import { answering, badArgument, failure, type Family, notSupported } from "./call";
import { fromBase64, toBase64 } from "./base64";

const maxKeyLength = 8_192;
const maxTextLength = 64 * 1024;
const paddingBytes = 11;

// Kept before the program runs, which may not change it.
const random = globalThis.crypto?.getRandomValues?.bind(globalThis.crypto);

/** The whole numbers in a DER key, in order: modulus, public exponent, private exponent, … */
function numbersOf(der: Uint8Array, into: bigint[], depth: number): bigint[] {
  for (let at = 0; at + 2 <= der.length && depth < 8;) {
    const tag = der[at++];
    let length = der[at++];
    if (length > 128) {
      let bytes = length - 128;
      for (length = 0; bytes > 0; bytes--) length = length * 256 + der[at++];
    }
    const body = der.subarray(at, at + length);
    if (tag === 0x02) into.push(number(body));
    else if (tag === 0x03) numbersOf(body.subarray(1), into, depth + 1);
    else if (tag === 0x30 || tag === 0x04) numbersOf(body, into, depth + 1);
    at += length;
  }
  return into;
}

function number(bytes: Uint8Array): bigint {
  let hex = "";
  for (const b of bytes) hex += b.toString(16).padStart(2, "0");
  return BigInt(`0x${hex || "0"}`);
}

function bytesOf(n: bigint, length: number): Uint8Array {
  const hex = n.toString(16).padStart(length * 2, "0");
  return Uint8Array.from({ length }, (_, i) => parseInt(hex.slice(i * 2, i * 2 + 2), 16));
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let b = base % modulus, e = exponent; e > 0n; e >>= 1n, b = b * b % modulus) if (e & 1n) result = result * b % modulus;
  return result;
}

function keyOf(text: unknown, needed: number): { n: bigint; exponent: bigint; size: number } {
  if (typeof text !== "string" || text.length > maxKeyLength) throw failure(badArgument, "rsa needs key, in base64");
  const body = text.replace(/-----[^-]+-----/g, "");
  const [n, ...rest] = numbersOf(new Uint8Array(fromBase64(body)), [], 0).filter(v => v > 0n);
  const exponent = rest[needed];
  const size = n === undefined ? 0 : Math.ceil(n.toString(16).length / 2);
  if (exponent === undefined || size < 64 || size > 1024) throw failure(badArgument, `rsa: this is no ${needed ? "private" : "public"} key`);
  return { n, exponent, size };
}

function padded(message: Uint8Array, size: number): Uint8Array {
  if (!random) throw failure(notSupported, "rsa: there is no safe randomness here");
  const block = new Uint8Array(size), salt = size - message.length - 3;
  block[1] = 2;
  const bytes = block.subarray(2, 2 + salt);
  random(bytes as Uint8Array<ArrayBuffer>);
  for (let i = 0; i < salt; i++) while (!bytes[i]) random(bytes.subarray(i, i + 1) as Uint8Array<ArrayBuffer>);
  block.set(message, size - message.length);
  return block;
}

function blocks(bytes: Uint8Array, each: number): Uint8Array[] {
  const out: Uint8Array[] = [];
  for (let at = 0; at < bytes.length || !out.length; at += each) out.push(bytes.subarray(at, at + each));
  return out;
}

function joined(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function encrypt(text: string, key: unknown): string {
  const { n, exponent, size } = keyOf(key, 0);
  const parts = blocks(new TextEncoder().encode(text), size - paddingBytes);
  return toBase64(joined(parts.map(part => bytesOf(power(number(padded(part, size)), exponent, n), size))).buffer);
}

function decrypt(text: string, key: unknown): string {
  const { n, exponent, size } = keyOf(key, 1);
  const parts = blocks(new Uint8Array(fromBase64(text)), size).map(part => {
    const block = bytesOf(power(number(part), exponent, n), size), end = block.indexOf(0, 2);
    if (block[0] !== 0 || block[1] !== 2 || end < 10) throw failure(badArgument, "rsa: the text was not encrypted for this key");
    return block.subarray(end + 1);
  });
  return new TextDecoder().decode(joined(parts));
}

export const rsa: Family = {
  rsa: answering("rsa", opts => {
    if (typeof opts.text !== "string" || opts.text.length > maxTextLength) throw failure(badArgument, "rsa needs text");
    if (opts.action !== "encrypt" && opts.action !== "decrypt") throw failure(badArgument, 'rsa needs action, "encrypt" or "decrypt"');
    return { text: opts.action === "encrypt" ? encrypt(opts.text, opts.key) : decrypt(opts.text, opts.key) };
  }),
};
