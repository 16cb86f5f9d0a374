// Whether the agent learns: returns are noisy and their scale is the task's own, so the first, the last and the best
// part of the run are compared in units of the returns' own scatter. Training's returns are many, evaluations few: a
// handful of evaluations never outweighs them.

import type { Series } from "../../runs/series.ts";
import { median, rowNoise, spread } from "../statistics/quantiles.ts";

/** The return at first, at its best and at last. */
export interface Returns {
  readonly source: "training" | "evaluation";
  readonly first: number;
  readonly last: number;
  readonly best: number;
  readonly worst: number;
  /** Number of returns. */
  readonly count: number;
  /** Standard deviation of one return around its trend. */
  readonly noise: number;
  /** The last part stands clearly above the first. */
  readonly improved: boolean;
  /** The last part has lost more than half of what the best part had gained. */
  readonly fell: boolean;
  /** Neither improved nor fell by more than noise over the second half. */
  readonly flat: boolean;
}

const PARTS = 8;
/** Evaluations are asked first where there are as many as this and training's returns are missing or fewer. */
const EVALUATIONS = 20;

/** @returns undefined with fewer than 8 returns of training, or 20 evaluations */
export function returnsOf({ columns }: Series): Returns | undefined {
  const training = told(columns.return);
  const evaluation = columns.evalReturn?.filter(Number.isFinite) ?? new Float64Array();
  if (evaluation.length >= EVALUATIONS && evaluation.length > 0.5 * training.length)
    return summaryOf(evaluation, "evaluation");
  return training.length >= PARTS ? summaryOf(training, "training") : undefined;
}

/** Returns one by one: many logs repeat the last one until the next episode is over, which would hide how much they scatter. */
export function told(column: Float64Array | undefined): Float64Array {
  const finite = column?.filter(Number.isFinite) ?? new Float64Array();
  const changes = finite.filter((value, i) => i === 0 || value !== finite[i - 1]);
  return changes.length < PARTS ? finite : changes;
}

function summaryOf(values: Float64Array, source: Returns["source"]): Returns {
  const size = values.length / PARTS;
  const parts = Array.from({ length: PARTS }, (_, i) =>
    values.subarray(Math.floor(i * size), Math.max(Math.floor(i * size) + 1, Math.floor((i + 1) * size))),
  );
  const medians = parts.map(median);
  const noise = Math.max(median(parts.map((part) => spread(part))) || 0, rowNoise(values) || 0);
  const [first, last] = [medians[0]!, medians.at(-1)!];
  const best = Math.max(...medians);
  const worst = Math.min(...medians);
  const clear = Math.max(1.5 * noise, 0.05 * Math.max(Math.abs(first), Math.abs(last)));
  const secondHalf = medians.slice(PARTS / 2);
  return {
    source,
    first,
    last,
    best,
    worst,
    count: values.length,
    noise,
    improved: last - first > clear && last - first > 0.5 * (best - first),
    fell: best - last > clear && best - last > 0.5 * (best - worst),
    flat: Math.max(...secondHalf) - Math.min(...secondHalf) < 2 * clear,
  };
}
