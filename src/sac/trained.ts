// A network with the tensors that hold its parameters. Both kinds are values: a step gives a new one, whose tensors are
// the updated parameters, and leaves the old one as it was.

import {
  type AdamBlock,
  type AdamScalars,
  gradients,
  polyakStep,
  state,
  type Tensor,
} from "../graph/index.ts";
import { adam } from "./adam.ts";
import type { Applied } from "./decision.ts";
import { droppedWidths } from "./layers.ts";
import type { Network } from "./network.ts";
import { momentNames } from "./networks.ts";

/** The mask of each dropout layer, [batch, units], by its number among the network's and its width. */
export type MasksOf = (network: string, layer: number, units: number) => Tensor;

/** A network that leaves units out; itself where it has no dropout. */
function dropping(network: Network, parameters: readonly Tensor[], masksOf: MasksOf): Applied {
  const { name } = network.spec;
  const masks = droppedWidths(network.spec).map((units, layer) => masksOf(name, layer, units));
  return {
    apply: (x) => network.apply(parameters, x, masks),
    applyRows: (x) => network.applyRows(parameters, x, masks),
  };
}

/** What a graph writes back: new values by the names of the states. */
export type NewStates = Readonly<Record<string, Tensor>>;

/** A network that an optimiser moves. */
export class TrainedNetwork implements Applied {
  private readonly network: Network;
  readonly blocks: readonly AdamBlock[];

  private constructor(network: Network, blocks: readonly AdamBlock[]) {
    this.network = network;
    this.blocks = blocks;
  }

  /** Its parameters and moments as the states of the graph. */
  static of(network: Network): TrainedNetwork {
    const blocks = network.blocks.map(({ name, shape }) => {
      const [moment1, moment2] = momentNames(name);
      return {
        parameter: state(name, shape),
        moment1: state(moment1, shape),
        moment2: state(moment2, shape),
      };
    });
    return new TrainedNetwork(network, blocks);
  }

  get parameters(): Tensor[] {
    return this.blocks.map(({ parameter }) => parameter);
  }

  apply(x: readonly Tensor[]): Tensor {
    return this.network.apply(this.parameters, x);
  }

  applyRows(x: readonly Tensor[]): Tensor {
    return this.network.applyRows(this.parameters, x);
  }

  dropping(masks: MasksOf): Applied {
    return dropping(this.network, this.parameters, masks);
  }

  /** After one Adam step down the gradient of `loss`. */
  descend(loss: Tensor, scalars: AdamScalars): TrainedNetwork {
    const derivatives = gradients(loss, this.parameters);
    return new TrainedNetwork(
      this.network,
      this.blocks.map((block, i) => adam(block, derivatives[i]!, scalars)),
    );
  }

  get states(): NewStates {
    return Object.fromEntries(
      this.network.blocks.flatMap(({ name }, i) => {
        const { parameter, moment1, moment2 } = this.blocks[i]!;
        const [name1, name2] = momentNames(name);
        return [
          [name, parameter],
          [name1, moment1],
          [name2, moment2],
        ];
      }),
    );
  }
}

/** A network that follows a trained one slowly. */
export class TargetNetwork implements Applied {
  private readonly network: Network;
  private readonly parameters: readonly Tensor[];

  private constructor(network: Network, parameters: readonly Tensor[]) {
    this.network = network;
    this.parameters = parameters;
  }

  static of(network: Network): TargetNetwork {
    return new TargetNetwork(
      network,
      network.blocks.map(({ name, shape }) => state(name, shape)),
    );
  }

  apply(x: readonly Tensor[]): Tensor {
    return this.network.apply(this.parameters, x);
  }

  applyRows(x: readonly Tensor[]): Tensor {
    return this.network.applyRows(this.parameters, x);
  }

  dropping(masks: MasksOf): Applied {
    return dropping(this.network, this.parameters, masks);
  }

  /** After one step of Polyak averaging, θ̄ ← θ̄ + τ (θ − θ̄). */
  towards(trained: TrainedNetwork, tau: number): TargetNetwork {
    return new TargetNetwork(
      this.network,
      this.parameters.map((target, i) => polyakStep(target, trained.parameters[i]!, tau)),
    );
  }

  get states(): NewStates {
    return Object.fromEntries(this.network.blocks.map(({ name }, i) => [name, this.parameters[i]!]));
  }
}
