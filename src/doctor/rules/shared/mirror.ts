// The mirror test, for logs without entropy: a loss of the wrong sign drives the policy to its maximum entropy and shows
// −g = H_max − H̄ there. What that is follows from the settings, from the gap before the sign turned, or from the
// default target, at which it is 1.684 nats a dimension.

import type { Evidence } from "../../evidence.ts";
import { MAX_TANH_GAUSSIAN } from "../../settings.ts";
import { drowned } from "./value-scale.ts";

export interface Mirror {
  /** What −g is expected to be. */
  readonly expected: number;
  readonly basis: "maximum" | "first-gap" | "multiple";
}

/** H_max − H̄ per dimension at the default target. */
export const MIRROR = 1 + MAX_TANH_GAUSSIAN;
const UPDATES = 1000;
/** An untrained policy is this much nearer to the target than one of maximum entropy. */
const FROM_FIRST = MIRROR / 1.65;
/** Nats per dimension that the mirror image must be worth. */
const LEAST = 0.3;
/** Beyond this many dimensions a multiple proves nothing. */
const MAX_MULTIPLE = 8;

export function mirrorOf(e: Evidence): Mirror | undefined {
  const { climb, settings, entropy, firstGap } = e;
  if (!climb || entropy || drowned(e) || climb.updates < UPDATES) return undefined;
  const { reachableEntropy, defaultTarget, targetEntropy, actionDim } = settings;
  // From below, since no entropy is above its maximum.
  const matches = (expected: number, share: number) =>
    expected > 0 &&
    climb.depth > (1 - share) * expected - 2 * climb.error &&
    climb.depth < 1.02 * expected + 2 * climb.error;

  const target = targetEntropy ?? defaultTarget;
  if (reachableEntropy !== undefined && target !== undefined) {
    const expected = reachableEntropy - target;
    // Half of log n lies as far from log n as from 0, and a target near the maximum next to it: then no gap is a mirror.
    if (expected < LEAST * e.dimensions) return undefined;
    if (settings.discreteActions !== undefined && !negativeFromStart(e)) return undefined;
    return matches(expected, 0.07) ? { expected, basis: "maximum" } : undefined;
  }
  if (!climb.fromStart) {
    const expected = FROM_FIRST * (firstGap?.value ?? 0);
    return climb.steady &&
      expected > LEAST * e.dimensions &&
      settings.discreteActions === undefined &&
      matches(expected, 0.06)
      ? { expected, basis: "first-gap" }
      : undefined;
  }
  // Environment units of unknown range: taken for unit actions, since nothing else gives just this multiple.
  const dimensions = actionDim ?? Math.round(climb.depth / MIRROR);
  if (dimensions < 1 || dimensions > MAX_MULTIPLE) return undefined;
  const expected = dimensions * MIRROR;
  const share = actionDim !== undefined && targetEntropy !== undefined ? 0.1 : 0.035;
  return matches(expected, share) ? { expected, basis: "multiple" } : undefined;
}

/** The gap was negative from the first update on, when the policy was untrained and so above its target. */
function negativeFromStart({ climb, firstGap, gap }: Evidence): boolean {
  const first = gap?.values.filter(Number.isFinite).subarray(0, FIRST_ROWS);
  if (!first || climb?.fromStart !== true || firstGap === undefined || !(firstGap.high < 0)) return false;
  // A policy that becomes certain passes other gaps on its way to that of the last certainty.
  return first.every((g) => Math.abs(g - firstGap.value) < STILL * Math.abs(firstGap.value));
}

/** First rows whose gaps agree, and within which share, where a policy is uniform from the first update on. */
const FIRST_ROWS = 4;
const STILL = 0.05;
