// What the log says of rewards, where it has returns: the mean reward of a step bounds what Q can be. Without the length
// of an episode only the return itself is known, and the bound is as wide as that allows.

import type { Evidence } from "../../evidence.ts";
import { median } from "../../statistics/quantiles.ts";

export interface RewardScale {
  /** The largest |return|. */
  readonly largest: number;
  /** The best mean reward of a step, signed; undefined where no length is known. */
  readonly bestPerStep: number | undefined;
  /** |Q| cannot be larger without rewards that no episode shows: largest mean reward over 1 − γ. */
  readonly bound: number;
  /** Whether episode lengths are known. */
  readonly counted: boolean;
}

export function rewardScale({ series, settings }: Evidence): RewardScale | undefined {
  const { columns } = series;
  const source = [columns.return, columns.evalReturn].find((c) => c?.some(Number.isFinite));
  if (!source) return undefined;
  const lengths = columns.episodeLength;
  let largest = 0;
  let perStep = 0;
  let best = Number.NEGATIVE_INFINITY;
  let counted = 0;
  for (let i = 0; i < source.length; i++) {
    if (!Number.isFinite(source[i]!)) continue;
    largest = Math.max(largest, Math.abs(source[i]!));
    const length = lengths?.[i] ?? settings.declared.stepsPerEpisode;
    if (length === undefined || !(length > 0)) continue;
    counted++;
    perStep = Math.max(perStep, Math.abs(source[i]!) / length);
    best = Math.max(best, source[i]! / length);
  }
  const horizon = 1 / (1 - settings.gamma);
  return {
    largest,
    bestPerStep: counted > 0 ? best : undefined,
    bound: (counted > 0 ? perStep : largest) * horizon,
    counted: counted > 0,
  };
}

/** Median of a column over an eighth of the rows, the k-th of 8. */
export function eighth(values: Float64Array, k: number): number {
  const size = values.length / 8;
  return median(
    values.slice(Math.floor(k * size), Math.max(Math.floor(k * size) + 1, Math.floor((k + 1) * size))),
  );
}

/** The most that the entropy can add to |Q| at the end of the log. */
export function lateBonus({ rows, gap, dimensions, settings }: Evidence): number {
  const late = Math.floor((rows.length * 7) / 8);
  const alpha = median(rows.alpha.slice(late));
  const size = gap ? Math.abs(median(gap.smooth.slice(late))) : 0;
  return Number.isFinite(alpha) ? (alpha * ((size || 0) + dimensions)) / (1 - settings.gamma) : 0;
}
