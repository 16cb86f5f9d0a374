// A straight line through the middle of all slopes between two points (Theil 1950, Sen 1968): up to 29% of the rows
// may be wild without moving it. Beyond some hundred and fifty points every k-th pair is taken, so that cost stays bounded
// and the answer the same each time.

import { quantileOfSorted } from "./quantiles.ts";

export interface Line {
  readonly slope: number;
  /** 95% interval of the slope (Sen's, from the ranks of the slopes). */
  readonly low: number;
  readonly high: number;
  readonly intercept: number;
  /** Median absolute residual × 1.4826. */
  readonly residual: number;
  readonly points: number;
}

const MAX_POINTS = 150;

/** @returns undefined with fewer than 3 points, or if all x are equal */
export function theilSen(x: ArrayLike<number>, y: ArrayLike<number>): Line | undefined {
  const places: number[] = [];
  for (let i = 0; i < x.length; i++) {
    if (Number.isFinite(x[i]!) && Number.isFinite(y[i]!)) places.push(i);
  }
  const n = places.length;
  if (n < 3) return undefined;
  const stride = Math.ceil(n / MAX_POINTS);
  const chosen = stride === 1 ? places : places.filter((_, i) => i % stride === 0);
  const slopes: number[] = [];
  for (let a = 0; a < chosen.length; a++) {
    for (let b = a + 1; b < chosen.length; b++) {
      const run = x[chosen[b]!]! - x[chosen[a]!]!;
      if (run !== 0) slopes.push((y[chosen[b]!]! - y[chosen[a]!]!) / run);
    }
  }
  if (slopes.length === 0) return undefined;
  const sorted = Float64Array.from(slopes).sort();
  const m = chosen.length;
  const deviation = Math.sqrt((m * (m - 1) * (2 * m + 5)) / 18);
  const half = (0.98 * deviation) / sorted.length;
  const slope = quantileOfSorted(sorted, 0.5);
  const intercept = middle(places.map((i) => y[i]! - slope * x[i]!));
  return {
    slope,
    low: quantileOfSorted(sorted, Math.max(0, 0.5 - half)),
    high: quantileOfSorted(sorted, Math.min(1, 0.5 + half)),
    intercept,
    residual: 1.4826 * middle(places.map((i) => Math.abs(y[i]! - slope * x[i]! - intercept))),
    points: n,
  };
}

function middle(values: number[]): number {
  return quantileOfSorted(Float64Array.from(values).sort(), 0.5);
}
