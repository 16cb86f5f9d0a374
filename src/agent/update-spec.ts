// The update that hyperparameters ask for, in an environment with these observations and actions.

import type { UpdateSpec } from "../sac/update.ts";
import type { Hyperparameters } from "./options.ts";

export interface Sizes {
  readonly observationSize: number;
  readonly actionSize: number;
  readonly choices?: readonly number[] | undefined;
}

export function updateSpec(hyperparameters: Hyperparameters, sizes: Sizes): UpdateSpec {
  const { hidden, batchSize, tau, critics, targetCritics, actorValue, layerNorm, dropout } = hyperparameters;
  const decays = hyperparameters.weightDecay > 0;
  return {
    observationSize: sizes.observationSize,
    actionSize: sizes.actionSize,
    choices: sizes.choices,
    hidden,
    batchSize,
    tau,
    critics,
    targetCritics: targetCritics === -1 ? critics : targetCritics,
    actorValue,
    layerNorm,
    dropout,
    decays,
  };
}
