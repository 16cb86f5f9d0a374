// How a quantity went over the steps of a setting's runs: the interquartile mean over seeds with its 95% interval.

import type { Quantity, Series } from "../runs/series.ts";
import { type Interval, sampleEfficiency } from "../statistics/index.ts";

export interface Band {
  /** Environment steps. */
  readonly steps: readonly number[];
  readonly points: readonly Interval[];
}

/** Points of a band. */
const POINTS = 60;
const RESAMPLES = 500;

/** @returns nothing where no step is in all runs' logs */
export function bandOf(logs: readonly Series[], quantity: Quantity): Band | undefined {
  const columns = logs.flatMap(({ columns }) => {
    const [step, values] = [columns.step, columns[quantity]];
    return step && values ? [{ step, values }] : [];
  });
  if (columns.length === 0 || columns.length < logs.length) return undefined;
  const first = Math.max(
    ...columns.map(({ step, values }) => step[values.findIndex(Number.isFinite)] ?? Number.POSITIVE_INFINITY),
  );
  const last = Math.min(...columns.map(({ step }) => step.at(-1) ?? 0));
  if (!(first < last)) return undefined;
  const steps = Array.from({ length: POINTS }, (_, k) => first + ((last - first) * k) / (POINTS - 1));
  const curves = columns.map(({ step, values }) => sampled(step, values, steps));
  return { steps, points: sampleEfficiency([curves], { resamples: RESAMPLES }) };
}

/** The latest finite value at each of the steps. */
function sampled(step: Float64Array, values: Float64Array, at: readonly number[]): number[] {
  let [row, value] = [0, Number.NaN];
  return at.map((wanted) => {
    for (; row < step.length && step[row]! <= wanted + 1e-9; row++)
      if (Number.isFinite(values[row]!)) value = values[row]!;
    return value;
  });
}
