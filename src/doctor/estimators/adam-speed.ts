// How fast Adam lets log α move. With the loss log α·g the gradient is g and a steady step is the learning rate. With
// α·g the gradient α·g itself shrinks or grows with α, which the slower second moment lags behind: a steady slope s
// obeys lr = |s| / √(1 + 2s/(1 − β₂)), so rises outrun the learning rate and falls stay behind it.

import type { LossForm } from "../../runs/series.ts";

const LAG = 1 - 0.999;

/** The steady slope of log α per update at a learning rate: `rise` > 0 and `fall` < 0. */
export function slopeLimits(learningRate: number, form: LossForm): { rise: number; fall: number } {
  if (form === "log-alpha") return { rise: learningRate, fall: -learningRate };
  const bend = learningRate / LAG;
  const root = Math.sqrt(1 + bend * bend);
  return { rise: learningRate * (root + bend), fall: -learningRate * (root - bend) };
}

/** The learning rate behind a steady slope; Infinity where no learning rate falls so fast (α-form, s ≤ −5e-4). */
export function learningRateOfSlope(slope: number, form: LossForm): number {
  if (form === "log-alpha") return Math.abs(slope);
  const inside = 1 + (2 * slope) / LAG;
  return inside <= 0 ? Number.POSITIVE_INFINITY : Math.abs(slope) / Math.sqrt(inside);
}

/** Just after the gap has turned Adam may run at this many times its learning rate, for so many updates. */
const BURST = 5;
const BURST_UPDATES = 50;

/**
 * How far log α can move in so many updates. A young run in the α-form falls at the learning rate and not at the steady
 * slope, which takes thousands of updates to come; so falls are bounded by lr whatever the form.
 */
export function reachOf(
  learningRate: number,
  form: LossForm,
  direction: "rise" | "fall" | "either",
  updates: number,
): number {
  const rate = direction === "fall" ? learningRate : slopeLimits(learningRate, form).rise;
  return rate * updates + learningRate * (BURST - 1) * Math.min(updates, BURST_UPDATES);
}

/** The least learning rate with which Adam covers `distance` e-folds (signed) in so many updates. */
export function leastLearningRate(distance: number, form: LossForm, updates: number): number {
  const span = updates + (BURST - 1) * Math.min(updates, BURST_UPDATES);
  const slope = distance / span;
  return slope > 0 ? Math.min(slope, learningRateOfSlope(slope, form)) : -slope;
}
