// Reading a file that somebody else may have made: it must be a plain file (a pipe would be waited for without end, a
// device has none), and no larger than what is expected there.

import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { jsonOf } from "./json.ts";

/** Larger than any manifest of ours. */
export const MANIFEST_BYTES = 64 * 1024 * 1024;

/**
 * The file's bytes.
 * @param most how many there may be; larger files are not read
 * @throws the file system's error, or an Error that says what was found instead
 */
export function readPlainFile(path: string, most: number): Uint8Array<ArrayBuffer> {
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const info = fstatSync(file);
    if (!info.isFile()) throw new Error(`${path} is no plain file`);
    if (info.size > most)
      throw new Error(`${path} has ${info.size} bytes, where at most ${most} are expected`);
    const bytes = new Uint8Array(info.size);
    let have = 0;
    while (have < bytes.length) {
      const read = readSync(file, bytes, have, bytes.length - have, have);
      if (read === 0) break;
      have += read;
    }
    return bytes.subarray(0, have);
  } finally {
    closeSync(file);
  }
}

/** @throws as `readPlainFile`; an Error of one line where it is no JSON */
export function readJsonFile(path: string): unknown {
  return jsonOf(readPlainFile(path, MANIFEST_BYTES), path);
}
