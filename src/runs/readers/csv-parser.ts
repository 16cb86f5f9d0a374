// Tables of text: a header, then a row a line, cells separated by comma, tab or semicolon. Headers may be repeated, in
// another order, in the middle (a resumed run); Weights & Biases exports hold several runs side by side, a column each.

import { LineSplitter } from "./lines.ts";
import { LogError } from "./log-error.ts";
import { parseNumber } from "./number.ts";
import { type LogParser, ParsedLog } from "./parsed-log.ts";
import type { PointColumn } from "./points.ts";
import { isKnownTag, meaningOfWords, wordsOf } from "./tags.ts";

const MAX_QUOTED = 1024 * 1024;
const MAX_COLUMNS = 100_000;
/** Settings that stay what they are within a run; where two of them vary, each row is a run of its own. */
const HYPERPARAMETERS = new Set([
  ...["gamma", "discount", "tau", "batch_size", "buffer_size", "n_steps", "net_arch", "learning_starts"],
  ...["train_freq", "gradient_steps", "hidden_size", "learning_rate", "lr", "log_std_init"],
]);
/** A column whose cells say which run a row is of. */
const RUN = /^(?:run|seed|run[_ ]?(?:id|name)|exp[_ ]?name|experiment)$/i;
const AXES = new Set(["step", "updates", "time"]);

/** A column of the table: which points its cells go to. The axes of an export go to every run. */
interface Target {
  readonly cell: number;
  readonly columns: readonly PointColumn[];
  /** Fewest characters of a cell so far: a shorter last one may have been cut. */
  shortest: number;
}

export class CsvParser implements LogParser {
  readonly log: ParsedLog;
  readonly #delimiter: string;
  readonly #lines = new LineSplitter((line, terminated) => this.#line(line, terminated));
  #header: string | undefined;
  #names: readonly string[] = [];
  #runCell = -1;
  /** What the first run is called; its columns are nobody's until a second one comes. */
  #firstRun: string | undefined;
  readonly #targetsOf = new Map<string, Target[]>();
  #targets: Target[] = [];
  #width = 0;
  #row = 0;
  #lineNumber = 0;
  #quoted = "";
  /** Cells of hyperparameters with their first text; `varies` once another came. */
  #settings: { readonly cell: number; first: string | undefined; varies: boolean }[] = [];

  constructor(path: string, delimiter: string) {
    this.log = new ParsedLog(path, "csv", "row");
    this.#delimiter = delimiter;
  }

  push(chunk: Uint8Array): void {
    this.#lines.push(chunk);
  }

