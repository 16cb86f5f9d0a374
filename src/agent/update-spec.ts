// The update that hyperparameters ask for, in an environment with these observations and actions; they have the same names there.

import type { UpdateSpec } from "../sac/update.ts";
import type { Hyperparameters } from "./hyperparameters.ts";
import { HyperparameterError } from "./options.ts";

export interface Sizes {
  readonly observationSize: number;
  readonly actionSize: number;
  readonly choices?: readonly number[] | undefined;
}

/** @throws HyperparameterError where these actions cannot have the update */
export function updateSpec(
  hyperparameters: Hyperparameters,
  { observationSize, actionSize, choices }: Sizes,
): UpdateSpec {
  const { hidden, criticHidden, critics, targetCritics, quantiles, weightDecay } = hyperparameters;
  if (choices && quantiles > 1) {
    throw new HyperparameterError(
      `Expected continuous actions for critics that give quantiles (TQC), got ${choices.join(" × ")} discrete ones; ` +
        "leave quantiles and the tqc preset out",
    );
  }
  return {
    ...hyperparameters,
    observationSize,
    actionSize,
    choices,
    criticHidden: criticHidden.length > 0 ? criticHidden : hidden,
    targetCritics: targetCritics === -1 ? critics : targetCritics,
    decays: weightDecay > 0,
  };
}
