// Which parameter Adam works on, log α or α itself: the gap is replayed as the gradient of either, and the path that the
// log shows fits one of them. Both losses of a raw α are α·g, so its gap is loss / α whatever the program is known for.

import { bestFit, type ReplayInput } from "./effective-learning-rate.ts";

/** Whether α itself or log α takes the optimiser's steps. */
export interface RawFit {
  /** Residual over movement with α itself as the parameter, and with log α. */
  readonly raw: number;
  readonly log: number;
  /** Learning rate of α itself. */
  readonly learningRate: number;
  /** Rows of the fit. */
  readonly from: number;
  readonly to: number;
  /** Share of the rows from first to last whose gap stood clear of its noise. */
  readonly covered: number;
  /** How many times larger the largest α in it is than the smallest. */
  readonly factor: number;
}

export interface RawInput {
  readonly updates: ArrayLike<number>;
  readonly alpha: ArrayLike<number>;
  readonly logAlpha: ArrayLike<number>;
  /** Gap if α itself is the parameter. */
  readonly rawGap: ArrayLike<number>;
  readonly rawNoise: number;
  /** The fit of log α in the program's own form. */
  readonly usual: ReplayInput;
}

/** A fit worse than this proves nothing. */
const WORTH = 0.1;

export function rawFit(x: RawInput): RawFit | undefined {
  const raw = bestFit({
    form: "log-alpha",
    updates: x.updates,
    logAlpha: x.alpha,
    gap: x.rawGap,
    noise: x.rawNoise,
    ...(x.usual.breaks && { breaks: x.usual.breaks }),
  });
  if (!raw) return undefined;
  if (raw.unexplained > WORTH) return undefined;
  const log = bestFit(x.usual);
  const onRawGap = bestFit({ ...x.usual, form: "log-alpha", gap: x.rawGap, noise: x.rawNoise });
  const from = raw.rows[raw.estimate.from]!;
  const to = raw.rows[raw.estimate.to]!;
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  for (let i = from; i <= to; i++) {
    if (!Number.isFinite(x.alpha[i]!)) continue;
    low = Math.min(low, x.alpha[i]!);
    high = Math.max(high, x.alpha[i]!);
  }
  return {
    raw: raw.unexplained,
    log: Math.min(log?.unexplained ?? 1, onRawGap?.unexplained ?? 1),
    learningRate: raw.estimate.value,
    covered: raw.used / (raw.estimate.to - raw.estimate.from),
    from,
    to,
    factor: low > 0 ? high / low : Number.POSITIVE_INFINITY,
  };
}
