// Smoothing of a curve as it comes: an exponential mean whose start is not pulled towards zero. Its state goes on where
// the last point left it, so that a live curve needs no second look at its past.

export interface Smoothing {
  /** Weighted sum and sum of weights. */
  readonly sum: number;
  readonly weight: number;
}

export const UNSMOOTHED: Smoothing = { sum: 0, weight: 0 };

/** @param factor 0 leaves the curve as it is; 0.99 is about the mean of the last 100 points */
export function smoothed(
  y: ArrayLike<number>,
  factor: number,
  start: Smoothing = UNSMOOTHED,
): { y: Float64Array; state: Smoothing } {
  let { sum, weight } = start;
  const out = Float64Array.from(y, (value) => {
    if (!Number.isFinite(value)) return Number.NaN;
    sum = factor * sum + (1 - factor) * value;
    weight = factor * weight + (1 - factor);
    return sum / weight;
  });
  return { y: out, state: { sum, weight } };
}
