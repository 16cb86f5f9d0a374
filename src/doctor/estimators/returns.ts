// Whether the agent learns: returns are noisy and their scale is the task's own, so the first, the last and the best
// part of the run are compared in units of the rows' scatter.

import type { Series } from "../../runs/series.ts";
import { median, spread } from "../statistics/quantiles.ts";

export interface Returns {
  readonly first: number;
  readonly last: number;
  readonly best: number;
  readonly worst: number;
  /** The last part stands clearly above the first. */
  readonly improved: boolean;
  /** The last part has lost more than half of what the best part had gained. */
  readonly fell: boolean;
  /** Neither improved nor fell by more than noise over the second half. */
  readonly flat: boolean;
}

const PARTS = 8;

/** @returns undefined with fewer than 8 returns */
export function returnsOf({ columns }: Series): Returns | undefined {
  const candidates = [columns.evalReturn, columns.return].map((c) => c?.filter(Number.isFinite));
  const values = candidates.find((c) => c && c.length >= PARTS);
  if (!values) return undefined;
  const size = values.length / PARTS;
  const parts = Array.from({ length: PARTS }, (_, i) =>
    values.subarray(Math.floor(i * size), Math.max(Math.floor(i * size) + 1, Math.floor((i + 1) * size))),
  );
  const medians = parts.map(median);
  const noise = median(parts.map((part) => spread(part))) || 0;
  const [first, last] = [medians[0]!, medians.at(-1)!];
  const best = Math.max(...medians);
  const worst = Math.min(...medians);
  const clear = Math.max(1.5 * noise, 0.05 * Math.max(Math.abs(first), Math.abs(last)));
  const secondHalf = medians.slice(PARTS / 2);
  return {
    first,
    last,
    best,
    worst,
    improved: last - first > clear && last - first > 0.5 * (best - first),
    fell: best - last > clear && best - last > 0.5 * (best - worst),
    flat: Math.max(...secondHalf) - Math.min(...secondHalf) < 2 * clear,
  };
}
