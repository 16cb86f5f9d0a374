// One source in, its points out: unpacked, recognised and parsed as the bytes come.

import { HEAD_BYTES, parserFor } from "./detect.ts";
import { LogError, oneLine } from "./log-error.ts";
import type { LogParser, ParsedLog } from "./parsed-log.ts";
import { chunksOf, isGzip, type LogSource } from "./source.ts";

/**
 * @throws LogError where the source is empty or no log; a stream's own errors become LogErrors too
 */
export async function readLog(source: LogSource): Promise<ParsedLog> {
  const notes: string[] = [];
  let head: Uint8Array[] | undefined = [];
  let size = 0;
  let parser: LogParser | undefined;
  const begin = (chunks: readonly Uint8Array[]) => {
    parser = parserOf(source.path, chunks, size);
    for (const chunk of chunks) parser.push(chunk);
  };
  try {
    for await (const chunk of chunksOf(source, (note) => notes.push(note))) {
      size += chunk.length;
      if (parser) parser.push(chunk);
      else if (head) {
        head.push(chunk);
        if (size < HEAD_BYTES) continue;
        begin(head);
        head = undefined;
      }
    }
    if (size === 0 && notes[0]) throw new LogError("LOG_DAMAGED", source.path, "", notes[0]);
    if (head) begin(head);
    parser!.end();
  } catch (error) {
    if (error instanceof LogError) throw error;
    const message = oneLine(error instanceof Error ? error.message : String(error), 200);
    throw new LogError("LOG_DAMAGED", source.path, `byte ${size}`, `Reading stopped: ${message}`, {
      cause: error,
    });
  }
  for (const note of notes) parser!.log.note(note);
  return parser!.log;
}

function parserOf(path: string, chunks: readonly Uint8Array[], size: number): LogParser {
  if (size === 0) throw new LogError("LOG_EMPTY", path, "", "Expected a log, got an empty file.");
  const head = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    head.set(chunk, at);
    at += chunk.length;
  }
  const parser = isGzip(head) ? undefined : parserFor(path, head);
  if (parser === undefined) {
    const found = [...head.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const expected = "TensorBoard events, CSV, JSON, printed lines, or one of them in gzip";
    throw new LogError(
      "LOG_UNRECOGNISED",
      path,
      "byte 0",
      `Expected ${expected}, got binary data (${found}).`,
    );
  }
  return parser;
}
