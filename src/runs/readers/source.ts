// Where a log's bytes come from: a whole file in memory or a stream, with the name its owner knows it by. The name is
// shown, and gives a metric its name where a file holds nothing but numbers; it never decides the format.

import { Gunzip } from "fflate";

/** A log by name, with its bytes. */
export interface LogSource {
  /** As the user would name it; "/" separates directories. */
  readonly path: string;
  readonly bytes: Uint8Array | AsyncIterable<Uint8Array>;
}

/** Slices of whole files; also what bounds the memory of everything downstream. */
const CHUNK_BYTES = 256 * 1024;
/** Deflate reaches 1032:1, so that one slice unpacks to at most 4 MB. */
const GZIP_SLICE_BYTES = 4096;
const MAX_UNPACKED_BYTES = 2 ** 30;
/** Logs shrink 3 to 50 times; what shrinks more over this many bytes is no log. */
const MAX_RATIO = 200;
const RATIO_AFTER_BYTES = 64 * 2 ** 20;

/** Its bytes in chunks, unpacked where they are gzip. @param note told what of a damaged archive was left out */
export async function* chunksOf(
  source: LogSource,
  note: (text: string) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  let packed: Unpacker | undefined;
  let first = true;
  for await (const chunk of plainChunks(await withWholeMagic(source.bytes))) {
    if (first) packed = isGzip(chunk) ? new Unpacker(note) : undefined;
    first = false;
    if (packed === undefined) yield chunk;
    else {
      for (let at = 0; at < chunk.length && !packed.over; at += GZIP_SLICE_BYTES) {
        yield* packed.push(chunk.subarray(at, at + GZIP_SLICE_BYTES));
      }
      if (packed.over) return;
    }
  }
  if (packed) yield* packed.end();
}

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** A stream's first chunk may be a single byte: the magic number takes two. */
async function withWholeMagic(
  bytes: Uint8Array | AsyncIterable<Uint8Array>,
): Promise<Uint8Array | AsyncIterable<Uint8Array>> {
  if (bytes instanceof Uint8Array) return bytes;
  return joinUntil(bytes, 2);
}

async function* joinUntil(stream: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of stream) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    const joined: Uint8Array = new Uint8Array(head.length + chunk.length);
    joined.set(head);
    joined.set(chunk, head.length);
    head = joined;
    if (head.length >= size) {
      yield head;
      head = undefined;
    }
  }
  if (head?.length) yield head;
}

async function* plainChunks(bytes: Uint8Array | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (!(bytes instanceof Uint8Array)) yield* bytes;
  else for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
}

/** Unpacks gzip slice by slice; damage ends the stream with a note instead of an error. */
class Unpacker {
  over = false;
  readonly #note: (text: string) => void;
  #out: Uint8Array[] = [];
  #packed = 0;
  #unpacked = 0;
  readonly #gunzip = new Gunzip((chunk) => this.#out.push(chunk));

  constructor(note: (text: string) => void) {
    this.#note = note;
  }

  push(slice: Uint8Array): Uint8Array[] {
    return this.#step(slice, false);
  }

  end(): Uint8Array[] {
    return this.over ? [] : this.#step(new Uint8Array(0), true);
  }

  #step(slice: Uint8Array, last: boolean): Uint8Array[] {
    this.#packed += slice.length;
    try {
      this.#gunzip.push(slice, last);
    } catch (error) {
      const what = last ? "ends early" : `is damaged before byte ${this.#packed}`;
      this.#stop(`The gzip data ${what} (${(error as Error).message}); what came before was read.`);
    }
    const out = this.#out;
    this.#out = [];
    for (const chunk of out) this.#unpacked += chunk.length;
    const ratio = this.#unpacked / this.#packed;
    if (this.#unpacked > MAX_UNPACKED_BYTES || (this.#unpacked > RATIO_AFTER_BYTES && ratio > MAX_RATIO)) {
      this.#stop(`The gzip data unpacks to more than any log does; stopped after ${this.#unpacked} bytes.`);
    }
    return out;
  }

  #stop(note: string): void {
    this.over = true;
    this.#note(note);
  }
}
