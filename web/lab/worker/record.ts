// The log of a run in the lab, for the charts and for the doctor: a row is the mean of a few updates, and when there
// are too many rows, neighbours are joined and rows get twice as long. So memory and work stay bounded.

import { type AveragedQuantity, averagedQuantities } from "../../../src/metrics/table.ts";
import type { Quantity, Series } from "../../../src/runs/series.ts";

type Recorded = AveragedQuantity | "step" | "updates" | "return";

export const recorded: readonly Recorded[] = [
  "step",
  "updates",
  ...averagedQuantities.map(([quantity]) => quantity),
  "return",
];

export type RecordedUpdate = Readonly<Record<Recorded, number>>;

const FIRST_UPDATES_A_ROW = 20;
const MOST_ROWS = 800;
/** Not averaged: what holds at the end of a row. */
const latest = new Set<Quantity>(["step", "updates", "return"]);

export class RunRecord {
  private columns = new Map<Quantity, number[]>(recorded.map((name) => [name, []]));
  private readonly sums = new Map<Quantity, number>();
  private updatesARow = FIRST_UPDATES_A_ROW;
  private pending = 0;

  get length(): number {
    return this.columns.get("step")!.length;
  }

  add(update: RecordedUpdate): void {
    for (const name of recorded) {
      const before = this.pending === 0 || latest.has(name) ? 0 : this.sums.get(name)!;
      this.sums.set(name, before + update[name]);
    }
    if (++this.pending < this.updatesARow) return;
    for (const name of recorded) {
      this.columns.get(name)!.push(this.sums.get(name)! / (latest.has(name) ? 1 : this.pending));
    }
    this.pending = 0;
    if (this.length >= MOST_ROWS) this.halve();
  }

  column(name: Recorded): Float64Array {
    return Float64Array.from(this.columns.get(name)!);
  }

  /** The rows after environment step `from`, as the doctor reads logs. */
  series(from: number): Series {
    const first = this.columns.get("step")!.findIndex((step) => step > from);
    const start = first === -1 ? this.length : first;
    const columns = Object.fromEntries(recorded.map((name) => [name, this.column(name).subarray(start)]));
    return {
      path: "this run",
      format: "jsonl",
      framework: "tempered",
      length: this.length - start,
      columns,
      declared: {},
      units: "unit",
      alphaLogged: "before",
      notes: [],
    };
  }

  private halve(): void {
    for (const [name, values] of this.columns) {
      const joined: number[] = [];
      for (let i = 1; i < values.length; i += 2) {
        joined.push(latest.has(name) ? values[i]! : (values[i - 1]! + values[i]!) / 2);
      }
      this.columns.set(name, joined);
    }
    this.updatesARow *= 2;
  }
}
