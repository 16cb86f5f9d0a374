// The α loss has the wrong sign, so α runs away from the target instead of towards it. Proven by the identity test
// where entropy and loss are logged, by the quadrant where only the entropy is, and by the mirror test where neither
// helps: a policy held at its maximum entropy shows −g = H_max − H̄, and a loss with its sign turned shows just that.

import { dialectOf } from "../dialects.ts";
import { type Evidence, stepsOf } from "../evidence.ts";
import type { Finding } from "../finding.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { UNTRAINED_ENTROPY } from "../settings.ts";
import { median } from "../statistics/quantiles.ts";
import { MIRROR, mirrorOf } from "./shared/mirror.ts";

export const signInverted: Rule = (e) =>
  byIdentity(e) ?? byQuadrant(e) ?? byMirror(e) ?? byFirstGap(e) ?? byBound(e);

const REFERENCE = "softlearning #163, ElegantRL #10";
/** Rows of a stretch that carries the verdict. */
const ROWS = 10;

function finding(
  e: Evidence,
  from: number,
  to: number,
  confidence: number,
  evidence: Record<string, number | undefined>,
  message: string,
): Finding {
  return {
    id: "sign-inverted",
    severity: "error",
    confidence,
    steps: stepsOf(e, from, to),
    evidence: numbers(evidence),
    message,
    fix: dialectOf(e.series.framework).loss,
    reference: REFERENCE,
    suggestion: { invert: true },
  };
}

function byIdentity(e: Evidence): Finding | undefined {
  const fits = e.identity.filter(({ sign, rows }) => sign === -1 && rows >= ROWS);
  const [first] = fits;
  const last = fits.at(-1);
  if (!first || !last) return undefined;
  const target = last.target.value;
  return finding(
    e,
    first.from,
    last.to,
    0.97,
    { identitySign: -1, target, targetLow: last.target.low, targetHigh: last.target.high, rows: last.rows },
    `The α loss falls where it should rise: the gap it implies is −(H − x) with x = ${say(target)} nats, row by row, so α runs away from the target.`,
  );
}

function byQuadrant(e: Evidence): Finding | undefined {
  const { leg, loggedGap, lossGap, rows } = e;
  if (!leg || !loggedGap || lossGap || leg.efolds < 1) return undefined;
  const gaps = loggedGap.values.subarray(leg.from, leg.to + 1).filter(Number.isFinite);
  if (gaps.length < ROWS) return undefined;
  const direction = leg.direction === "rising" ? 1 : -1;
  const along = gaps.filter((g) => g * direction > 0).length / gaps.length;
  const size = Math.abs(median(gaps));
  if (along < 0.9 || size < Math.max(0.1 * e.dimensions, 2 * loggedGap.noise)) return undefined;
  return finding(
    e,
    leg.from,
    leg.to,
    0.85,
    { gap: median(gaps), share: along, efolds: leg.efolds, slope: leg.slope, updates: rows.updates[leg.to]! },
    `α moves with the sign of H − H̄ instead of against it: it is ${leg.direction} while the entropy stands ${say(size)} nats ${direction > 0 ? "above" : "below"} the target.`,
  );
}

function byMirror(e: Evidence): Finding | undefined {
  const { climb, settings } = e;
  const mirror = mirrorOf(e);
  if (!climb || !mirror) return undefined;
  const { depth } = climb;
  const { basis, expected } = mirror;
  const target = settings.targetEntropy ?? settings.defaultTarget;
  const message = {
    maximum: `α climbs with a gap of ${say(-depth)} nats: the mirror image of H_max − H̄ = ${say(expected)} (${settings.targetEntropy === undefined ? "H̄ = −d assumed" : "as declared"}), which is what a policy at maximum entropy shows under a loss of the wrong sign.`,
    "first-gap": `The gap turned from ${say(e.firstGap?.value ?? 0)} at the start to ${say(-depth)}, its mirror image, and α climbs: the loss changed its sign.`,
    multiple: `α climbs with a steady gap of ${say(-depth)} nats, a multiple of −1.684: the mirror image of H_max − H̄ at the default target for ${say(expected / MIRROR)} action dimensions. Give --action-dim to settle it.`,
  }[basis];
  const confidence = { maximum: climb.fromStart ? 0.9 : 0.8, "first-gap": 0.75, multiple: 0.7 }[basis];
  return finding(
    e,
    climb.from,
    climb.to,
    confidence,
    { gap: -depth, mirror: expected, efolds: climb.efolds, target, firstGap: e.firstGap?.value },
    message,
  );
}

