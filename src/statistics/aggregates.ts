// One number for many runs, as in "Deep Reinforcement Learning at the Edge of the Statistical Precipice" (Agarwal et al.,
// 2021). Scores of several tasks must share a scale (normalised returns); those of one task may be plain returns.

import { TemperedError } from "../errors.ts";

/** One list a task, with one score a run; tasks may have different numbers of runs. */
export type Scores = readonly (readonly number[])[];
/** One number of many scores. */
export type Aggregate = (scores: Scores) => number;

/** The mean over tasks of the mean over runs. @throws TemperedError (SCORES) where a task has no runs, or no finite score */
export const mean: Aggregate = (scores) => meanOf(taskMeans(scores));

/** The median over tasks of the mean over runs; with one task, that task's mean. @throws TemperedError (SCORES) */
export const median: Aggregate = (scores) => middleOf(taskMeans(scores));

/**
 * IQM: the mean of all runs of all tasks without the lowest and the highest quarter, ⌊n/4⌋ of them each. Outliers do not
 * move it, and it wastes fewer runs than the median.
 * @throws TemperedError (SCORES)
 */
export const interquartileMean: Aggregate = (scores) => {
  const sorted = sortedScores(scores);
  const cut = Math.floor(sorted.length / 4);
  return meanOf(sorted.subarray(cut, sorted.length - cut));
};

/**
 * By how much runs fall short of a threshold on average; more than the threshold counts as the threshold. Less is better.
 * @param threshold in the scores' units. Default 1
 * @throws TemperedError (SCORES)
 */
export function optimalityGap(scores: Scores, threshold = 1): number {
  return (
    threshold - meanOf(checked(scores).flatMap((task) => task.map((score) => Math.min(score, threshold))))
  );
}

/**
 * How likely a run of `x` is better than one of `y` on the same task, averaged over tasks; equal ones count half.
 * @param y the same tasks as `x`, in the same order
 * @throws TemperedError (SCORES)
 */
export function probabilityOfImprovement(x: Scores, y: Scores): number {
  if (x.length !== y.length) {
    throw new TemperedError(
      "SCORES",
      `Expected scores of the same tasks, got ${x.length} and ${y.length} tasks`,
    );
  }
  const [ours, theirs] = [checked(x), checked(y)];
  return meanOf(
    ours.map((task, i) => {
      const sorted = Float64Array.from(theirs[i]!).sort();
      const wins = task.reduce(
        (sum, score) => sum + below(sorted, score, false) + below(sorted, score, true),
        0,
      );
      return wins / (2 * task.length * sorted.length);
    }),
  );
}

/** How many of the sorted numbers are less than `value`, or at most `value`. */
function below(sorted: Float64Array, value: number, orEqual: boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value || (orEqual && sorted[middle] === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function sortedScores(scores: Scores): Float64Array {
  const all = new Float64Array(checked(scores).reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const task of scores) for (let i = 0; i < task.length; i++) all[at++] = task[i]!;
  return all.sort();
}

function taskMeans(scores: Scores): number[] {
  return checked(scores).map(meanOf);
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

function middleOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

function checked(scores: Scores): Scores {
  if (scores.length === 0)
    throw new TemperedError("SCORES", "Expected scores of at least one task, got none");
  scores.forEach((task, i) => {
    if (task.length === 0)
      throw new TemperedError("SCORES", `Expected at least one run of task ${i}, got none`);
    if (task.every(Number.isFinite)) return;
    const score = task.find((each) => !Number.isFinite(each));
    throw new TemperedError(
      "SCORES",
      `Expected finite scores, got ${score} for task ${i}; leave such runs out and say how many they are`,
    );
  });
  return scores;
}
