// The networks of a SAC agent: an actor, the critics, and of each critic a target that follows it slowly.

import { type CriticLayers, criticMlp, mlp } from "./layers.ts";
import { type Network, network } from "./network.ts";

/** Sizes and variants of actor and critics. */
export interface NetworksSpec extends CriticLayers {
  readonly observationSize: number;
  /** Action dimensions, or choices made at once. */
  readonly actionSize: number;
  /** How many actions each choice has, where actions are discrete; `actionSize` of them. */
  readonly choices?: readonly number[] | undefined;
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  /** Units of each hidden layer of the critics. Default: `hidden`. */
  readonly criticHidden?: readonly number[] | undefined;
  /** How many critics. Default 2. */
  readonly critics?: number | undefined;
  /** Quantiles of the return that each critic gives (TQC). Default 1: its mean. */
  readonly quantiles?: number | undefined;
  /** Batch renorm in all networks, and no targets: CrossQ. Default false. */
  readonly batchRenorm?: boolean | undefined;
}

/** Actor, critics, and their targets. */
export interface SacNetworks {
  /** Observations in; what the policy head takes out. */
  readonly actor: Network;
  /** Observations and actions side by side in; Q, or its quantiles, out. Of discrete actions: observations in, a Q of each action out. */
  readonly critics: readonly Network[];
  /** None where there is batch renorm. */
  readonly targets: readonly Network[];
}

/** Actor and critics for a specification. */
export function sacNetworks(spec: NetworksSpec): SacNetworks {
  const { observationSize, hidden, criticHidden = hidden, choices, critics = 2, quantiles = 1 } = spec;
  const width = actionWidth(spec);
  const [inputSize, values] = choices ? [observationSize, width] : [observationSize + width, quantiles];
  const several = (name: string) =>
    Array.from({ length: critics }, (_, i) =>
      network({ name: `${name}${i + 1}`, inputSize, layers: criticMlp(criticHidden, values, spec) }),
    );
  return {
    actor: network({
      name: "actor",
      inputSize: observationSize,
      layers: mlp(hidden, choices ? width : 2 * width, spec),
    }),
    critics: several("critic"),
    targets: spec.batchRenorm ? [] : several("target"),
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

/** The program's states that hold a network's values: its blocks, and what its batch renorm layers keep. */
export function valueNames({ blocks, statistics }: Network): string[] {
  return [...blocks, ...(statistics ? [statistics] : [])].map(({ name }) => name);
}
