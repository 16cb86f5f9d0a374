// A climb with the gap below zero has two opposite readings: the policy is as random as it can be and its target lies
// above that, or it is as certain as it can be and no gradient gets through. What the numbers exclude decides: no entropy
// is above 0.684 nats a dimension, so a gap of −116 at a policy's maximum takes a target that nobody would set.

import type { Evidence } from "../../evidence.ts";
import { MAX_TANH_GAUSSIAN } from "../../settings.ts";
import { median } from "../../statistics/quantiles.ts";

/** `floor`: far below any maximum; `maximum`: at it or near; `either`: the log does not tell. */
export type Place = "floor" | "maximum" | "either";

/** Nats per dimension (or share of log n) below the reachable maximum that are no longer near it. */
const BELOW = 0.5;
/** Gap per dimension beyond which no usual mistake in the target explains it; the sign slip +d makes 0.316. */
const BEYOND_TARGET = 0.75;
/** The same where log π is in environment units of unknown range: a half-range of 0.05 makes 1.3. */
const BEYOND_UNITS = 6;
/** Gap, nats, beyond which an unknown number of dimensions would have to be large. */
const DEEP = 12;

export function placeOf(e: Evidence): Place {
  const { climb, entropy, settings } = e;
  if (!climb) return "either";
  const { reachableEntropy, actionDim, discreteActions, unitOffset, targetEntropy, defaultTarget } = settings;
  const from = Math.floor((climb.from + climb.to) / 2);
  const logged = entropy && median(entropy.slice(from, climb.to + 1));
  const implied = targetEntropy === undefined ? undefined : targetEntropy - climb.depth;
  const late = logged ?? implied;
  if (late !== undefined && Number.isFinite(late)) {
    if (reachableEntropy !== undefined) {
      const margin = discreteActions === undefined ? BELOW * e.dimensions : 0.2 * reachableEntropy;
      return late < reachableEntropy - margin ? "floor" : "maximum";
    }
    // At its maximum on unit actions an entropy is positive, whatever the number of dimensions.
    if (unitOffset === 0) return late < -1 ? "floor" : "either";
  }
  if (discreteActions !== undefined) return "either";
  // In environment units of a small range −d itself is out of reach, and the gap is just that far.
  const out =
    reachableEntropy !== undefined && defaultTarget !== undefined ? defaultTarget - reachableEntropy : 0;
  if (out > 0 && Math.abs(climb.depth - out) < 0.1 * (actionDim ?? 1)) return "maximum";
  if (actionDim === undefined) return climb.depth > DEEP ? "floor" : "either";
  const beyond = unitOffset === undefined ? BEYOND_UNITS : BEYOND_TARGET;
  return climb.depth > beyond * actionDim ? "floor" : "either";
}

/** What would settle it, where the number of action dimensions is not known; empty where it is. */
export function placeDoubt(e: Evidence): string {
  const { settings, climb, entropy } = e;
  if (!climb || entropy || settings.actionDim !== undefined || settings.discreteActions !== undefined)
    return "";
  const needed = Math.ceil(climb.depth / MAX_TANH_GAUSSIAN);
  return ` With ${needed} action dimensions or more an unreachable target could look the same: --action-dim and a log of the entropy settle it.`;
}
