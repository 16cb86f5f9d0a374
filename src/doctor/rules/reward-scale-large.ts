// Rewards so large that the entropy does not count beside them: the policy is as certain as it can be, and α climbs at
// its limit until it means something on their scale.

import { dialectOf } from "../dialects.ts";
import { type Swing, swings } from "../estimators/zigzag.ts";
import { type Evidence, stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { median } from "../statistics/quantiles.ts";
import { placeDoubt, placeOf } from "./shared/depth.ts";
import { asksForChance } from "./shared/reachable-target.ts";
import { DROWNED, errorRatio, LARGE_ERRORS, valueRatio } from "./shared/value-scale.ts";

/** e-folds of the climb, and how far above its start it must take α. */
const EFOLDS = 1.5;
/** log α that programs usually start from: a climb that ends below it only makes up for a small start. */
const USUAL_START = 0;
/** Nats per dimension by which the entropy stays below its target meanwhile. */
const DEPTH = 0.5;
/** Enough where the critic's errors say the same. */
const HALF_DROWNED = DROWNED / 2;
/** Where Q is not logged, errors over the entropy bonus that no sound critic makes. */
const ERRORS_ALONE = 10 * LARGE_ERRORS;
/** Rows on which it does. */
const ROWS = 3;

export const rewardScaleLarge: Rule = (e) => {
  const { value, rows } = e;
  const climb = climbAboveStart(e);
  if (!climb || !rows.fromStart || asksForChance(e)) return undefined;
  const { from, to, size } = climb;
  const below = rowsBelowTarget(e, climb);
  if (below.length < ROWS) return undefined;
  const ratio = valueRatio(e, below);
  const errors = errorRatio(e, below);
  const drowned =
    ratio === undefined
      ? errors !== undefined && errors > ERRORS_ALONE
      : errors === undefined
        ? ratio > DROWNED
        : ratio > HALF_DROWNED && errors > LARGE_ERRORS;
  if (!drowned || cameToRest(e, climb) || !climbedBelow(e, climb) || (value && feedsItself(value, e, below)))
    return undefined;
  const depth = -median(below.map((row) => e.gap!.smooth[row]!));
  const q = value && median(below.map((row) => value[row]!));
  const scale = 10 ** -Math.round(Math.log10(ratio ?? errors!));
  const howLarge =
    ratio === undefined
      ? `The critic's errors are ${say(errors!)} times what the entropy adds to a step`
      : `|Q| is ${say(q!)}, ${say(ratio)} times what the entropy could make of it`;
  // The α that a run ended with is a start on the rewards' scale only if it is one that anybody would set.
  const end = Number(rows.alpha[to]!.toPrecision(1));
  const start = end <= LARGEST_START ? end : undefined;
  return {
    id: "reward-scale-large",
    severity: "warning",
    confidence: 0.85,
    steps: stepsOf(e, from, to),
    evidence: numbers({
      q,
      alpha: rows.alpha[to],
      gap: -depth,
      ratio,
      errorRatio: errors,
      criticLoss: lastOf(rows.column("criticLoss"), to),
      efolds: size,
    }),
    message: `The entropy stays ${say(depth)} nats below its target while α climbs ${say(size)} e-folds to ${say(rows.alpha[to]!)}: the policy is saturated. ${howLarge}, so rewards (or a Q that diverges) drown it.${placeOf(e) === "floor" ? placeDoubt(e) : ""}`,
    fix: `reward = reward * ${say(Math.min(0.1, scale))}\n${start === undefined ? dialectOf(e.series.framework).scale : `# or start α on the rewards' scale: ${dialectOf(e.series.framework).initialAlpha(say(start))}`}`,
    reference: "Stable-Baselines3 #781, FinRL #476",
    ...(start !== undefined && { suggestion: { initialAlpha: start } }),
  };
};

/** The largest α that a fix proposes to start at. */
const LARGEST_START = 100;
/** Share of the climb that must have happened below the target; on it the entropy counts, whatever its scale. */
const SHARE = 0.3;

function climbedBelow(e: Evidence, { from, to, size }: Swing): boolean {
  let risen = 0;
  for (let row = from + 1; row <= to; row++) {
    const move = e.rows.logAlpha[row]! - e.rows.logAlpha[row - 1]!;
    if (e.gap!.smooth[row]! < -DEPTH * e.dimensions && move > 0) risen += move;
  }
  return risen > SHARE * size;
}

/** e-folds of α over which Q must be seen to follow it. */
const FOLLOWED = 6;

/** Q grows as α does, fold for fold: then α makes Q and not the rewards, and each drives the other on. */
function feedsItself(value: Float64Array, e: Evidence, below: readonly number[]): boolean {
  const [from, to] = [below[0]!, below[below.length - 1]!];
  const { logAlpha } = e.rows;
  const half = below[below.length >> 1]!;
  const grown = (a: number, b: number) => Math.log(value[b]! / value[a]!) / (logAlpha[b]! - logAlpha[a]!);
  return logAlpha[to]! - logAlpha[from]! > FOLLOWED && grown(half, to) > 0.7;
}

/** e-folds that α may climb to find its place, where it has found it and the agent learns. */
const USUAL_CLIMB = 3;

function cameToRest({ gap, dimensions, returns }: Evidence, { size }: Swing): boolean {
  const late = median(gap!.smooth.slice(-Math.ceil(gap!.smooth.length / 8)));
  return size < USUAL_CLIMB && returns?.improved === true && late > -0.5 * DEPTH * dimensions;
}

/** The last value up to a row; undefined where there is none. */
function lastOf(column: Float64Array | undefined, to: number): number | undefined {
  return column?.subarray(0, to + 1).findLast(Number.isFinite);
}

/** The largest rise of log α, if it ends well above where the log began. */
function climbAboveStart(e: Evidence): Swing | undefined {
  const { logAlpha } = e.rows;
  const rises = e.gap && e.resets.length === 0 ? swings(logAlpha, EFOLDS).filter(({ size }) => size > 0) : [];
  const [highest] = rises.sort((a, b) => b.size - a.size);
  return highest && logAlpha[highest.to]! > Math.max(logAlpha[0]! + EFOLDS, USUAL_START)
    ? highest
    : undefined;
}

/** Rows of the climb on which the policy was far more certain than it should be. */
function rowsBelowTarget(e: Evidence, { from, to }: Swing): number[] {
  const rows = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  return rows.filter((row) => e.gap!.smooth[row]! < -DEPTH * e.dimensions);
}
