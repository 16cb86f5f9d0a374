// A report of the agent as a row of metrics, under Stable-Baselines3's names where it has one. What has no value yet
// (a loss before the first update, a return before the first episode has ended) is left out of the row.

import { type Metric, metricEntries, type RowMetrics } from "../metrics/table.ts";
import type { Evaluation } from "./evaluate.ts";
import type { MetricsRow } from "./learn-options.ts";
import type { LearnMetrics } from "./metrics-window.ts";

export interface RowContext {
  /** Seconds of learning so far, evaluations left out. */
  readonly seconds: number;
  /** Environment steps that were taken before these seconds. Default 0. */
  readonly stepsBefore?: number;
  readonly learningRate: number;
  /** Whether α is tuned; a fixed one has no loss. */
  readonly tuned: boolean;
  /** Whether there were updates since the last row. */
  readonly updated: boolean;
  readonly evaluation?: Evaluation | undefined;
}

export function rowOf(reported: LearnMetrics, context: RowContext): MetricsRow {
  const { seconds, stepsBefore = 0, learningRate, tuned, updated, evaluation } = context;
  const values: RowMetrics = {
    ...reported,
    // The mean of a fixed α's logarithms is not that α to the last bit.
    alphaOfLosses: tuned ? reported.alphaOfLosses : reported.alpha,
    learningRate,
    evalReturn: evaluation?.meanReturn ?? Number.NaN,
    stepsPerSecond: Math.round((reported.step - stepsBefore) / seconds),
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
