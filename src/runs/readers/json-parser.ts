// Logs in JSON: an object a line (progress.json, result.json, our metrics.jsonl), nested objects flattened with "/", or
// one document that is a list of rows or an object of columns. Python's bare NaN and Infinity are understood.

import { LineSplitter } from "./lines.ts";
import { LogError, oneLine } from "./log-error.ts";
import { isNotebook, readNotebook } from "./notebook.ts";
import { parseNumber } from "./number.ts";
import { type LogParser, ParsedLog } from "./parsed-log.ts";
import { settingsFromJson } from "./settings.ts";

const MAX_DEPTH = 8;
/** A document is parsed whole and takes several times its size. */
const MAX_DOCUMENT = 32 * 1024 * 1024;

export class JsonLinesParser implements LogParser {
  readonly log: ParsedLog;
  readonly #lines = new LineSplitter((line, terminated) => this.#line(line, terminated));
  #row = 0;
  #lineNumber = 0;
  #bad = 0;

  constructor(path: string) {
    this.log = new ParsedLog(path, "jsonl", "row");
  }

  push(chunk: Uint8Array): void {
    this.#lines.push(chunk);
  }

  end(): void {
    this.#lines.end();
    const { overlong } = this.#lines;
    if (overlong > 0) this.log.note(`${overlong} lines of more than 8 MB were left out.`);
    if (this.#bad > 1) this.log.note(`${this.#bad} lines in all are no JSON objects; they were left out.`);
  }

  #line(line: string, terminated: boolean): void {
    this.#lineNumber++;
    const text = line.trim();
    if (text === "") return;
    const value = parseJson(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      addRow(value, this.log, this.#row++);
    } else if (!terminated) this.log.note("The last line is cut short; it was left out.");
    else if (this.#bad++ === 0) this.log.note(`Line ${this.#lineNumber} is no JSON object; it was left out.`);
  }
}

export class JsonDocumentParser implements LogParser {
  readonly log: ParsedLog;
  readonly #decoder = new TextDecoder();
  readonly #parts: string[] = [];
  #size = 0;

  constructor(path: string) {
    this.log = new ParsedLog(path, "json", "row");
  }

  push(chunk: Uint8Array): void {
    this.#size += chunk.length;
    if (this.#size > MAX_DOCUMENT) {
      const limit = "Expected a JSON document of at most 32 MB; write one JSON object a line instead.";
      throw new LogError("LOG_UNRECOGNISED", this.log.path, `byte ${MAX_DOCUMENT}`, limit);
    }
    this.#parts.push(this.#decoder.decode(chunk, { stream: true }));
  }

  end(): void {
    const text = this.#parts.join("") + this.#decoder.decode();
    const value = parseJson(text);
    if (value === undefined) {
      const message = `Expected a JSON document, got one that does not parse: ${jsonProblem(text)}`;
      throw new LogError("LOG_DAMAGED", this.log.path, "", message);
    }
    if (isNotebook(value)) {
      readNotebook(value, this.log);
      return;
    }
    const rows = Array.isArray(value) ? value : rowsIn(value);
    if (rows) rows.forEach((row, i) => void addRow(row, this.log, i));
    else if (!addColumns(value, this.log)) {
      addRow(value, this.log, 0);
      settingsFromJson(value, this.log.settings);
    }
  }
}

/** Parses JSON with Python's NaN and Infinity, which become strings; undefined where it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    if (!/NaN|Infinity/.test(text)) return undefined;
    try {
      return JSON.parse(text.replace(/([[:,]\s{0,8})(NaN|-?Infinity)(?=\s{0,8}[,\]}])/g, '$1"$2"'));
    } catch {
      return undefined;
    }
  }
}

function jsonProblem(text: string): string {
  try {
    JSON.parse(text);
    return "";
  } catch (error) {
    return oneLine((error as Error).message, 120);
  }
}

/** Tables keep their rows under `data`, the states of HuggingFace's trainers theirs under `log_history`. */
function rowsIn(value: unknown): readonly unknown[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  for (const rows of [Reflect.get(value, "data"), Reflect.get(value, "log_history")]) {
    if (Array.isArray(rows)) return rows;
  }
  return undefined;
}

function addRow(value: unknown, log: ParsedLog, row: number, path = "", depth = 0): void {
  if (typeof value === "object" && value !== null) {
    if (depth >= MAX_DEPTH || (Array.isArray(value) && value.length !== 1)) return;
    for (const [key, inner] of Object.entries(value)) {
      addRow(inner, log, row, Array.isArray(value) ? path : path ? `${path}/${key}` : key, depth + 1);
    }
    return;
  }
  if (path === "" || typeof value === "boolean" || value === null) return;
  const number = typeof value === "number" ? value : parseNumber(String(value));
  if (number !== undefined) log.points.column(path)?.add(row, number);
}

/** An object of columns: `{"alpha": [1, 0.9], "step": [0, 100]}`. */
function addColumns(value: unknown, log: ParsedLog): boolean {
  if (typeof value !== "object" || value === null) return false;
  let any = false;
  for (const [key, cells] of Object.entries(value)) {
    if (!Array.isArray(cells) || cells.length < 2) continue;
    const column = log.points.column(key);
    if (column === undefined) continue;
    any = true;
    cells.forEach((cell, row) => {
      const number =
        typeof cell === "number" ? cell : typeof cell === "string" ? parseNumber(cell) : undefined;
      if (number !== undefined) column.add(row, number);
    });
  }
  return any;
}