  end(): void {
    this.#lines.end();
    const { runs } = this.log.points;
    const first = runs.get("");
    if (this.#targetsOf.size > 1 && first) {
      const others = [...runs].filter(([name]) => name !== "");
      runs.clear();
      for (const [name, columns] of [[this.#firstRun!, first] as const, ...others]) runs.set(name, columns);
    }
    if (this.#settings.filter(({ varies }) => varies).length >= 2) {
      const message =
        "Expected the log of one run, got a table of trials: its hyperparameters change from row to row. Give the log of one of the trials.";
      throw new LogError("LOG_NO_QUANTITY", this.log.path, "", message);
    }
    if (this.#quoted !== "") this.log.note("A quoted cell is never closed; its row was left out.");
    if (this.#lines.overlong > 0) {
      this.log.note(`${this.#lines.overlong} lines of more than 8 MB were left out.`);
    }
  }

  #line(line: string, terminated: boolean): void {
    this.#lineNumber++;
    if (this.#quoted === "" && (line === "" || line.startsWith("#"))) return;
    if (this.#quoted === "" && line === this.#header) {
      this.log.note(`The header is repeated in line ${this.#lineNumber}; rows go on below it.`);
      return;
    }
    const text = this.#quoted === "" ? line : `${this.#quoted}\n${line}`;
    this.#quoted = "";
    if (line.includes('"') || text !== line) {
      const cells = quotedCells(text, this.#delimiter);
      if (cells) this.#cells(cells, line, terminated);
      else if (text.length < MAX_QUOTED) this.#quoted = text;
      else this.log.note(`A quoted cell before line ${this.#lineNumber} is never closed; it was left out.`);
      return;
    }
    this.#cells(line.split(this.#delimiter, MAX_COLUMNS), line, terminated);
  }

  #cells(cells: readonly string[], line: string, terminated: boolean): void {
    if (this.#header === undefined) this.#readHeader(cells, line);
    else if (this.#isHeader(cells)) {
      this.log.note(`Another header stands in line ${this.#lineNumber}; the columns below are read by it.`);
      this.#readHeader(cells, line);
    } else this.#readRow(cells, terminated);
  }

  #readHeader(cells: readonly string[], line: string): void {
    this.#header = line;
    this.#width = cells.length;
    const names = cells.map((cell) => cell.replace(/^\ufeff/, "").trim());
    const runs = runsOf(names);
    this.#names = names;
    this.#runCell = runs.size > 0 ? -1 : names.findIndex((name) => RUN.test(name));
    this.#targetsOf.clear();
    const hasAxis = names.some((name) => AXES.has(meaningOfWords(name)?.quantity ?? ""));
    this.#settings = names.flatMap((name, cell) =>
      !hasAxis && isHyperparameter(name) ? [{ cell, first: undefined, varies: false }] : [],
    );
    const { points } = this.log;
    this.#targets = names.flatMap((name, cell): Target[] => {
      const run = runs.get(cell);
      const columns =
        runs.size === 0
          ? [points.column(name)]
          : run
            ? [points.column(run.tag, run.name)]
            : [...new Set([...runs.values()].map((other) => other.name))].map((other) =>
                points.column(name, other),
              );
      const known = columns.filter((column) => column !== undefined);
      return known.length === 0 ? [] : [{ cell, columns: known, shortest: Number.POSITIVE_INFINITY }];
    });
  }

  /** A row of names among numbers: the table was begun anew. */
  #isHeader(cells: readonly string[]): boolean {
    const first = cells[this.#targets[0]?.cell ?? 0] ?? "";
    if (first.trim() === "" || parseNumber(first) !== undefined) return false;
    return (
      cells.some((cell) => isKnownTag(cell.trim())) && cells.every((cell) => parseNumber(cell) === undefined)
    );
  }

  /** Where a row's cells go: to the columns of the run that one of them names, if any does. */
  #targetsIn(cells: readonly string[]): readonly Target[] {
    const run = cells[this.#runCell]?.trim();
    if (!run) return this.#targets;
    const name = `${this.#names[this.#runCell]}=${run}`;
    this.#firstRun ??= name;
    const known = this.#targetsOf.get(name);
    if (known) return known;
    const { points } = this.log;
    const targets = this.#targets.flatMap(({ cell, columns }): Target[] => {
      const own = name === this.#firstRun ? columns : [points.column(this.#names[cell]!, name)];
      const present = own.filter((column) => column !== undefined);
      return present.length === 0 ? [] : [{ cell, columns: present, shortest: Number.POSITIVE_INFINITY }];
    });
    this.#targetsOf.set(name, targets);
    return targets;
  }

  #readRow(cells: readonly string[], terminated: boolean): void {
    if (cells.length > this.#width) {
      this.log.note(`Line ${this.#lineNumber} has more cells than the header; the surplus was left out.`);
    }
    for (const setting of this.#settings) {
      const text = cells[setting.cell];
      setting.first ??= text;
      setting.varies ||= text !== undefined && text !== setting.first;
    }
    for (const target of this.#targetsIn(cells)) {
      const text = cells[target.cell];
      if (text === undefined) break;
      const last = target.cell === cells.length - 1;
      if (last && !terminated && text.length < target.shortest) {
        if (text !== "") this.log.note("The last row is cut short; its last cell was left out.");
        continue;
      }
      const value = parseNumber(this.#delimiter === ";" ? text.replace(",", ".") : text);
      if (value === undefined) continue;
      target.shortest = Math.min(target.shortest, text.length);
      for (const column of target.columns) column.add(this.#row, value);
    }
    this.#row++;
  }
}

/** Optuna writes `params_gamma`, others `config/gamma` or the bare name. */
function isHyperparameter(name: string): boolean {
  const words = wordsOf(name).join("_");
  return HYPERPARAMETERS.has(words.replace(/^(?:user_attrs_)?(?:params?|config|hparams?)_/, ""));
}

/** Columns named `RUN - TAG`, by cell; empty where the table is no such export. */
function runsOf(names: readonly string[]): Map<number, { readonly name: string; readonly tag: string }> {
  const runs = new Map<number, { name: string; tag: string }>();
  names.forEach((name, cell) => {
    const at = name.lastIndexOf(" - ");
    const tag = at < 0 ? "" : name.slice(at + 3);
    if (at > 0 && isKnownTag(tag) && meaningOfWords(tag)?.quantity !== "step") {
      runs.set(cell, { name: name.slice(0, at), tag });
    }
  });
  return runs;
}

/** Cells of a line with quotes ("" is a quote); undefined where a quote is still open. */
export function quotedCells(line: string, delimiter: string): string[] | undefined {
  const cells: string[] = [];
  let at = 0;
  while (cells.length < MAX_COLUMNS) {
    if (line[at] === '"') {
      let text = "";
      let from = at + 1;
      let close = line.indexOf('"', from);
      while (close >= 0 && line[close + 1] === '"') {
        text += line.slice(from, close + 1);
        from = close + 2;
        close = line.indexOf('"', from);
      }
      if (close < 0) return undefined;
      cells.push(text + line.slice(from, close));
      at = close + 1;
      if (at >= line.length) return cells;
      if (line[at] === delimiter) at++;
      else at = Math.max(at, line.indexOf(delimiter, at) + 1 || line.length);
      if (at >= line.length && line[at - 1] !== delimiter) return cells;
    } else {
      const next = line.indexOf(delimiter, at);
      if (next < 0) {
        cells.push(line.slice(at));
        return cells;
      }
      cells.push(line.slice(at, next));
      at = next + 1;
    }
  }
  return cells;
}
