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
import { type BatchNormalizer, ByBatch, byRunning } from "./batch-renorm.ts";
import type { Applied } from "./decision.ts";
import { droppedWidths } from "./layers.ts";
import type { Network } from "./network.ts";
import { momentNames } from "./networks.ts";

/** The mask of each dropout layer, [batch, units], by its number among the network's and its width. */
export type MasksOf = (network: string, layer: number, units: number) => Tensor;

/** A network that leaves units out; itself where it has no dropout. */
function dropping(
  network: Network,
  parameters: readonly Tensor[],
  masksOf: MasksOf,
  normalizer?: BatchNormalizer,
): Applied {
  const { name } = network.spec;
  const masks = droppedWidths(network.spec).map((units, layer) => masksOf(name, layer, units));
  return {
    apply: (x) => network.apply(parameters, x, { masks, normalizer }),
    applyRows: (x) => network.applyRows(parameters, x, { masks, normalizer }),
  };
}

/** What an optimiser's step takes. */
export interface Descent extends AdamScalars {
  readonly beta1: number;
}

/** What a graph writes back: new values by the names of the states. */
export type NewStates = Readonly<Record<string, Tensor>>;

/** A network that an optimiser moves. */
export class TrainedNetwork implements Applied {
  private readonly network: Network;
  readonly blocks: readonly AdamBlock[];
  /** Running statistics of its batch renorm layers, [1, numbers]. */
  private readonly statistics: Tensor | undefined;

  private constructor(network: Network, blocks: readonly AdamBlock[], statistics: Tensor | undefined) {
    this.network = network;
    this.blocks = blocks;
    this.statistics = statistics;
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
    const { statistics } = network;
    return new TrainedNetwork(network, blocks, statistics && state(statistics.name, statistics.shape));
  }

  get parameters(): Tensor[] {
    return this.blocks.map(({ parameter }) => parameter);
  }

  apply(x: readonly Tensor[]): Tensor {
    return this.network.apply(this.parameters, x, { normalizer: this.running });
  }

  applyRows(x: readonly Tensor[]): Tensor {
    return this.network.applyRows(this.parameters, x, { normalizer: this.running });
  }

  dropping(masks: MasksOf): Applied {
    return dropping(this.network, this.parameters, masks, this.running);
  }

  /**
   * The network as it is trained: one batch goes through it, by whose statistics its batch renorm layers normalize.
   * @param warm 1 once their warm-up is over, 0 before @param masks of dropout layers. Default: nothing is dropped
   */
  inTraining(warm: Tensor, masks?: MasksOf): { readonly applied: Applied; after(): TrainedNetwork } {
    const { network, parameters, blocks, statistics } = this;
    const normalizer = statistics && new ByBatch(statistics, warm);
    const whole = (x: readonly Tensor[]) => network.apply(parameters, x, { normalizer });
    const rows = (x: readonly Tensor[]) => network.applyRows(parameters, x, { normalizer });
    return {
      applied: masks ? dropping(network, parameters, masks, normalizer) : { apply: whole, applyRows: rows },
      /** The same with the statistics as the batch has moved them. */
      after: () => new TrainedNetwork(network, blocks, normalizer?.row),
    };
  }

  private get running(): BatchNormalizer | undefined {
    return this.statistics && byRunning(this.statistics);
  }

  /** After one Adam step down the gradient of `loss`. */
  descend(loss: Tensor, { beta1, ...scalars }: Descent): TrainedNetwork {
    const derivatives = gradients(loss, this.parameters);
    return new TrainedNetwork(
      this.network,
      this.blocks.map((block, i) => adam(block, derivatives[i]!, scalars, beta1)),
      this.statistics,
    );
  }

  get states(): NewStates {
    const { statistics } = this.network;
    const kept = statistics && this.statistics ? [[statistics.name, this.statistics] as const] : [];
    return Object.fromEntries([
      ...kept,
      ...this.network.blocks.flatMap(({ name }, i) => {
        const { parameter, moment1, moment2 } = this.blocks[i]!;
        const [name1, name2] = momentNames(name);
        return [
          [name, parameter],
          [name1, moment1],
          [name2, moment2],
        ] as const;
      }),
    ]);
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
