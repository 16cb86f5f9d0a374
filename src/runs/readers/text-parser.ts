// Whatever a program printed: boxed tables (`| train/ | |`, `|    ent_coef | 0.97 |`), `alpha: 0.012`, `alpha=0.012`,
// `Step 400`. Only names that mean a known quantity count; a row ends where a name comes again.

import { LineSplitter } from "./lines.ts";
import { parseNumber } from "./number.ts";
import { type LogParser, ParsedLog } from "./parsed-log.ts";
import { isKnownTag, wordsOf } from "./tags.ts";

const MAX_LINE = 16 * 1024;
const MAX_NAME = 40;
const NUMBER = String.raw`[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?|[-+]?(?:nan|inf(?:inity)?)\b`;
const ASSIGNED = new RegExp(
  String.raw`["']?\s{0,4}[:=]\s{0,8}(?:tensor|np\.float(?:32|64))?[([]{0,3}\s?(${NUMBER})`,
  "gi",
);
const SPACED = new RegExp(String.raw`(?<![\w.])([a-zα][\w./-]{0,40})\s{1,40}#?(${NUMBER})(?![\w.])`, "gi");
const NAME_BEFORE = /[a-zα][\w./α-]*(?:[ \t][\w./α-]+){0,3}$/i;
const BOXED = /^\|\s*([^|]{1,100}?)\s*\|\s*([^|]{0,100}?)\s*\|$/;
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

export class TextParser implements LogParser {
  readonly log: ParsedLog;
  readonly #lines = new LineSplitter((line) => this.#line(line));
  readonly #names = new Map<string, string | undefined>();
  #row = 0;
  #inRow = new Set<string>();
  #group = "";

  constructor(path: string) {
    this.log = new ParsedLog(path, "text", "row");
  }

  push(chunk: Uint8Array): void {
    this.#lines.push(chunk);
  }

  end(): void {
    this.#lines.end();
  }

  #line(whole: string): void {
    if (whole.trim() === "") return;
    const kept = whole.length > MAX_LINE ? whole.slice(0, MAX_LINE) : whole;
    const line = kept.replace(QUOTED, "");
    if (YARATS.test(line)) {
      this.#yaratsLine(line);
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
    if (this.#inRow.has(tag)) {
      this.#row++;
      this.#inRow = new Set();
    }
    this.#inRow.add(tag);
    this.log.points.column(tag)?.add(this.#row, value);
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
