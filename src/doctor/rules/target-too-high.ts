// The target is reachable, but only by a policy that is all but uniform: α must stay high to hold it there, and the
// agent may not settle on anything.

import { type Evidence, stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { median } from "../statistics/quantiles.ts";
import { mayBeDiscrete, NEARLY_UNIFORM, reachableTarget, targetFix } from "./shared/reachable-target.ts";

/** Nats per dimension below the reachable maximum. */
const NEAR = 0.2;
/** Half-width of the first gap's interval, nats per dimension, up to which it tells one target from another. */
const SHARP = 0.15;
/** e-folds that α may have fallen since its start and still be held up. */
const FALLEN = 0.5;

export const targetTooHigh: Rule = (e) => {
  const { rows, settings, gap } = e;
  const { reachableEntropy, discreteActions } = settings;
  if (!gap || !rows.fromStart || rows.length < 10 || e.updates < 1000) return undefined;
  const start = Math.log(settings.declared.initialAlpha ?? rows.alpha[0]!);
  const end = median(rows.logAlpha.slice(-Math.ceil(rows.length / 8)));
  if (end < start - FALLEN || e.plateaus.length > 0 || Math.abs(end - start) < 0.05) return undefined;
  const target = knownTarget(e);
  const least =
    reachableEntropy === undefined
      ? undefined
      : discreteActions === undefined
        ? reachableEntropy - NEAR * e.dimensions
        : NEARLY_UNIFORM * reachableEntropy;
  // Of a run whose α has moved far before the first row the first gap says nothing.
  const early = Math.abs(rows.logAlpha[0]! - Math.log(settings.declared.initialAlpha ?? 1)) < 0.3 && sharp(e);
  const small = early && Math.abs(e.firstGap?.value ?? 0) < smallGap(e);
  const high =
    target !== undefined && least !== undefined && (target.sure || early)
      ? target.value >= least && target.value <= reachableEntropy! + 0.05 * e.dimensions
      : small && (target?.sure || e.firstGap === undefined || e.climb?.steady !== true);
  if (!high) return undefined;
  const goal = reachableTarget(e);
  return {
    id: "target-too-high",
    severity: "warning",
    confidence: target?.sure ? 0.9 : 0.7,
    steps: stepsOf(e, 0, rows.length - 1),
    evidence: numbers({
      target: target?.value,
      reachable: reachableEntropy,
      entropy: e.entropy && median(e.entropy),
      firstGap: e.firstGap?.value,
      alpha: Math.exp(end),
      startAlpha: Math.exp(start),
    }),
    message: `The target${target ? ` of ${say(target.value)} nats` : ""} is nearly that of a uniform policy${reachableEntropy === undefined ? " (the gap is next to 0 from the first update)" : ` (at most ${say(reachableEntropy)})`}: α is held at ${say(Math.exp(end))} to keep the actions random.`,
    fix: targetFix(e),
    reference: "p-christ #54 and #88, sac-discrete #15",
    ...(goal === undefined ? {} : { suggestion: { targetEntropy: goal } }),
  };
};

/** The first gap is one number: between rows far apart it may have gone all the way already. */
function sharp({ firstGap, dimensions }: Evidence): boolean {
  return firstGap === undefined || firstGap.high - firstGap.low < 2 * SHARP * dimensions;
}

/** Two discrete actions have so little entropy that a gap of a fifth of a nat is a usual one. */
function smallGap(e: Evidence): number {
  const fewest = mayBeDiscrete(e) ? 2 : undefined;
  const actions = e.settings.discreteActions ?? fewest;
  return actions === undefined ? 0.25 : (1 - NEARLY_UNIFORM) * Math.log(actions);
}

function knownTarget(e: Evidence): { value: number; sure: boolean } | undefined {
  if (e.effectiveTarget?.source === "identity") return { value: e.effectiveTarget.value, sure: true };
  if (e.target) return { value: median(e.target), sure: true };
  return e.effectiveTarget && { value: e.effectiveTarget.value, sure: false };
}
