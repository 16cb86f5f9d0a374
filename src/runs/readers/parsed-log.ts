// What every format's parser fills in, and how a parser looks: chunks in, points out.

import type { Series } from "../series.ts";
import { oneLine } from "./log-error.ts";
import { Points } from "./points.ts";
import type { RawSettings } from "./settings.ts";

const MAX_NOTES = 20;

export class ParsedLog {
  readonly path: string;
  readonly format: Series["format"];
  /** What a point's place is: the row's number, or the step its event carries. */
  readonly axis: "row" | "step";
  readonly points = new Points();
  readonly settings: RawSettings = new Map();
  readonly notes: string[] = [];
  /** The one metric of a file without names. */
  metric: string | undefined;
  /** Seconds since 1970 of the first event, to order the files of one run. */
  startedAt = Number.POSITIVE_INFINITY;

  constructor(path: string, format: Series["format"], axis: "row" | "step") {
    this.path = path;
    this.format = format;
    this.axis = axis;
  }

  /** Adds a sentence about what was left out or assumed; the same one only once. */
  note(text: string): void {
    const line = oneLine(text);
    if (this.notes.length < MAX_NOTES && !this.notes.includes(line)) this.notes.push(line);
  }
}

export interface LogParser {
  readonly log: ParsedLog;
  push(chunk: Uint8Array): void;
  /** The log is over. */
  end(): void;
}
