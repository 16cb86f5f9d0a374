// What a reader collects: for each tag that some program uses for a known quantity, its points in the order of the log.
// Memory is bounded: exact up to two million points; beyond that every column that is long keeps each 2nd, 4th, 8th…
// point. Columns written together are as long as each other, so they keep the same rows.

import { isKnownTag } from "./tags.ts";

const MAX_POINTS = 2_000_000;
/** Columns shorter than this are never thinned. */
const THIN_FROM = 2048;
/** A hostile log may hold a new tag in every record; so many short columns stay below the limit of points. */
const MAX_COLUMNS = 900;
const MAX_REMEMBERED = 65_536;

/** One tag's points: `at` is the row number, or the event's own step. */
export class PointColumn {
  length = 0;
  /** Every so many points one is kept. */
  stride = 1;
  /** Where the first NaN or infinity stood; undefined where there was none. */
  firstNotFinite: number | undefined;
  #at = new Float64Array(64);
  #values = new Float64Array(64);
  #seen = 0;
  readonly #onGrowth: () => void;

  constructor(onGrowth: () => void) {
    this.#onGrowth = onGrowth;
  }

  get at(): Float64Array {
    return this.#at.subarray(0, this.length);
  }

  get values(): Float64Array {
    return this.#values.subarray(0, this.length);
  }

  add(at: number, value: number): void {
    if (!Number.isFinite(value)) this.firstNotFinite ??= at;
    if (this.#seen++ % this.stride !== 0) return;
    if (this.length === this.#at.length) {
      this.#at = grown(this.#at);
      this.#values = grown(this.#values);
    }
    this.#at[this.length] = at;
    this.#values[this.length++] = value;
    this.#onGrowth();
  }

  /** Keeps every other point. @returns how many were dropped */
  thin(): number {
    const before = this.length;
    this.stride *= 2;
    this.length = Math.ceil(before / 2);
    for (let i = 0; i < this.length; i++) {
      this.#at[i] = this.#at[2 * i]!;
      this.#values[i] = this.#values[2 * i]!;
    }
    return before - this.length;
  }
}

/** Columns by run and tag; a file of several runs (a Weights & Biases export) has several. */
export class Points {
  readonly runs = new Map<string, Map<string, PointColumn>>();
  /** Tags that no program uses, as many as make a helpful message. */
  readonly unknownTags: string[] = [];
  readonly #known = new Map<string, boolean>();
  #columns = 0;
  #size = 0;

  /** The column to add to; undefined where no program uses the tag. */
  column(tag: string, run = ""): PointColumn | undefined {
    const columns = this.runs.get(run);
    const column = columns?.get(tag);
    if (column || !this.#isKnown(tag) || this.#columns >= MAX_COLUMNS) return column;
    this.#columns++;
    const made = new PointColumn(() => {
      if (++this.#size > MAX_POINTS) this.#thin();
    });
    if (columns) columns.set(tag, made);
    else this.runs.set(run, new Map([[tag, made]]));
    return made;
  }

  /** The largest stride: 1 where every point was kept. */
  get stride(): number {
    let stride = 1;
    for (const columns of this.runs.values()) {
      for (const column of columns.values()) stride = Math.max(stride, column.stride);
    }
    return stride;
  }

  #isKnown(tag: string): boolean {
    const remembered = this.#known.get(tag);
    if (remembered !== undefined) return remembered;
    const known = isKnownTag(tag);
    if (this.#known.size < MAX_REMEMBERED) this.#known.set(tag, known);
    if (!known && this.unknownTags.length < 8) this.unknownTags.push(tag);
    return known;
  }

  #thin(): void {
    let dropped = 0;
    for (const columns of this.runs.values()) {
      for (const column of columns.values()) if (column.length >= THIN_FROM) dropped += column.thin();
    }
    this.#size -= dropped;
  }
}

function grown(array: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const copy = new Float64Array(array.length * 2);
  copy.set(array);
  return copy;
}
