// Mean and variance of vectors that come one at a time, after B. P. Welford (1962). They start as if `PRIOR_COUNT`
// vectors with mean 0 and variance 1 had been seen, as Gymnasium's RunningMeanStd does.

import { TemperedError } from "../errors.ts";

const PRIOR_COUNT = 1e-4;

/** Plain data: survives JSON, to the bit. */
export interface RunningStatisticsState {
  readonly count: number;
  readonly mean: readonly number[];
  readonly variance: readonly number[];
}

/** Mean and variance as numbers come. */
export class RunningStatistics {
  /** Vectors seen, and the prior. */
  count = PRIOR_COUNT;
  readonly mean: Float64Array;
  /** Of the population: mean squared distance from `mean`. */
  readonly variance: Float64Array;

  /** @param size numbers a vector */
  constructor(size: number) {
    this.mean = new Float64Array(size);
    this.variance = new Float64Array(size).fill(1);
  }

  /** Takes in the vector at `vectors[offset…]`. */
  add(vectors: ArrayLike<number>, offset = 0): void {
    const { mean, variance, count } = this;
    const total = count + 1;
    for (let i = 0; i < mean.length; i++) {
      const delta = vectors[offset + i]! - mean[i]!;
      mean[i]! += delta / total;
      variance[i] = (variance[i]! * count + (delta * delta * count) / total) / total;
    }
    this.count = total;
  }

  /** Mean, variance and count, as plain data. */
  state(): RunningStatisticsState {
    return { count: this.count, mean: Array.from(this.mean), variance: Array.from(this.variance) };
  }

  /** @throws TemperedError (STATISTICS_STATE) when the state is of vectors of another size */
  restore({ count, mean, variance }: RunningStatisticsState): void {
    if (mean.length !== this.mean.length || variance.length !== this.mean.length) {
      throw new TemperedError(
        "STATISTICS_STATE",
        `Expected statistics of vectors of ${this.mean.length} numbers, got ${mean.length} means and ` +
          `${variance.length} variances; restore those that were saved for this observation space.`,
      );
    }
    this.count = count;
    this.mean.set(mean);
    this.variance.set(variance);
  }
}
