// What a reader is told for a place in the log: its step, or the update where the log counts only those, or the row.

import type { Diagnosis } from "../diagnose.ts";

export interface ReportAxis {
  readonly unit: "step" | "update" | "row";
  /** One place a row of `evidence.rows`. */
  readonly places: Float64Array;
  /** The place of what a finding calls a step. */
  at(step: number): number;
}

export function reportAxis({ series, evidence: { rows } }: Diagnosis): ReportAxis {
  if (series.columns.step) return { unit: "step", places: rows.step, at: (step) => step };
  const counted = rows.axis.source !== "unknown";
  const places = counted ? rows.updates : rows.step.map((row) => row + 1);
  // Without steps a finding names rows of the log, of which those that speak about α are here.
  const at = (row: number) => {
    const next = rows.step.findIndex((s) => s >= row);
    return places[next < 0 ? places.length - 1 : next] ?? row;
  };
  return { unit: counted ? "update" : "row", places, at };
}
