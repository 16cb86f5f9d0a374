// Whatever a program printed: boxed tables (`| train/ | |`, `|    ent_coef | 0.97 |`), `alpha: 0.012`, `alpha=0.012`,
// `Step 400`. Only names that mean a known quantity count; a row ends where a name comes again.

import { LineSplitter } from "./lines.ts";
import { LogError } from "./log-error.ts";
import { parseNumber } from "./number.ts";
import { type LogParser, ParsedLog } from "./parsed-log.ts";
import { isKnownTag, isProgramTag, wordsOf } from "./tags.ts";

const MAX_LINE = 16 * 1024;
const MAX_NAME = 40;
const NUMBER = String.raw`[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?|[-+]?(?:nan|inf(?:inity)?)\b`;
const ASSIGNED = new RegExp(
  String.raw`["']?\s{0,4}[:=]\s{0,8}(?:tensor|Array|np\.float(?:32|64)|(?:jnp|np)?\.?array)?[([]{0,3}\s?(${NUMBER})`,
  "gi",
);
const SPACED = new RegExp(String.raw`(?<![\w.])([a-zα][\w./-]{0,40})\s{1,40}#?(${NUMBER})(?![\w.])`, "gi");
const NAME_BEFORE = /[a-zα][\w./α-]*(?:[ \t][\w./α-]+){0,3}$/i;
const BOXED = /^\|\s*([^|]{1,100}?)\s*\|\s*([^|]{0,100}?)\s*\|$/;
/** Lines of a Python program, not of what it printed. */
const CODE = /^\s*(?:import \w|from [\w.]+ import |def \w+\(|class \w+[(:])/;
const TRACEBACK = /^\s*Traceback \(most recent call last\)/;
/** Before each line of what somebody quoted in a message. */
const QUOTED = /^\s{0,8}(?:>\s?){1,8}/;
/** A line of the console of Yarats' pytorch_sac, whose names are abbreviated. */
const YARATS = /^\s{0,8}\| train\s+\| .*\bTVAL: /;
const YARATS_CELL = new RegExp(String.raw`\b([A-Z]{1,8}): (${NUMBER})`, "gi");
const YARATS_NAMES: Readonly<Record<string, string>> = {
  S: "step",
  R: "train/episode_reward",
  TVAL: "train_alpha/value",
  TLOSS: "train_alpha/loss",
  AENT: "train_actor/entropy",
  ALOSS: "train_actor/loss",
  CLOSS: "train_critic/loss",
};

/** The head of ElegantRL's table: `ID     Step    Time |    avgR   stdR   avgS  stdS |    expR   objC   objA   etc.` */
const ELEGANT = /^\s{0,8}ID\s+Step\s.*\bavgR\s.*\bobjC\s.*\betc\.\s*$/;
const ELEGANT_ROW = /^\s{0,8}\d{1,4}\s+[\d.]+e[-+]\d+\s/;

/** RLlib prints a result as YAML below such a line. */
const RLLIB_RESULT = /^Result for ([^:]{1,200}):$/;
const RLLIB_CELL = new RegExp(String.raw`^\s{0,40}(\w{1,80}): (${NUMBER})$`, "i");
const RLLIB_LEARNER = "info/learner/default_policy/learner_stats/";

export class TextParser implements LogParser {
  readonly log: ParsedLog;
  readonly #lines = new LineSplitter((line) => this.#line(line));
  readonly #names = new Map<string, string | undefined>();
  #row = 0;
  #inRow = new Set<string>();
  #group = "";
  #inResult = false;
  #elegant: readonly string[] | undefined;
  #code = 0;
  #traceback = false;

  /** @param log to add to, where the lines are part of another format's */
  constructor(path: string, log = new ParsedLog(path, "text", "row")) {
    this.log = log;
  }

  push(chunk: Uint8Array): void {
    this.#lines.push(chunk);
  }

  /** @throws LogError where the text is a program, or how it ended, and no log */
  end(): void {
    this.#lines.end();
    if (this.#row > 1) return;
    const { path } = this.log;
    const wanted = "Expected what a training logged";
    if (this.#code > 2) {
      const message = `${wanted}, got source code. Run it and give its event files, CSV or printed lines; tempered doctor --print-callback sb3|cleanrl|rllib|torch prints the lines that log what decides.`;
      throw new LogError("LOG_NO_QUANTITY", path, "", message);
    }
    if (this.#traceback) {
      const message = `${wanted}, got a Python traceback: the program stopped before it logged α twice. Give the log from before that error (event files, progress.csv, printed lines).`;
      throw new LogError("LOG_NO_QUANTITY", path, "", message);
    }
  }

  #line(whole: string): void {
    if (whole.trim() === "") return;
    const kept = whole.length > MAX_LINE ? whole.slice(0, MAX_LINE) : whole;
    const line = kept.replace(QUOTED, "");
    if (YARATS.test(line)) {
      this.#yaratsLine(line);
      return;
    }
    if (ELEGANT.test(line)) this.#elegant = elegantNames(line);
    if (this.#elegant && ELEGANT_ROW.test(line)) {
      this.#elegantRow(line, this.#elegant);
      return;
    }
    if (CODE.test(line)) this.#code++;
    this.#traceback ||= TRACEBACK.test(line);
    const result = RLLIB_RESULT.exec(line.trim());
    if (result) this.#beginResult(result[1]!);
    if (this.#inResult) {
      this.#resultLine(line);
      return;
    }
    if (whole.length > MAX_LINE) this.log.note("Lines of more than 16 KB were read only up to there.");
    const boxed = BOXED.exec(line.trim());
    if (boxed) this.#boxedLine(boxed[1]!, boxed[2]!);
    else {
      for (const match of line.matchAll(ASSIGNED)) {
        const before = line.slice(Math.max(0, match.index - MAX_NAME), match.index);
        this.#add(NAME_BEFORE.exec(before)?.[0], match[1]!);
      }
      for (const match of line.matchAll(SPACED)) this.#add(match[1], match[2]!);
    }
  }

  #yaratsLine(line: string): void {
    for (const [, name, value] of line.matchAll(YARATS_CELL)) {
      const tag = YARATS_NAMES[name!];
      if (tag !== undefined) this.#add(tag, value!);
    }
  }

  #elegantRow(line: string, names: readonly string[]): void {
    const cells = line.trim().split(/[\s|]+/);
    this.#nextRow();
    names.forEach((name, i) => {
      const number = parseNumber(cells[i] ?? "");
      const tag = `ElegantRL/${name}`;
      if (number !== undefined && isProgramTag(tag)) this.#addPoint(tag, number);
    });
  }

  /** A trial is named after its algorithm and environment: SAC_CartPole-v1_a1b2c_00000. */
  #beginResult(trial: string): void {
    this.#inResult = true;
    this.#nextRow();
    const env = /^[A-Za-z]+_(.+?-v\d+)(?:_|$)/.exec(trial)?.[1];
    if (env !== undefined) this.log.settings.set("env", env);
  }

  #resultLine(line: string): void {
    const [, name, value] = RLLIB_CELL.exec(line) ?? [];
    const number = value === undefined ? undefined : parseNumber(value);
    if (number === undefined) return;
    const learner = RLLIB_LEARNER + name!;
    const tag = isProgramTag(learner) ? learner : isProgramTag(name!) ? name! : undefined;
    if (tag !== undefined && !this.#inRow.has(tag)) this.#addPoint(tag, number);
  }

  #boxedLine(name: string, value: string): void {
    if (name.endsWith("/") && value === "") {
      this.#group = name;
      return;
    }
    const number = parseNumber(value);
    const tag = this.#group + name;
    if (number === undefined) return;
    if (isKnownTag(tag)) this.#addPoint(tag, number);
    else if (isKnownTag(name)) this.#addPoint(name, number);
  }

  #add(name: string | undefined, value: string): void {
    const tag = name === undefined ? undefined : this.#tagOf(name);
    const number = parseNumber(value);
    if (tag !== undefined && number !== undefined) this.#addPoint(tag, number);
  }

  #addPoint(tag: string, value: number): void {
    if (this.#inRow.has(tag)) this.#nextRow();
    this.#inRow.add(tag);
    this.log.points.column(tag)?.add(this.#row, value);
  }

  #nextRow(): void {
    if (this.#inRow.size > 0) this.#row++;
    this.#inRow = new Set();
  }

  /** The known name among the last words before a number: "critic 0.3, mean alpha" means alpha. */
  #tagOf(name: string): string | undefined {
    if (this.#names.has(name)) return this.#names.get(name);
    const words = name.split(/[ \t]+/);
    let tag: string | undefined;
    for (let from = 0; from < words.length && tag === undefined; from++) {
      const candidate = words.slice(from).join(" ");
      if (isKnownTag(candidate)) tag = candidate;
      else if (CHANGES_MEANING.has(wordsOf(words[from]!).join(""))) break;
    }
    if (this.#names.size < 10_000) this.#names.set(name, tag);
    return tag;
  }
}

/** What SAC has under "etc.": the actor's objective, where it has no column of its own, and α. */
function elegantNames(head: string): string[] {
  const names = head
    .trim()
    .split(/[\s|]+/)
    .slice(0, -1);
  return [...names, ...(names.includes("objA") ? [] : ["objA"]), "alpha"];
}

/** Before a name they make another quantity of it. */
const CHANGES_MEANING = new Set([
  "target",
  "max",
  "min",
  "std",
  "initial",
  "final",
  "log",
  "best",
  "delta",
  "d",
]);
