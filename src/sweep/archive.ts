// A directory as one stream of bytes and back: for each file a header line with its path and size, then its content, all of
// it compressed. Only what a run's directory has: files and folders.

import { closeSync, createReadStream, mkdirSync, openSync, readdirSync, statSync, writeSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";
import type { Readable, Writable } from "node:stream";
import { Readable as ReadableStream } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { TemperedError } from "../errors.ts";

const LINE_FEED = 10;
/** Bytes; a header is a path and a number. */
const LONGEST_HEADER = 10_000;
/** Weights and observations hardly shrink: the time goes into what does. */
const LEVEL = 1;

/** @throws the file system's error */
export async function packDirectory(directory: string, into: Writable): Promise<void> {
  await pipeline(ReadableStream.from(packed(directory)), createGzip({ level: LEVEL }), into);
}

async function* packed(directory: string): AsyncGenerator<Uint8Array> {
  const entries = readdirSync(directory, { withFileTypes: true, recursive: true });
  for (const entry of entries) {
    if (!entry.isFile() || entry.name === "run.lock") continue;
    const path = join(entry.parentPath, entry.name);
    const { size } = statSync(path);
    const name = path.slice(directory.length + 1).replaceAll(sep, "/");
    yield Buffer.from(`${JSON.stringify({ name, size })}\n`);
    if (size > 0) yield* createReadStream(path, { end: size - 1 });
  }
}

/** @throws TemperedError (ARCHIVE) where bytes are missing or no archive, and the file system's errors */
export async function unpackDirectory(from: Readable, directory: string): Promise<void> {
  let header: number[] = [];
  let file: { readonly descriptor: number; left: number } | undefined;
  const close = () => {
    if (file) closeSync(file.descriptor);
    file = undefined;
  };
  mkdirSync(directory, { recursive: true });
  try {
    await pipeline(from, createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks)
        for (let at = 0; at < chunk.length; ) {
          if (file) {
            const taken = Math.min(file.left, chunk.length - at);
            writeSync(file.descriptor, chunk, at, taken);
            at += taken;
            file.left -= taken;
            if (file.left === 0) close();
            continue;
          }
          const byte = chunk[at++]!;
          if (byte !== LINE_FEED) {
            header.push(byte);
            if (header.length > LONGEST_HEADER) throw broken("a header without an end");
            continue;
          }
          const { name, size } = headerIn(Buffer.from(header).toString("utf8"));
          header = [];
          const path = join(directory, name);
          mkdirSync(dirname(path), { recursive: true });
          file = { descriptor: openSync(path, "w"), left: size };
          if (size === 0) close();
        }
    });
    if (file || header.length > 0) throw broken("an end in the middle");
  } catch (error) {
    const { code = "" } = error as { code?: string };
    // What is cut short ends the reader with one or the other.
    if (/^Z_|^ABORT_ERR$/.test(code)) throw broken((error as Error).message);
    throw error;
  } finally {
    close();
  }
}

function headerIn(text: string): { name: string; size: number } {
  try {
    const { name, size } = JSON.parse(text);
    const inside = typeof name === "string" && !/^(\/|\.\.(\/|$))/.test(normalize(name).replaceAll(sep, "/"));
    if (inside && Number.isSafeInteger(size) && size >= 0) return { name, size };
  } catch {}
  throw broken(`the header ${JSON.stringify(text.slice(0, 100))}`);
}

function broken(what: string): TemperedError {
  return new TemperedError("ARCHIVE", `Expected the archive of a run's directory, got ${what}`);
}
