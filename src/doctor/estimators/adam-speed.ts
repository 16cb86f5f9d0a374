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
