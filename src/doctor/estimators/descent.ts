// A descent that has not turned yet: α has fallen since the log began and the gap is still above zero. Healthy runs
// fall five e-folds and more before they turn, so this is no fault; it says when the turn is to be expected.

import type { Estimate } from "../finding.ts";
import { medianInterval, rowNoise } from "../statistics/quantiles.ts";
import { theilSen } from "../statistics/theil-sen.ts";
import type { Gap } from "./gap.ts";
import type { Leg } from "./leg.ts";

/** The fall of α since the start, and what is left of the gap. */
export interface Descent extends Leg {
  /** Gap over the last eighth of the log; undefined without a gap. */
  readonly gap: Estimate | undefined;
  /** Updates from the end of the log until the gap reaches 0 at its present trend; undefined if it does not shrink. */
  readonly updatesToTurn: number | undefined;
}

export function descentOf(
  leg: Leg | undefined,
  gap: Gap | undefined,
  updates: ArrayLike<number>,
): Descent | undefined {
  if (leg?.direction !== "falling") return undefined;
  // Rows in which α was printed as 0, or next to it, have no gap.
  let n = leg.to + 1;
  while (gap && n > 0 && !Number.isFinite(gap.values[n - 1]!)) n--;
  const total = updates[updates.length - 1]! - updates[0]!;
  if (updates[leg.from]! - updates[0]! > 0.1 * total) return undefined;
  if (!gap) return { ...leg, gap: undefined, updatesToTurn: undefined };
  const eighth = Math.max(3, Math.ceil(n / 8));
  const last = medianInterval(gap.values.slice(n - eighth, n));
  const error =
    (1.25 * (rowNoise(gap.values.slice(Math.max(0, n - 2 * eighth), n)) || 0)) / Math.sqrt(eighth);
  if (!(last.value > 3 * error && last.value > 0.05)) return undefined;
  const half = Math.floor(n / 2);
  const line = theilSen(Array.from(updates).slice(half, n), gap.smooth.slice(half, n));
  const shrinking = line && line.high < 0;
  return {
    ...leg,
    gap: { ...last, assumption: "median over the last eighth of the rows" },
    updatesToTurn: shrinking ? last.value / -line.slope : undefined,
  };
}
