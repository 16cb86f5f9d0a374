// Numbers with intervals, and curves with bands, over the runs of a setting: aggregates, probability of improvement,
// performance profiles and sample efficiency.

import { type Aggregate, interquartileMean, probabilityOfImprovement, type Scores } from "./aggregates.ts";
import { type BootstrapOptions, bootstrap, type Interval, type Strata } from "./bootstrap.ts";

/** Curves of bands are looked at rather than read: 2,000 resamples, as rliable. */
const RESAMPLES_OF_BANDS = 2000;

/** An aggregate such as `interquartileMean` with its interval. @throws TemperedError (SCORES, BOOTSTRAP) */
export function aggregateInterval(
  scores: Scores,
  aggregate: Aggregate,
  options?: BootstrapOptions,
): Interval {
  return bootstrap([scores], ([drawn]) => [aggregate(drawn!)], options)[0]!;
}

/** @param y the same tasks as `x`, in the same order @throws TemperedError (SCORES, BOOTSTRAP) */
export function improvementInterval(x: Scores, y: Scores, options?: BootstrapOptions): Interval {
  return bootstrap([x, y], ([a, b]) => [probabilityOfImprovement(a!, b!)], options)[0]!;
}

/**
 * The share of runs, over all tasks, that score above each threshold. Default 2,000 resamples.
 * @param thresholds in the scores' units
 * @throws TemperedError (BOOTSTRAP)
 */
export function performanceProfile(
  scores: Scores,
  thresholds: readonly number[],
  options: BootstrapOptions = {},
): Interval[] {
  const shares = ([drawn]: readonly Scores[]) => {
    const sorted = Float64Array.from(drawn!.flat()).sort();
    return thresholds
      .map((threshold) => sorted.length - firstAbove(sorted, threshold))
      .map((n) => n / sorted.length);
  };
  return bootstrap([scores], shares, { resamples: RESAMPLES_OF_BANDS, ...options });
}

/**
 * An aggregate at each of several numbers of steps. Whole runs are drawn, so that a band moves as one. Default 2,000
 * resamples.
 * @param curves one list a task, with one curve a run: its score at each of those steps
 * @throws TemperedError (SCORES, BOOTSTRAP)
 */
export function sampleEfficiency(
  curves: Strata<readonly number[]>,
  options: BootstrapOptions & { readonly aggregate?: Aggregate } = {},
): Interval[] {
  const { aggregate = interquartileMean, ...rest } = options;
  const points = Math.min(...curves.flatMap((task) => task.map(({ length }) => length)));
  const at = ([drawn]: readonly Strata<readonly number[]>[]) =>
    Array.from({ length: points }, (_, k) => aggregate(drawn!.map((task) => task.map((curve) => curve[k]!))));
  return bootstrap([curves], at, { resamples: RESAMPLES_OF_BANDS, ...rest });
}

function firstAbove(sorted: Float64Array, threshold: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! > threshold) high = middle;
    else low = middle + 1;
  }
  return low;
}
