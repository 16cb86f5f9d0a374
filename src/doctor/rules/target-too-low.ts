// The target lies far below any entropy that the policy takes: the gap stays positive, and α goes to 0 in pursuit of
// something that does not happen.

import { dialectOf } from "../dialects.ts";
import { type Evidence, stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { FLOOR_ENTROPY } from "../settings.ts";
import { median } from "../statistics/quantiles.ts";
import { theilSen } from "../statistics/theil-sen.ts";

/** In units of 1/lr: as long as α falls by as many e-folds. */
const PATIENCE = 4;
/** The gap has not shrunk if it keeps this share of its first size. */
const KEPT = 0.8;

export const targetTooLow: Rule = (e) => {
  const { unitOffset, discreteActions } = e.settings;
  const actionDim =
    e.settings.actionDim ?? (e.entropy && discreteActions === undefined ? e.impliedDim : undefined);
  const known = actionDim !== undefined && unitOffset !== undefined;
  const target = targetInUse(e);
  const floor = known ? FLOOR_ENTROPY * actionDim + unitOffset : undefined;
  const below = target !== undefined && floor !== undefined && target.value < floor;
  const stuck = notShrinking(e) && e.returns?.improved !== true && e.returns !== undefined;
  if (!below && !stuck) return undefined;
  if (e.leg?.direction === "rising" && e.leg.efolds > 1) return undefined;
  const goal = known ? -actionDim + unitOffset : undefined;
  const dialect = dialectOf(e.series.framework);
  return {
    id: "target-too-low",
    severity: "warning",
    confidence: below ? (target.sure && e.settings.actionDim !== undefined ? 0.9 : 0.7) : 0.6,
    steps: stepsOf(e, 0, e.rows.length - 1),
    evidence: numbers({
      target: target?.value,
      floor,
      perDimension: target && known ? (target.value - unitOffset) / actionDim : undefined,
      firstGap: e.firstGap?.value,
      gap: e.gap?.smooth.at(-1),
      efolds: e.leg?.efolds,
    }),
    message: below
      ? `The target is ${target.sure ? "" : "about "}${say(target.value)} nats, below the ${say(floor)} of a policy at log σ = −5: the gap cannot close by choice, and α decays in pursuit of it.`
      : `The gap has not shrunk over ${say(e.updates)} updates (it is ${say(e.gap!.smooth.at(-1)!)} nats) while α fell ${say(e.leg!.efolds)} e-folds and the return did not improve.`,
    fix: `${dialect.targetEntropy(goal === undefined ? "-float(action_dim)" : say(goal))}\n${dialect.alphaLearningRate("1e-4")}  # slower, if the policy needs time`,
    reference: "ml-agents #5377; the question this project started from",
    ...(goal === undefined ? {} : { suggestion: { targetEntropy: goal } }),
  };
};

function targetInUse(e: Evidence): { value: number; sure: boolean } | undefined {
  if (e.effectiveTarget?.source === "identity") return { value: e.effectiveTarget.value, sure: true };
  if (e.target) return { value: median(e.target), sure: true };
  return e.effectiveTarget && { value: e.effectiveTarget.high, sure: false };
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
