// Text and bytes in the encodings of FileSystemManager: ascii, latin1 (binary), utf8, ucs2 (utf16le), base64, hex.
import { badArgument, failure } from "./call";
import { fromBase64, toBase64 } from "./base64";

/** Characters handed to String.fromCharCode at once. */
const chunk = 8_192;

function kindOf(encoding: unknown): string {
  const name = String(encoding ?? "utf8").toLowerCase().replace("-", "");
  const kind = { binary: "latin1", ascii: "latin1", utf16le: "ucs2" }[name] ?? name;
  if (!["latin1", "utf8", "ucs2", "base64", "hex"].includes(kind)) throw failure(badArgument, `the encoding ${name.slice(0, 20)} is not known`);
  return kind;
}

export function bytesOf(data: unknown, encoding: unknown): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data.slice(0));
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength));
  if (typeof data !== "string") throw failure(badArgument, "data must be a text or an ArrayBuffer");
  switch (kindOf(encoding)) {
    case "latin1": return Uint8Array.from(data, c => c.charCodeAt(0));
    case "ucs2": return Uint8Array.from({ length: data.length * 2 }, (_, i) => data.charCodeAt(i >> 1) >> (i & 1) * 8 & 255);
    case "base64": return new Uint8Array(fromBase64(data));
    case "hex": return Uint8Array.from({ length: data.length >> 1 }, (_, i) => parseInt(data.slice(i * 2, i * 2 + 2), 16));
    default: return utf8Bytes(data);
  }
}

export function textOf(bytes: Uint8Array, encoding: unknown): string {
  switch (kindOf(encoding)) {
    case "latin1": return characters(bytes, b => b);
    case "ucs2": return characters(Array.from({ length: bytes.length >> 1 }, (_, i) => bytes[i * 2] | bytes[i * 2 + 1] << 8), c => c);
    case "base64": return toBase64(bytes.slice().buffer);
    case "hex": return Array.from(bytes, b => b.toString(16).padStart(2, "0")).join("");
    default: return utf8Text(bytes);
  }
}

function characters(codes: ArrayLike<number>, code: (c: number) => number): string {
  let out = "";
  for (let i = 0; i < codes.length; i += chunk) out += String.fromCharCode(...Array.prototype.slice.call(codes, i, i + chunk).map(code));
  return out;
}

// The engine inside Go has no TextEncoder.

function utf8Bytes(text: string): Uint8Array {
  if (typeof TextEncoder === "function") return new TextEncoder().encode(text);
  return Uint8Array.from(unescape(encodeURIComponent(text)), c => c.charCodeAt(0));
}

function utf8Text(bytes: Uint8Array): string {
  if (typeof TextDecoder === "function") return new TextDecoder().decode(bytes);
  return decodeURIComponent(escape(characters(bytes, b => b)));
}