/** How near the first gap must be to its mirror image, as a share of it; half of a usual −1.65·d where d is off by one of 8. */
const FIRST = 0.06;

/** An untrained policy is above any usual target; one whose first gap is just that far below shows a mirrored loss. */
function byFirstGap(e: Evidence): Finding | undefined {
  const { firstGap, entropy, lossGap, leg, settings } = e;
  const { actionDim, discreteActions, unitOffset, targetEntropy, defaultTarget } = settings;
  const target = targetEntropy ?? defaultTarget;
  if (entropy || !lossGap || !firstGap || target === undefined || leg?.direction !== "rising")
    return undefined;
  if (leg.efolds < 0.3 || leg.from > 2) return undefined;
  const untrained =
    discreteActions !== undefined
      ? Math.log(discreteActions)
      : UNTRAINED_ENTROPY * actionDim! + (unitOffset ?? 0);
  const expected = untrained - target;
  const error = FIRST * expected;
  if (!(expected > 0.5 * e.dimensions) || !(Math.abs(-firstGap.value - expected) < error)) return undefined;
  // A policy that saturates passes the mirror image on its way down; an untrained one stands there from the first row.
  const rows = lossGap.values.filter(Number.isFinite).subarray(0, 3);
  if (rows.length < 3 || rows.some((g) => Math.abs(-g - expected) > 2 * error)) return undefined;
  return finding(
    e,
    leg.from,
    leg.to,
    targetEntropy === undefined ? 0.75 : 0.85,
    { firstGap: firstGap.value, mirror: expected, efolds: leg.efolds, target },
    `The first gap is ${say(firstGap.value)} nats: an untrained policy stands about ${say(expected)} above ${targetEntropy === undefined ? "the default target" : "its target"}, and a loss of the wrong sign shows just the mirror image of it. α climbs from the first update on.`,
  );
}

/** α falls and the implied entropy rises beyond what any policy can have, after a start that was in order. */
function byBound(e: Evidence): Finding | undefined {
  const { leg, gap, lossGap, entropy, settings, firstGap } = e;
  const { maxEntropy, reachableEntropy, actionDim } = settings;
  const target = settings.targetEntropy ?? settings.defaultTarget;
  if (!leg || !gap || !lossGap || entropy || leg.direction !== "falling" || leg.efolds < 1) return undefined;
  if (maxEntropy === undefined || reachableEntropy === undefined || target === undefined || !firstGap)
    return undefined;
  const d = actionDim ?? 1;
  const startsRight = firstGap.value < reachableEntropy - target + 0.1 * d && firstGap.value > 0;
  const eighth = Math.max(5, Math.ceil(gap.values.length / 8));
  const end = median(gap.values.slice(Math.max(0, leg.to + 1 - eighth), leg.to + 1));
  if (!startsRight || !(end >= maxEntropy - target + 0.3 * d)) return undefined;
  return finding(
    e,
    leg.from,
    leg.to,
    0.75,
    { firstGap: firstGap.value, gap: end, largestPossible: maxEntropy - target, efolds: leg.efolds },
    `The gap grew from ${say(firstGap.value)} to ${say(end)} nats while α fell, beyond the ${say(maxEntropy - target)} that any policy can show: the loss changed its sign and drives the entropy down.`,
  );
}
