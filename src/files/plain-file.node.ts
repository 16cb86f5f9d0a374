// Reading a file that somebody else may have made: it must be a plain file (a pipe would be waited for without end, a
// device has none), and no larger than what is expected there.

import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

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

/** Deeper than anything of ours; what follows a value's parts by calling itself would not end well. */
const DEPTH = 100;

function isDeep(json: Uint8Array): boolean {
  let depth = 0;
  let inText = false;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i];
    if (inText && byte === 0x5c) i++;
    else if (byte === 0x22) inText = !inText;
    else if (!inText && (byte === 0x5b || byte === 0x7b) && ++depth > DEPTH) return true;
    else if (!inText && (byte === 0x5d || byte === 0x7d)) depth--;
  }
  return false;
}

/** @throws as `readPlainFile`; an Error of one line where it is no JSON */
export function readJsonFile(path: string): unknown {
  const bytes = readPlainFile(path, MANIFEST_BYTES);
  if (isDeep(bytes)) throw new Error(`${path} is nested more than ${DEPTH} deep`);
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text);
  } catch (cause) {
    // The parser quotes what it has found, line ends and all.
    const why = (cause as Error).message.replace(/\s+/g, " ").slice(0, 200);
    throw new Error(`${path} is no whole JSON (${why})`, { cause });
  }
}
