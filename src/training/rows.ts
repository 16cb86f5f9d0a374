// A report of the agent as a row of metrics, under Stable-Baselines3's names where it has one. What has no value yet
// (a loss before the first update, a return before the first episode has ended) is left out of the row.

import type { Evaluation } from "../agent/evaluate.ts";
import type { LearnMetrics } from "../agent/metrics-window.ts";
import type { WatchedRow } from "../doctor/index.ts";
import { type Metric, metricEntries, ownTags, type RowMetrics } from "../metrics/table.ts";
import type { Metrics } from "../runs/metrics-line.ts";

export interface RowContext {
  /** Seconds of learning so far, evaluations left out. */
  readonly seconds: number;
  readonly learningRate: number;
  /** Whether α is tuned; a fixed one has no loss. */
  readonly tuned: boolean;
  /** Whether there were updates since the last row. */
  readonly updated: boolean;
  readonly evaluation?: Evaluation | undefined;
}

export function rowOf(reported: LearnMetrics, context: RowContext): Metrics {
  const { seconds, learningRate, tuned, updated, evaluation } = context;
  const values: RowMetrics = {
    ...reported,
    // The mean of a fixed α's logarithms is not that α to the last bit.
    alphaOfLosses: tuned ? reported.alphaOfLosses : reported.alpha,
    learningRate,
    evalReturn: evaluation?.meanReturn ?? Number.NaN,
    stepsPerSecond: Math.round(reported.step / seconds),
    seconds: Math.round(1000 * seconds) / 1000,
  };
  const has: Readonly<Record<NonNullable<Metric["rows"]>, boolean>> = {
    updates: updated,
    tuned: updated && tuned,
    episodes: reported.episodes > 0,
    evaluations: evaluation !== undefined,
    all: true,
  };
  return Object.fromEntries(
    metricEntries.flatMap(([name, { tag, rows, mean }]) => {
      // A mean over updates of which none had the metric: the actor rested, or its actions are discrete.
      const isEmpty = mean !== undefined && Number.isNaN(values[name]);
      return tag && rows && has[rows] && !isEmpty ? [[tag, values[name]]] : [];
    }),
  );
}

/** What the doctor looks at in a row; quantities that a row does not have are missing. */
export function watchedRow(row: Metrics): WatchedRow {
  const quantities = Object.entries(ownTags).flatMap(([quantity, tag]) =>
    tag in row ? [[quantity, row[tag]!]] : [],
  );
  return { updates: 0, ...Object.fromEntries(quantities) };
}
