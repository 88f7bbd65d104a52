// Reading zip archives: the central directory, then each entry, stored or deflated.
import { failure } from "./call";

const entriesMax = 2_000;
const endMark = 0x06054b50, entryMark = 0x02014b50;
const Inflate: (new (format: string) => ReadableWritablePair<Uint8Array, BufferSource>) | undefined = (globalThis as any).DecompressionStream;

const damaged = (): never => { throw failure(3, "this is not a zip archive that can be read"); };

/** Names with their contents (null: a directory), at most maxBytes unpacked. */
export async function* unzipped(zip: Uint8Array, maxBytes: number): AsyncGenerator<[name: string, bytes: Uint8Array | null]> {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  const u16 = (at: number): number => view.getUint16(at, true), u32 = (at: number): number => view.getUint32(at, true);
  let end = zip.length - 22;
  while (end >= 0 && u32(end) !== endMark) end--;
  if (end < 0) damaged();
  let left = maxBytes;
  for (let at = u32(end + 16), n = Math.min(u16(end + 10), entriesMax); n > 0; n--) {
    if (at + 46 > zip.length || u32(at) !== entryMark) damaged();
    const name = new TextDecoder().decode(zip.subarray(at + 46, at + 46 + u16(at + 28)));
    const start = u32(at + 42), body = start + 30 + u16(start + 26) + u16(start + 28);
    const packed = zip.subarray(body, body + u32(at + 20)), method = u16(at + 10);
    if (name.endsWith("/")) yield [name, null];
    else {
      const bytes = method === 0 ? packed.slice() : method === 8 ? await inflated(packed, left) : damaged();
      left -= bytes.length;
      yield [name, bytes];
    }
    at += 46 + u16(at + 28) + u16(at + 30) + u16(at + 32);
  }
}

async function inflated(packed: Uint8Array, most: number): Promise<Uint8Array> {
  if (!Inflate) throw failure(3, "this browser cannot unpack archives");
  const unpacked: ReadableStream<Uint8Array> = new Blob([packed as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new Inflate("deflate-raw"));
  const reader = unpacked.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    parts.push(value);
    if ((size += value.length) > most) throw failure(10028, "the archive is larger than what a program may keep");
  }
  const out = new Uint8Array(size);
  parts.reduce((at, part) => (out.set(part, at), at + part.length), 0);
  return out;
}
