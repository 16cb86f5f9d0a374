// The networks of a SAC agent: an actor, the critics, and of each critic a target that follows it slowly.

import { mlp } from "./layers.ts";
import { type Network, network } from "./network.ts";

export interface NetworksSpec {
  readonly observationSize: number;
  readonly actionSize: number;
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  /** How many critics. Default 2. */
  readonly critics?: number;
}

export interface SacNetworks {
  /** Observations in; what the policy head takes out. */
  readonly actor: Network;
  /** Observations and actions side by side in; Q out. */
  readonly critics: readonly Network[];
  readonly targets: readonly Network[];
}

export function sacNetworks({ observationSize, actionSize, hidden, critics = 2 }: NetworksSpec): SacNetworks {
  const several = (name: string) =>
    Array.from({ length: critics }, (_, i) =>
      network({ name: `${name}${i + 1}`, inputSize: observationSize + actionSize, layers: mlp(hidden, 1) }),
    );
  return {
    actor: network({ name: "actor", inputSize: observationSize, layers: mlp(hidden, 2 * actionSize) }),
    critics: several("critic"),
    targets: several("target"),
  };
}

/** Names of the two moments that Adam keeps for the block `name`. */
export const momentNames = (name: string): readonly [string, string] => [
  `${name}/moment1`,
  `${name}/moment2`,
];
