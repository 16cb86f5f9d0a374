// All metrics of a study as one Parquet file, for pandas, DuckDB and whatever else reads tables: a row for each row of each
// run's log, with what sets the run apart beside it.

import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileWriter, ParquetWriter } from "hyparquet-writer";
import { type Metrics, STEP } from "../runs/metrics-line.ts";
import { readRun } from "../training/run-directory.ts";
import type { TrainConfig } from "../training/settings.ts";
import type { RunOutcome } from "./outcome.ts";
import type { Plan, PlannedRun } from "./plan.ts";
import { committedRows, progressOf, runPath } from "./run-store.ts";

type Column = "STRING" | "INT64" | "DOUBLE";
type Cell = string | bigint | number | undefined;

interface Described {
  readonly name: string;
  readonly type: Column;
  readonly cell: (row: Metrics, run: PlannedRun) => Cell;
}

/** Rows that are held at once. */
const GROUP = 100_000;

/**
 * Writes DIR/metrics.parquet: columns run, env, setting, seed, status, every setting that differs between runs, step, and
 * the metrics under their names in metrics.jsonl, null where a row has none.
 */
export function writeMetrics(out: string, plan: Plan, outcomes: readonly RunOutcome[]): void {
  const rowsOf = ({ id }: PlannedRun): readonly Metrics[] =>
    progressOf(out, id) === "ended" ? readRun(runPath(out, id)).metrics : committedRows(out, id);
  const columns = columnsOf(plan, outcomes, rowsOf);
  const temporary = join(out, `.metrics.${process.pid}.tmp`);
  try {
    const file = new ParquetWriter({
      writer: fileWriter(temporary),
      schema: [
        { name: "study", num_children: columns.length },
        ...columns.map(({ name, type }) => ({
          name,
          repetition_type: "OPTIONAL" as const,
          ...(type === "STRING"
            ? { type: "BYTE_ARRAY" as const, converted_type: "UTF8" as const }
            : { type }),
        })),
      ],
      createdBy: `tempered ${plan.version}`,
    });
    let held: { row: Metrics; run: PlannedRun }[] = [];
    const flush = () => {
      if (held.length === 0) return;
      file.write({
        columnData: columns.map(({ name, type, cell }) => ({
          name,
          type,
          data: held.map(({ row, run }) => cell(row, run) ?? null),
        })),
        rowGroupSize: held.length,
      });
      held = [];
    };
    for (const run of plan.runs) {
      for (const row of rowsOf(run)) held.push({ row, run });
      if (held.length >= GROUP) flush();
    }
    flush();
    file.finish();
    renameSync(temporary, join(out, "metrics.parquet"));
  } finally {
    rmSync(temporary, { force: true });
  }
}

function columnsOf(
  { runs }: Plan,
  outcomes: readonly RunOutcome[],
  rowsOf: (run: PlannedRun) => readonly Metrics[],
): Described[] {
  const status = new Map(outcomes.map(({ id, status }) => [id, status]));
  const tags = new Set(runs.flatMap((run) => rowsOf(run).flatMap(Object.keys)));
  tags.delete(STEP);
  const taken = ["run", "env", "setting", "seed", "status", "step"];
  return [
    { name: "run", type: "STRING", cell: (_, { id }) => id },
    { name: "env", type: "STRING", cell: (_, { env }) => env },
    { name: "setting", type: "STRING", cell: (_, { setting }) => setting },
    { name: "seed", type: "INT64", cell: (_, { seed }) => BigInt(seed) },
    { name: "status", type: "STRING", cell: (_, { id }) => status.get(id) },
    ...differing(runs).filter(({ name }) => !taken.includes(name)),
    { name: "step", type: "INT64", cell: (row) => BigInt(row[STEP]!) },
    ...[...tags].map((name): Described => ({ name, type: "DOUBLE", cell: (row) => row[name] })),
  ];
}

/** Settings of which there are several values: numbers where all are, else text. */
function differing(runs: readonly PlannedRun[]): Described[] {
  const names = [...new Set(runs.flatMap(({ config }) => Object.keys(config)))] as (keyof TrainConfig)[];
  return names.flatMap((name): Described[] => {
    const values = runs.map(({ config }) => config[name]);
    if (new Set(values.map((value) => JSON.stringify(value))).size < 2) return [];
    const numeric = values.every((value) => value === undefined || typeof value === "number");
    const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
    return [
      {
        name,
        type: numeric ? "DOUBLE" : "STRING",
        cell: (_, { config }) => (numeric ? (config[name] as number | undefined) : text(config[name])),
      },
    ];
  });
}
