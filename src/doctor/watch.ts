// The doctor beside a running training: rows are fed as they come, and every so many updates the same rules look at
// all of them. Long runs are thinned, so that memory and the cost of a look stay bounded however long it takes.

import type { DeclaredSettings, Quantity, Series } from "../runs/series.ts";
import { diagnose } from "./diagnose.ts";
import type { Finding, FindingId, Severity } from "./finding.ts";

/** What `watchAlpha` is told about the run. */
export interface WatchOptions {
  readonly declared?: DeclaredSettings;
  /** Name of the program, for the fix. Default "tempered". */
  readonly framework?: string;
  /** Updates between two looks. Default 2,000. */
  readonly every?: number;
  /** Rows kept; beyond, every second one is dropped. Default 1,024. */
  readonly rows?: number;
}

/** One row; quantities that are absent count as missing. `updates` is needed. */
export type WatchedRow = Readonly<Partial<Record<Quantity, number>>> & { readonly updates: number };

/** The doctor beside a run that is going on: give it rows, ask it when you like. */
export interface AlphaWatch {
  /** Takes a row. @returns what is new: findings not told before, or told with a lower severity; mostly none */
  push(row: WatchedRow): readonly Finding[];
}

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, error: 2 };

/** Warnings and errors only: remarks are for a report, not for a training in progress. */
export function watchAlpha(options: WatchOptions = {}): AlphaWatch {
  const { declared = {}, framework = "tempered", every = 2000, rows: most = 1024 } = options;
  let rows: WatchedRow[] = [];
  let stride = 1;
  let pushed = 0;
  let nextLook = every;
  const told = new Map<FindingId, number>();
  return {
    push(row) {
      if (pushed++ % stride === 0) rows.push(row);
      if (rows.length > most) {
        rows = rows.filter((_, i) => i % 2 === 0);
        stride *= 2;
      }
      if (row.updates < nextLook) return [];
      nextLook = row.updates + every;
      const { findings } = diagnose(seriesOf(rows, framework), declared);
      return findings.filter(({ id, severity }) => {
        const rank = RANK[severity];
        if (rank <= (told.get(id) ?? 0)) return false;
        told.set(id, rank);
        return true;
      });
    },
  };
}

function seriesOf(rows: readonly WatchedRow[], framework: string): Series {
  const quantities = new Set(rows.flatMap((row) => Object.keys(row) as Quantity[]));
  const columns: Partial<Record<Quantity, Float64Array>> = {};
  for (const quantity of quantities) {
    columns[quantity] = Float64Array.from(rows, (row) => row[quantity] ?? Number.NaN);
  }
  return {
    path: "this run",
    format: "jsonl",
    framework,
    length: rows.length,
    columns,
    declared: {},
    notes: [],
  };
}
