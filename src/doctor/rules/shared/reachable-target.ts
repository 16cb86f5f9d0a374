// A target that the policy can reach, on the run's own terms: what fixes suggest.

import type { Evidence } from "../../evidence.ts";

/** −d in the log's units, or half of log n; undefined where neither d nor n is known. */
export function reachableTarget({ settings }: Evidence): number | undefined {
  const { actionDim, discreteActions, unitOffset } = settings;
  if (discreteActions !== undefined) return 0.5 * Math.log(discreteActions);
  return actionDim === undefined ? undefined : -actionDim + (unitOffset ?? 0);
}
