// A log's format, told from its first bytes and never from its name.

import { isRecordHeader, RECORD_HEADER_BYTES } from "../tfevents/index.ts";
import { CsvParser, quotedCells } from "./csv-parser.ts";
import { EventsParser } from "./events-parser.ts";
import { JsonDocumentParser, JsonLinesParser, parseJson } from "./json-parser.ts";
import { encodingOf } from "./lines.ts";
import { MetricParser } from "./metric-parser.ts";
import { parseNumber } from "./number.ts";
import type { LogParser } from "./parsed-log.ts";
import { isKnownTag } from "./tags.ts";
import { TextParser } from "./text-parser.ts";

/** As many bytes as detection wants to see, if the log has them. */
export const HEAD_BYTES = 64 * 1024;

const DELIMITERS = [",", "\t", ";"] as const;

/** The parser for a log that begins with `head`; undefined where it is neither events nor text. */
export function parserFor(path: string, head: Uint8Array): LogParser | undefined {
  if (isRecordHeader(head, 0) || holdsEvents(head)) return new EventsParser(path);
  const encoding = encodingOf(head);
  if (encoding === "utf-8" && looksBinary(head)) return undefined;
  const text = new TextDecoder(encoding).decode(head, { stream: true });
  const start = text.trimStart();
  if (start.startsWith("{") || start.startsWith("[")) {
    const json = jsonParser(path, start);
    if (json) return json;
  }
  return tableParser(path, text) ?? new TextParser(path);
}

/** An event file whose beginning is damaged still holds whole records. Lengths are below 4 GB: without zeros, none. */
function holdsEvents(head: Uint8Array): boolean {
  if (!head.includes(0)) return false;
  for (let at = 1; at + RECORD_HEADER_BYTES <= head.length; at++) if (isRecordHeader(head, at)) return true;
  return false;
}

/** Crashes leave zeros in text files, so a few odd bytes do not make one binary. */
function looksBinary(head: Uint8Array): boolean {
  let odd = 0;
  const length = Math.min(head.length, 4096);
  for (let i = 0; i < length; i++) {
    const byte = head[i]!;
    if (byte < 9 || (byte > 13 && byte < 27)) odd++;
  }
  return odd > length / 20;
}

function jsonParser(path: string, start: string): LogParser | undefined {
  if (start.startsWith("[")) return /^\[\s*[[{\]]/.test(start) ? new JsonDocumentParser(path) : undefined;
  const end = start.indexOf("\n");
  const first = parseJson(end < 0 ? start : start.slice(0, end));
  if (typeof first === "object" && first !== null) {
    const rest = end < 0 ? "" : start.slice(end).trim();
    const columns =
      rest === "" && Object.values(first).some((cells) => Array.isArray(cells) && cells.length > 1);
    return columns || (rest === "" && "data" in first)
      ? new JsonDocumentParser(path)
      : new JsonLinesParser(path);
  }
  // A first line longer than the head is one object of a line or one of the document: a document opens with a break.
  if (end < 0) return new JsonLinesParser(path);
  return /^\{\s*(\n|$)/.test(start) || /^\{\s*"/.test(start) ? new JsonDocumentParser(path) : undefined;
}

function tableParser(path: string, text: string): LogParser | undefined {
  const lines = text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/, 200)
    .filter((line) => line !== "" && !line.startsWith("#"));
  const header = lines[0];
  if (header === undefined) return undefined;
  const numbers = header.split(",").map(parseNumber);
  const isMetric =
    (numbers.length === 2 || numbers.length === 3) && numbers.every((cell) => cell !== undefined);
  if (isMetric || /^wall time,step,value\s*$/i.test(header)) return new MetricParser(path);
  for (const delimiter of DELIMITERS) {
    const cells = quotedCells(header, delimiter) ?? header.split(delimiter, 10_000);
    if (cells.length >= 2 && isHeader(cells, lines[1], delimiter)) return new CsvParser(path, delimiter);
  }
  const alone = isKnownTag(header.trim()) && lines[1] !== undefined && parseNumber(lines[1]) !== undefined;
  return alone ? new CsvParser(path, ",") : undefined;
}

/** Names above as many cells; a printed line such as "step=1, alpha=0.5" is neither. */
function isHeader(cells: readonly string[], next: string | undefined, delimiter: string): boolean {
  const names = cells.map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
  if (names.some((name) => name !== "" && parseNumber(name) !== undefined)) return false;
  const below = next === undefined ? [] : (quotedCells(next, delimiter) ?? []);
  const numeric = below.filter((cell) => cell.trim() === "" || parseNumber(cell) !== undefined).length;
  const isTable = below.length === names.length && numeric >= below.length / 2;
  if (!isTable && names.some((name) => /[=:]\s*[-+]?[\d.]/.test(name))) return false;
  if (next === undefined) return names.some(isKnownTag);
  return names.some(isKnownTag) || isTable;
}
