// A climb: log α rises at the end of the log with the gap below zero all the way. What |g| does meanwhile tells the
// causes apart, even where no entropy is logged: the mirror image of the maximum (a wrong sign), any other steady
// value (an unreachable target), or ever further down (a policy that does not respond).

import { median, rowNoise } from "../statistics/quantiles.ts";
import type { Gap } from "./gap.ts";
import type { Leg } from "./leg.ts";

/** A stretch over which α climbs. */
export interface Climb extends Leg {
  /** −g at the end of the climb: median of its last eighth. */
  readonly depth: number;
  /** −g in the climb's second eighth. */
  readonly early: number;
  /** −g has stopped changing. */
  readonly steady: boolean;
  /** Standard error of `depth`. */
  readonly error: number;
  /** The climb began with the log. */
  readonly fromStart: boolean;
}

/** Share of the climb's e-folds that α rose while the gap was negative. */
const NEGATIVE = 0.9;
const MIN_EFOLDS = 1;

export function climbOf(
  leg: Leg | undefined,
  gap: Gap | undefined,
  updates: ArrayLike<number>,
  logAlpha: ArrayLike<number>,
): Climb | undefined {
  if (!leg || !gap || leg.direction !== "rising" || leg.efolds < MIN_EFOLDS) return undefined;
  const rows: number[] = [];
  for (let i = leg.from; i <= leg.to; i++) if (Number.isFinite(gap.values[i]!)) rows.push(-gap.values[i]!);
  if (rows.length < 8) return undefined;
  if (risenBelowTarget(leg, gap, logAlpha) < NEGATIVE) return undefined;
  const eighth = Math.max(3, Math.round(rows.length / 8));
  const last = rows.slice(-eighth);
  const previous = rows.slice(-2 * eighth, -eighth);
  const depth = median(last);
  const error = (1.25 * (rowNoise(rows) || 0)) / Math.sqrt(eighth);
  const total = updates[updates.length - 1]! - updates[0]!;
  return {
    ...leg,
    depth,
    early: median(rows.slice(Math.min(eighth, rows.length - 3), 2 * eighth)),
    steady: Math.abs(depth - median(previous)) < 0.07 * depth + 3 * error,
    error,
    fromStart: updates[leg.from]! - updates[0]! < 0.05 * total,
  };
}

/** Near its turn α is carried about by single batches; what counts is where it rose. */
function risenBelowTarget({ from, to }: Leg, gap: Gap, logAlpha: ArrayLike<number>): number {
  let below = 0;
  let all = 0;
  for (let i = from + 1; i <= to; i++) {
    const move = logAlpha[i]! - logAlpha[i - 1]!;
    if (!(move > 0) || !Number.isFinite(gap.smooth[i]!)) continue;
    all += move;
    if (gap.smooth[i]! < 0) below += move;
  }
  return all === 0 ? 0 : below / all;
}
