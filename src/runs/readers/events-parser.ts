// TensorBoard event files as a log: every scalar of a known tag at its own step, and the arguments that some programs
// write as a text.

import { EventFileDecoder } from "../tfevents/index.ts";
import { type LogParser, ParsedLog } from "./parsed-log.ts";
import type { PointColumn } from "./points.ts";
import { settingsFromTable } from "./settings.ts";
import { hasOtherAxis, isAlphaTag, WALL_TIME } from "./tags.ts";

export class EventsParser implements LogParser {
  readonly log: ParsedLog;
  readonly #decoder: EventFileDecoder;
  readonly #columns = new Map<string, PointColumn>();
  #lastStep = 0;
  #alphaTag: string | undefined;

  constructor(path: string) {
    const log = new ParsedLog(path, "tfevents", "step");
    this.log = log;
    this.#decoder = new EventFileDecoder({
      scalar: (tag, step, value, wallTime) => this.#scalar(tag, step, value, wallTime),
      text: (_tag, _step, text) => settingsFromTable(text, log.settings),
    });
  }

  push(chunk: Uint8Array): void {
    this.#decoder.push(chunk);
  }

  end(): void {
    this.#decoder.end();
    for (const { kind, offset, length } of this.#decoder.damage.slice(0, 5)) {
      if (kind === "truncated")
        this.log.note(`The last record is cut short at byte ${offset}; it was left out.`);
      else this.log.note(`${length} bytes from byte ${offset} are ${kind}; they were left out.`);
    }
    const more = this.#decoder.damageCount - 5;
    if (more > 0) this.log.note(`${more} further stretches of the file are unreadable; they were left out.`);
  }

  #scalar(tag: string, step: number, value: number, wallTime: number): void {
    if (wallTime > 0 && wallTime < this.log.startedAt) this.log.startedAt = wallTime;
    let column = this.#columns.get(tag);
    if (column === undefined) {
      column = this.log.points.column(tag);
      if (column === undefined) return;
      this.#columns.set(tag, column);
      if (this.#alphaTag === undefined && isAlphaTag(tag)) this.#alphaTag = tag;
    }
    if (tag === this.#alphaTag) this.log.points.column(WALL_TIME)?.add(step, wallTime);
    if (hasOtherAxis(tag)) column.add(this.#lastStep, value);
    else {
      this.#lastStep = step;
      column.add(step, value);
    }
  }
}
