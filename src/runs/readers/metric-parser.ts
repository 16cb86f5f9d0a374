// One metric a file, numbers without a header, as d3rlpy (epoch, step, value) and TorchRL (step, value) write them, or
// TensorBoard's download (Wall time, Step, Value). The metric's name is the file's.

import { LineSplitter } from "./lines.ts";
import { parseNumber } from "./number.ts";
import { type LogParser, ParsedLog } from "./parsed-log.ts";

export class MetricParser implements LogParser {
  readonly log: ParsedLog;
  readonly #lines = new LineSplitter((line, terminated) => this.#line(line, terminated));
  readonly #metric: string;

  constructor(path: string) {
    this.#metric = metricName(path);
    this.log = new ParsedLog(path, "csv", "step");
    this.log.metric = this.#metric;
  }

  push(chunk: Uint8Array): void {
    this.#lines.push(chunk);
  }

  end(): void {
    this.#lines.end();
  }

  #line(line: string, terminated: boolean): void {
    const cells = line.split(",", 4).map(parseNumber);
    const [step, value] = cells.slice(-2);
    if (cells.length < 2 || step === undefined || value === undefined || !Number.isFinite(step)) return;
    if (!terminated) {
      this.log.note("The last line has no end and may be cut short; it was left out.");
      return;
    }
    this.log.points.column(this.#metric)?.add(step, value);
  }
}

/** "…/scalars/train/alpha.csv" → "train/alpha"; "run-x-tag-train_alpha.csv" → "train_alpha"; else the base name. */
export function metricName(path: string): string {
  const plain = path.replace(/\.gz$/, "").replace(/\.(csv|txt|tsv)$/, "");
  const scalars = plain.lastIndexOf("/scalars/");
  if (scalars >= 0) return plain.slice(scalars + "/scalars/".length);
  const name = plain.slice(plain.lastIndexOf("/") + 1);
  const tag = name.lastIndexOf("-tag-");
  return tag >= 0 ? name.slice(tag + "-tag-".length) : name;
}

/** What the files of one run have in common: their directory, above `scalars` where there is one. */
export function metricDirectory(path: string): string {
  const scalars = path.lastIndexOf("/scalars/");
  if (scalars >= 0) return path.slice(0, scalars);
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}
