// How sure a number over few runs is: the stratified bootstrap draws the runs of every task again, with replacement, and
// looks at what becomes of the number. It is the same for the same seed, wherever it is computed.

import { TemperedError } from "../errors.ts";
import { RandomStream } from "../random/index.ts";

/** One list a task; an item is what a run gave: a score, or a whole curve. */
export type Strata<T> = readonly (readonly T[])[];

/** How intervals are drawn. */
export interface BootstrapOptions {
  /** How many times the runs are drawn. Default 50,000. */
  readonly resamples?: number | undefined;
  /** Share of the resamples that lie in the interval. Default 0.95. */
  readonly level?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
}

/** A value with its confidence interval. */
export interface Interval {
  /** Of the runs themselves. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Percentile intervals of a statistic of one or several groups of runs, each drawn by itself.
 * @param statistic of groups like `groups`; gives as many numbers every time
 * @returns an interval for each of its numbers; empty (low = high = value) where no task has a second run
 * @throws TemperedError (BOOTSTRAP) for options that cannot work, and what `statistic` throws
 */
export function bootstrap<T>(
  groups: readonly Strata<T>[],
  statistic: (groups: readonly Strata<T>[]) => ArrayLike<number>,
  { resamples = 50_000, level = 0.95, seed = 0 }: BootstrapOptions = {},
): Interval[] {
  if (!Number.isSafeInteger(resamples) || resamples < 1 || !(level > 0 && level < 1)) {
    throw new TemperedError(
      "BOOTSTRAP",
      `Expected resamples to be a positive integer and level between 0 and 1, got ${resamples} and ${level}`,
    );
  }
  const values = Array.from(statistic(groups));
  const random = new RandomStream(seed, "bootstrap");
  const draws = new Map(groups.flat().map(({ length }) => [length, new Draws(random, length)]));
  const drawn = groups.map((strata) => strata.map((runs) => [...runs]));
  const results = values.map(() => new Float64Array(resamples));
  for (let sample = 0; sample < resamples; sample++) {
    groups.forEach((strata, g) => {
      strata.forEach((runs, task) => {
        const into = drawn[g]![task]!;
        const from = draws.get(runs.length)!;
        for (let i = 0; i < runs.length; i++) into[i] = runs[from.next()]!;
      });
    });
    const again = statistic(drawn);
    for (let k = 0; k < results.length; k++) results[k]![sample] = again[k]!;
  }
  return values.map((value, k) => {
    const sorted = results[k]!.sort();
    return { value, low: quantile(sorted, (1 - level) / 2), high: quantile(sorted, (1 + level) / 2) };
  });
}

/** Integers below `n`, thousands at a time. */
class Draws {
  private readonly block = new Float64Array(4096);
  private at = this.block.length;
  private readonly random: RandomStream;
  private readonly n: number;

  constructor(random: RandomStream, n: number) {
    this.random = random;
    this.n = n;
  }

  next(): number {
    if (this.at === this.block.length) {
      this.random.fillBelow(this.block, this.n);
      this.at = 0;
    }
    return this.block[this.at++]!;
  }
}

/** Linear between the two nearest, as numpy's. @param sorted at least one number, the smallest first */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1);
  const [low, high] = [Math.floor(at), Math.ceil(at)];
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!);
}
