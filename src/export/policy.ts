// A trained policy by itself: everything that turns an observation into an action, as plain numbers. What exports write.

import type { AgentState } from "../agent/agent-state.ts";
import { defaultHyperparameters } from "../agent/hyperparameters.ts";
import { blocksOf, type StoredBlocks } from "../agent/learner-state.ts";
import { ObservationNormalizer } from "../agent/observation-normalizer.ts";
import { updateSpec } from "../agent/update-spec.ts";
import { TemperedError } from "../errors.ts";
import { sacNetworks } from "../sac/networks.ts";
import { type PolicyLayer, policyLayers } from "./policy-layers.ts";

/** What is needed to act: networks, scales, and the form of observations and actions. */
export interface Policy {
  /** Id of the environment that it was trained in, and for how many steps. */
  readonly env: string;
  readonly steps: number;
  readonly observationSize: number;
  readonly actionSize: number;
  /** Bounds of the actions, in the environment's units. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** How many actions each choice has, where actions are discrete: numbers from `low` up. */
  readonly choices?: readonly number[];
  /**
   * What is done to an observation, dense layers with ReLU between them where nothing else is asked for; the last is dense and
   * gives μ, then log σ, of each dimension, or a logit for each action of each choice. Batch renorm is inside the layers that
   * follow it.
   */
  readonly layers: readonly PolicyLayer[];
  /** What observations are shifted by and multiplied with before the first layer, then clipped to ±10. */
  readonly normalization?: { readonly shift: Float64Array; readonly scale: Float64Array };
}

/** Normalized observations end at ± this. */
export const OBSERVATION_CLIP = 10;

/**
 * @param bounds of the actions, where the state does not say them: agents saved by older versions
 * @throws TemperedError (EXPORT) where nobody says them
 */
export function policyOf(
  state: AgentState,
  bounds?: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> },
): Policy {
  const { env, steps, observationSize, actionSize, hyperparameters, observationStatistics } = state;
  const { low, high } = state.actionBounds ?? bounds ?? {};
  if (low === undefined || high === undefined) {
    throw new TemperedError(
      "EXPORT",
      `Expected the bounds of the actions of ${env} in the saved agent, which an older version saved without; ` +
        "name the environment with --env",
    );
  }
  const { choices } = state;
  const spec = updateSpec({ ...defaultHyperparameters, ...hyperparameters }, state);
  const { actor } = sacNetworks(spec);
  const stored: StoredBlocks = { network: actor, suffix: "", states: [] };
  return {
    env,
    steps,
    observationSize,
    actionSize,
    low: Array.from(low),
    high: Array.from(high),
    ...(choices && { choices }),
    layers: policyLayers(actor, actor.unpack(blocksOf(stored, state.learner.tensors))),
    ...(observationStatistics && { normalization: ObservationNormalizer.factorsOf(observationStatistics) }),
  };
}
