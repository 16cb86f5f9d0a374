// The target lies above any entropy the policy can have, so the gap is negative for ever and α climbs without end:
// +d where −d was meant, log n for n actions of which some are masked, or −d in environment units with a small range.

import { type Evidence, stepsOf } from "../evidence.ts";
import type { Finding } from "../finding.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { median, quantile } from "../statistics/quantiles.ts";
import { placeOf } from "./shared/depth.ts";
import { mirrorOf } from "./shared/mirror.ts";
import { reachableTarget, targetFix } from "./shared/reachable-target.ts";
import { drowned } from "./shared/value-scale.ts";

export const targetUnreachable: Rule = (e) => byTarget(e) ?? byFlatEntropy(e) ?? byClimb(e);

/** A first gap this small, nats per dimension, may be that of a reachable target near the maximum. */
const NEARLY_UNIFORM = 0.12;
/** Nats per dimension below the target up to which the gap is closed. */
const CLOSED = 0.06;

function finding(
  e: Evidence,
  rows: readonly [number, number],
  known: boolean,
  confidence: number,
  evidence: Record<string, number | undefined>,
  message: string,
): Finding {
  const target = reachableTarget(e);
  return {
    id: "target-unreachable",
    severity: known ? "error" : "warning",
    confidence,
    steps: stepsOf(e, rows[0], rows[1]),
    evidence: numbers(evidence),
    message,
    fix: targetFix(e),
    reference: "rlkit #50 and #75, pranz24/pytorch-soft-actor-critic #34, cleanrl #524",
    ...(target === undefined ? {} : { suggestion: { targetEntropy: target } }),
  };
}

/** The target in use is known and stands above the bound. */
function byTarget(e: Evidence): Finding | undefined {
  const { reachableEntropy, actionDim } = e.settings;
  if (reachableEntropy === undefined) return undefined;
  const fit = e.identity.filter(({ sign }) => sign === 1).sort((a, b) => b.rows - a.rows)[0];
  const stated = e.identity.length === 0 && e.target ? median(e.target) : undefined;
  const target = fit?.target.value ?? stated;
  const low = fit?.target.low ?? target;
  if (target === undefined || low! <= reachableEntropy + 0.002 * (actionDim ?? 1)) return undefined;
  const from = fit?.from ?? 0;
  const to = fit?.to ?? e.rows.length - 1;
  return finding(
    e,
    [from, to],
    true,
    fit ? 0.97 : 0.9,
    {
      target,
      reachable: reachableEntropy,
      efolds: e.climb?.efolds,
      slope: e.climb?.slope,
      medianEntropy: e.entropy && median(e.entropy),
    },
    `The target in use is ${say(target)} nats, but no policy here can have more than ${say(reachableEntropy)}: the gap stays negative and α grows without end.`,
  );
}

/** No bound is known, but the entropy is flat at its maximum while α climbs. */
function byFlatEntropy(e: Evidence): Finding | undefined {
  const { climb, entropy, identity } = e;
  if (
    !climb ||
    !entropy ||
    climb.efolds < 2 ||
    placeOf(e) === "floor" ||
    identity.some(({ sign }) => sign === -1)
  )
    return undefined;
  if (e.settings.reachableEntropy !== undefined) return undefined;
  const late = entropy.slice(Math.floor((climb.from + climb.to) / 2), climb.to + 1);
  if (climb.depth < Math.max(CLOSED * e.dimensions, 3 * climb.error)) return undefined;
  const top = quantile(entropy, 0.95);
  if (top - median(late) > 0.1 * e.dimensions) return undefined;
  const target = median(late) + climb.depth;
  return finding(
    e,
    [climb.from, climb.to],
    false,
    0.7,
    { target, medianEntropy: median(late), gap: -climb.depth, efolds: climb.efolds },
    `α rose ${say(climb.efolds)} e-folds while the entropy stood flat at its maximum, ${say(climb.depth)} nats below the target. --action-dim or --discrete makes sure.`,
  );
}

/** No entropy is logged: a climb with a steady gap that is no mirror image. */
function byClimb(e: Evidence): Finding | undefined {
  const { climb, entropy, settings } = e;
  if (!climb || entropy || !climb.fromStart || climb.efolds < 1.5 || drowned(e)) return undefined;
  if (placeOf(e) === "floor") return undefined;
  if (mirrorOf(e)) return undefined;
  const { reachableEntropy, actionDim } = settings;
  const settled = climb.steady && climb.depth < 1.15 * climb.early;
  const nearlyUniform = Math.abs(e.firstGap?.value ?? 0) < NEARLY_UNIFORM * e.dimensions;
  if (!settled || nearlyUniform || climb.depth < Math.max(CLOSED * e.dimensions, 3 * climb.error))
    return undefined;
  const implied = reachableEntropy === undefined ? undefined : reachableEntropy + climb.depth;
  return finding(
    e,
    [climb.from, climb.to],
    actionDim !== undefined && reachableEntropy !== undefined,
    actionDim === undefined ? 0.65 : 0.85,
    { gap: -climb.depth, impliedTarget: implied, reachable: reachableEntropy, efolds: climb.efolds },
    `α rose ${say(climb.efolds)} e-folds and the gap stays at ${say(-climb.depth)} nats: the policy is as random as it can be and still below its target${implied === undefined ? "" : `, which must be about ${say(implied)} (at most ${say(reachableEntropy!)} is reachable)`}.`,
  );
}
