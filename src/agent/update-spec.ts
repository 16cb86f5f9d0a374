// The update that hyperparameters ask for, in an environment with these observations and actions.

import type { UpdateSpec } from "../sac/update.ts";
import type { Hyperparameters } from "./hyperparameters.ts";
import { HyperparameterError } from "./options.ts";

export interface Sizes {
  readonly observationSize: number;
  readonly actionSize: number;
  readonly choices?: readonly number[] | undefined;
}

/** @throws HyperparameterError where these actions cannot have the update */
export function updateSpec(hyperparameters: Hyperparameters, sizes: Sizes): UpdateSpec {
  const { hidden, batchSize, tau, critics, targetCritics, actorValue, layerNorm, dropout } = hyperparameters;
  const { quantiles, droppedQuantiles, criticHidden, batchRenorm, residual, activation, beta1 } =
    hyperparameters;
  if (sizes.choices && quantiles > 1) {
    throw new HyperparameterError(
      `Expected continuous actions for critics that give quantiles (TQC), got ${sizes.choices.join(" × ")} discrete ones; ` +
        "leave quantiles and the tqc preset out",
    );
  }
  const decays = hyperparameters.weightDecay > 0;
  return {
    observationSize: sizes.observationSize,
    actionSize: sizes.actionSize,
    choices: sizes.choices,
    hidden,
    criticHidden: criticHidden.length > 0 ? criticHidden : hidden,
    batchRenorm,
    residual,
    activation,
    beta1,
    batchSize,
    tau,
    critics,
    targetCritics: targetCritics === -1 ? critics : targetCritics,
    actorValue,
    quantiles,
    droppedQuantiles,
    layerNorm,
    dropout,
    decays,
  };
}
