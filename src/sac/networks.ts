// The networks of a SAC agent: an actor, the critics, and of each critic a target that follows it slowly.

import { type CriticLayers, criticMlp, mlp } from "./layers.ts";
import { type Network, network } from "./network.ts";

export interface NetworksSpec extends CriticLayers {
  readonly observationSize: number;
  /** Action dimensions, or choices made at once. */
  readonly actionSize: number;
  /** How many actions each choice has, where actions are discrete; `actionSize` of them. */
  readonly choices?: readonly number[] | undefined;
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  /** How many critics. Default 2. */
  readonly critics?: number | undefined;
  /** Quantiles of the return that each critic gives (TQC). Default 1: its mean. */
  readonly quantiles?: number | undefined;
}

export interface SacNetworks {
  /** Observations in; what the policy head takes out. */
  readonly actor: Network;
  /** Observations and actions side by side in; Q, or its quantiles, out. Of discrete actions: observations in, a Q of each action out. */
  readonly critics: readonly Network[];
  readonly targets: readonly Network[];
}

export function sacNetworks(spec: NetworksSpec): SacNetworks {
  const { observationSize, hidden, choices, critics = 2, quantiles = 1 } = spec;
  const width = actionWidth(spec);
  const [inputSize, values] = choices ? [observationSize, width] : [observationSize + width, quantiles];
  const several = (name: string) =>
    Array.from({ length: critics }, (_, i) =>
      network({ name: `${name}${i + 1}`, inputSize, layers: criticMlp(hidden, values, spec) }),
    );
  return {
    actor: network({
      name: "actor",
      inputSize: observationSize,
      layers: mlp(hidden, choices ? width : 2 * width),
    }),
    critics: several("critic"),
    targets: several("target"),
  };
}

/** Numbers of an action in an update's batch: a dimension each, or a column for every action of every choice. */
export function actionWidth({ actionSize, choices }: Pick<NetworksSpec, "actionSize" | "choices">): number {
  return choices ? choices.reduce((total, n) => total + n, 0) : actionSize;
}

/** Names of the two moments that Adam keeps for the block `name`. */
export const momentNames = (name: string): readonly [string, string] => [
  `${name}/moment1`,
  `${name}/moment2`,
];
