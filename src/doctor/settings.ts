// What is known about a run's settings, each with where it is known from: said by the user or the log, looked up from
// the environment's name, or the default of nearly every SAC program. Bounds on the entropy follow from them.

import type { ActionUnits, DeclaredSettings, Series } from "../runs/series.ts";
import { knownActions, knownDiscreteActions } from "./environments.ts";

/** Best mean entropy of a tanh-Gaussian per action dimension, unit actions (μ = 0, σ = 0.875). */
export const MAX_TANH_GAUSSIAN = 0.684;
/** Entropy of an untrained policy per action dimension: μ ≈ 0, σ ≈ 1. */
export const UNTRAINED_ENTROPY = 0.65;
/** Entropy per dimension at log σ = −5, where many programs stop; the lowest a policy can take there. */
export const FLOOR_ENTROPY = -3.58;

/** Settings as declared, and what follows from them. */
export interface Settings {
  readonly declared: DeclaredSettings;
  readonly units: ActionUnits;
  /** Undefined for discrete policies and where nobody says. */
  readonly actionDim: number | undefined;
  readonly discreteActions: number | undefined;
  /**
   * Σ log(half-range) to add to unit-action entropies for those of the log, nats; undefined where the log is in
   * environment units and nobody gives the ranges.
   */
  readonly unitOffset: number | undefined;
  /** Hard bound of the mean entropy, in the log's units: Σ log(2·half-range), or log n. */
  readonly maxEntropy: number | undefined;
  /** What the policy class can reach: 0.684·d + Σ log(half-range), or log n. */
  readonly reachableEntropy: number | undefined;
  /** Target in the log's units: declared, else undefined. */
  readonly targetEntropy: number | undefined;
  /** −d, the default nearly everywhere, in whatever units the program uses; undefined without d. */
  readonly defaultTarget: number | undefined;
  readonly gamma: number;
  /** The greatest α learning rate that was declared: of a schedule its start or its end. */
  readonly fastestLearningRate: number | undefined;
}

/** Merges what the log declares with what the user declares; the user wins. */
export function settingsOf(series: Series, declaredByUser: DeclaredSettings = {}): Settings {
  const declared: DeclaredSettings = { ...series.declared, ...declaredByUser };
  const { alphaLearningRate: first } = declared;
  const environment = knownActions(declared.env);
  const continuous = declared.actionDim !== undefined || declared.actionHalfRange !== undefined;
  const discreteActions =
    declared.discreteActions ?? (continuous ? undefined : knownDiscreteActions(declared.env));
  const discrete = discreteActions !== undefined;
  const actionDim = discrete
    ? undefined
    : (declared.actionDim ?? declared.actionHalfRange?.length ?? environment?.actionDim);
  const units = unitsOf(series, declared);
  const unitOffset = discrete ? 0 : offsetOf(units, actionDim, declared, environment?.halfRange);
  const bound = (perDimension: number) =>
    discrete
      ? Math.log(discreteActions)
      : actionDim === undefined || unitOffset === undefined
        ? undefined
        : actionDim * perDimension + unitOffset;
  return {
    declared,
    units,
    actionDim,
    discreteActions,
    unitOffset,
    maxEntropy: bound(Math.LN2),
    reachableEntropy: bound(MAX_TANH_GAUSSIAN),
    targetEntropy: declared.targetEntropy,
    defaultTarget: actionDim === undefined ? undefined : -actionDim,
    gamma: declared.gamma ?? 0.99,
    fastestLearningRate:
      first === undefined ? undefined : Math.max(first, declared.alphaLearningRateEnd ?? first),
  };
}

function unitsOf(series: Series, declared: DeclaredSettings): ActionUnits {
  return declared.actionHalfRange ? "environment" : (series.units ?? "unknown");
}

function offsetOf(
  units: ActionUnits,
  actionDim: number | undefined,
  declared: DeclaredSettings,
  environmentHalfRange: number | undefined,
): number | undefined {
  if (units !== "environment") return 0;
  const ranges = declared.actionHalfRange;
  if (ranges?.length === 1 && actionDim !== undefined) return actionDim * Math.log(ranges[0]!);
  if (ranges) return ranges.reduce((sum, range) => sum + Math.log(range), 0);
  if (environmentHalfRange === undefined || actionDim === undefined) return undefined;
  return actionDim * Math.log(environmentHalfRange);
}
