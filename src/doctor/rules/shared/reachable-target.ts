// A target that the policy can reach, on the run's own terms: what fixes suggest, in the words of the run's program.

import { dialectOf } from "../../dialects.ts";
import type { Evidence } from "../../evidence.ts";
import { say } from "../../rule.ts";
import { median } from "../../statistics/quantiles.ts";

/** −d in the log's units, or half of log n; undefined where neither d nor n is known. */
export function reachableTarget({ settings }: Evidence): number | undefined {
  const { actionDim, discreteActions, unitOffset } = settings;
  if (discreteActions !== undefined) return 0.5 * Math.log(discreteActions);
  return actionDim === undefined ? undefined : -actionDim + (unitOffset ?? 0);
}

/** Share of log n above which a target leaves a policy over n discrete actions little but chance. */
export const NEARLY_UNIFORM = 0.9;

/** Whether a target in the log leaves little but chance: α has to climb to hold it, however large the rewards are. */
export function asksForChance({ settings, target }: Evidence): boolean {
  const { discreteActions } = settings;
  if (discreteActions === undefined || target === undefined) return false;
  return median(target) >= NEARLY_UNIFORM * Math.log(discreteActions);
}

/** Code that sets a reachable target; both kinds of policy are served where nothing tells which one it is. */
export function targetFix(e: Evidence): string {
  const { settings, series } = e;
  const { targetEntropy } = dialectOf(series.framework);
  const goal = reachableTarget(e);
  const said = settings.targetEntropy;
  if (goal !== undefined && said !== undefined && Math.abs(goal - said) < 0.05 * Math.abs(goal))
    return `print(target_entropy)  # ${say(said)} is declared already, and something else is in use`;
  if (settings.discreteActions !== undefined) {
    return `${targetEntropy(say(goal!))}  # half of log n; 0.2 to 0.8 of it are in use`;
  }
  if (goal !== undefined) {
    const why = settings.units === "environment" && settings.unitOffset !== undefined;
    return `${targetEntropy(say(goal))}  # −d${why ? " + Σ log(half-range): these are environment units" : ""}`;
  }
  const continuous = `${targetEntropy("-float(action_dim)")}  # −d`;
  return mayBeDiscrete(e)
    ? `${continuous}, for continuous actions\n${targetEntropy("0.5 * math.log(n_actions)")}  # for discrete ones`
    : continuous;
}

/** Nothing says that actions are continuous, and neither entropies nor the target are ever below 0. */
export function mayBeDiscrete({ settings, entropy, target, effectiveTarget }: Evidence): boolean {
  if (settings.actionDim !== undefined || settings.declared.actionHalfRange) return false;
  const goal = effectiveTarget?.source === "identity" ? effectiveTarget.value : target && median(target);
  if (goal !== undefined && goal < 0) return false;
  return entropy === undefined || !entropy.some((h) => h < 0);
}
