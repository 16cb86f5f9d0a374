// The gap g = H − H̄ row by row: from the α loss in the program's own form, which is what α really descends, and from
// the logged entropy and target where they are there. Single batches are noisy, so verdicts read the running median.

import type { LossForm } from "../../runs/series.ts";
import type { Estimate } from "../finding.ts";
import { median, rowNoise, spread } from "../statistics/quantiles.ts";
import { runningMedian } from "../statistics/stretch.ts";
import { gapsOfLoss } from "./loss-form.ts";

/** The gap H − H̄ row by row, logged or from the α loss; nats. */
export interface Gap {
  readonly values: Float64Array;
  /** Running median over up to 9 rows; missing rows filled from their neighbours where there are any. */
  readonly smooth: Float64Array;
  /** Standard deviation of a single row around the smooth gap. */
  readonly noise: number;
  readonly source: "loss" | "logged";
}

export function gapFromLoss(
  form: LossForm,
  loss: ArrayLike<number>,
  alpha: ArrayLike<number>,
  logAlpha: ArrayLike<number>,
): Gap | undefined {
  return gapOf(gapsOfLoss(form, loss, alpha, logAlpha), "loss");
}

/** @param target one value a row */
export function gapFromEntropy(entropy: ArrayLike<number>, target: ArrayLike<number>): Gap | undefined {
  return gapOf(
    Float64Array.from(entropy, (h, i) => h - target[i]!),
    "logged",
  );
}

function gapOf(values: Float64Array, source: Gap["source"]): Gap | undefined {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return undefined;
  const width = Math.min(9, 2 * Math.floor(finite.length / 10) + 1);
  return { values, smooth: filled(runningMedian(values, width)), noise: rowNoise(finite) || 0, source };
}

/** Missing values take the nearest present one's. */
function filled(values: Float64Array): Float64Array {
  const full = Float64Array.from(values);
  for (let i = 1; i < full.length; i++) if (!Number.isFinite(full[i]!)) full[i] = full[i - 1]!;
  for (let i = full.length - 2; i >= 0; i--) if (!Number.isFinite(full[i]!)) full[i] = full[i + 1]!;
  return full;
}

/** Entropy has hardly moved within this many updates of the start. */
const FIRST_UPDATES = 1000;

/**
 * The gap before learning changes the policy: median of the first rows (at most 5, within 1,000 updates of the first).
 * Undefined where α stood so still at 1 that the log-α form says nothing about those updates. The interval is that of the rows' own scatter, at least 0.02.
 */
export function firstGap(gap: Gap, updates: ArrayLike<number>): Estimate | undefined {
  const first: number[] = [];
  let start = Number.NaN;
  for (let i = 0; i < gap.values.length && first.length < 5; i++) {
    if (!Number.isFinite(gap.values[i]!)) continue;
    if (Number.isNaN(start)) start = updates[i]!;
    if (start - updates[0]! > FIRST_UPDATES) break;
    if (updates[i]! - start > FIRST_UPDATES) break;
    first.push(gap.values[i]!);
  }
  if (first.length === 0) return undefined;
  const value = median(first);
  const half = Math.max(0.02, (2.45 * spread(first)) / Math.sqrt(first.length));
  return {
    value,
    low: value - half,
    high: value + half,
    assumption: "the log begins where training does",
  };
}
