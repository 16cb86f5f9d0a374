// The target lies far below any entropy that the policy takes: the gap stays positive, and α goes to 0 in pursuit of
// something that does not happen.

import { dialectOf } from "../dialects.ts";
import { type Evidence, stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { FLOOR_ENTROPY, UNTRAINED_ENTROPY } from "../settings.ts";
import { median } from "../statistics/quantiles.ts";
import { theilSen } from "../statistics/theil-sen.ts";
import { reachableTarget } from "./shared/reachable-target.ts";

/** In units of 1/lr: as long as α falls by as many e-folds. */
const PATIENCE = 4;
/** The gap has not shrunk if it keeps this share of its first size. */
const KEPT = 0.8;

export const targetTooLow: Rule = (e) => {
  const low = perDimension(e);
  const below = low !== undefined && low.value < FLOOR_ENTROPY;
  const stuck =
    e.rows.axis.source !== "unknown" && notShrinking(e) && e.returns !== undefined && !e.returns.improved;
  if (!below && !stuck) return undefined;
  if (e.leg?.direction === "rising" && e.leg.efolds > 1) return undefined;
  const goal = higherTarget(e);
  const dialect = dialectOf(e.series.framework);
  const gap = e.gap?.smooth.at(-1);
  return {
    id: "target-too-low",
    severity: "warning",
    confidence: below ? (low.sure ? 0.9 : 0.7) : 0.6,
    steps: stepsOf(e, 0, e.rows.length - 1),
    evidence: numbers({
      targetPerDimension: low?.value,
      floorPerDimension: FLOOR_ENTROPY,
      firstGap: e.firstGap?.value,
      gap,
      efolds: e.leg?.efolds,
    }),
    message: below
      ? `The target is ${low.sure ? "" : "about "}${say(low.value)} nats a dimension, below the ${say(FLOOR_ENTROPY)} of a policy at log σ = −5: the gap cannot close by choice, and α decays in pursuit of it.`
      : `The gap has not shrunk over ${say(e.updates)} updates (it is ${say(gap!)} nats) while α fell ${say(e.leg!.efolds)} e-folds and the return did not improve.`,
    fix: `${dialect.targetEntropy(goal === undefined ? "-0.5 * action_dim" : say(goal))}\n${dialect.alphaLearningRate("1e-4")}  # slower, if the policy needs time`,
    reference: "ml-agents #5377",
    ...(goal === undefined ? {} : { suggestion: { targetEntropy: goal } }),
  };
};

/** The usual target, or half of it where that is in use already: a fix does not repeat the setting, nor lower it. */
function higherTarget(e: Evidence): number | undefined {
  const usual = reachableTarget(e);
  if (usual === undefined) return undefined;
  const current = e.target ? median(e.target) : e.effectiveTarget?.value;
  return current === undefined || usual > current + 0.1 * e.dimensions
    ? usual
    : current + 0.5 * Math.abs(current);
}

/** The target in nats a dimension, in unit actions. Without logged entropy, the highest that the first gap allows. */
function perDimension(e: Evidence): { value: number; sure: boolean } | undefined {
  const { unitOffset, actionDim, discreteActions } = e.settings;
  if (discreteActions !== undefined) return undefined;
  const d = actionDim ?? (e.entropy ? e.impliedDim : undefined);
  if (d === undefined) return undefined;
  const target =
    e.effectiveTarget?.source === "identity" ? e.effectiveTarget.value : e.target && median(e.target);
  if (target !== undefined && unitOffset !== undefined) {
    return { value: (target - unitOffset) / d, sure: actionDim !== undefined };
  }
  // In environment units of unknown range a usual target is no low one.
  if (target !== undefined) return { value: target / d, sure: false };
  return e.firstGap && { value: UNTRAINED_ENTROPY - e.firstGap.low / d, sure: false };
}

function notShrinking({ gap, descent, learningRate, rows, firstGap }: Evidence): boolean {
  if (!gap || !descent || !firstGap || descent.updates < PATIENCE / learningRate) return false;
  const line = theilSen(rows.updates, gap.smooth);
  return (
    gap.smooth.at(-1)! > KEPT * firstGap.value &&
    line !== undefined &&
    line.slope * descent.updates > -0.2 * firstGap.value
  );
}
