// The learner's state as plain data: counters, log α with its optimiser, and named tensors. Weights are in torch.nn.Linear's
// layout under names such as `actor.0.weight`; the optimiser's moments stand beside them as `actor.0.weight.moment1` and
// `.moment2` (as Adam here keeps them, see sac/adam.ts).

import { TemperedError } from "../errors.ts";
import type { AdamPowers } from "../sac/adam.ts";
import type { Network } from "../sac/network.ts";
import { momentNames, type SacNetworks } from "../sac/networks.ts";
import type { LayerValues } from "../sac/packing.ts";
import type { TemperatureState } from "../sac/temperature.ts";
import type { StoredTensor } from "./safetensors.ts";

export interface LearnerState {
  readonly updates: number;
  readonly temperature: TemperatureState;
  readonly adamPowers: AdamPowers;
  /** Of an actor that moves less often than the critics. */
  readonly actorAdamPowers?: AdamPowers | undefined;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** A network's blocks in one of the roles in which a program holds them. */
export interface StoredBlocks {
  readonly network: Network;
  readonly suffix: "" | ".moment1" | ".moment2";
  /** Names of the program's states, a block each. */
  readonly states: readonly string[];
}

/** Every network once for its weights, and the trained ones once more for either moment. */
export function storedBlocks({ actor, critics, targets }: SacNetworks): StoredBlocks[] {
  const names = (network: Network) => network.blocks.map(({ name }) => name);
  const weights = (network: Network): StoredBlocks => ({ network, suffix: "", states: names(network) });
  const moments = (network: Network): StoredBlocks[] =>
    ([".moment1", ".moment2"] as const).map((suffix, i) => ({
      network,
      suffix,
      states: names(network).map((name) => momentNames(name)[i]!),
    }));
  const trained = [actor, ...critics];
  return [...[...trained, ...targets].map(weights), ...trained.flatMap(moments)];
}

/** @param values the blocks' values, in the network's order */
export function namedTensors(
  { network, suffix }: StoredBlocks,
  values: readonly Float32Array[],
): [string, StoredTensor][] {
  return network.unpack(values).flatMap(({ weight, bias }, i): [string, StoredTensor][] => {
    const { kind } = network.packed[i]!;
    const shape = kind === "linear" ? [bias.length, weight.length / bias.length] : [weight.length];
    const name = `${network.spec.name}.${i}`;
    return [
      [`${name}.weight${suffix}`, { shape, values: weight }],
      [`${name}.bias${suffix}`, { shape: [bias.length], values: bias }],
    ];
  });
}

/**
 * The inverse of `namedTensors`.
 * @throws TemperedError (SNAPSHOT) where a tensor is missing or has another shape
 */
export function blocksOf(
  { network, suffix }: StoredBlocks,
  tensors: ReadonlyMap<string, StoredTensor>,
): Float32Array[] {
  const layers = network.packed.map(({ kind, inputs, outputs }, i): LayerValues => {
    const read = (part: string, shape: readonly number[]) => {
      const name = `${network.spec.name}.${i}.${part}${suffix}`;
      const tensor = tensors.get(name);
      if (tensor !== undefined && `${tensor.shape}` === `${shape}`) return tensor.values;
      throw new TemperedError(
        "SNAPSHOT",
        `Expected tensor "${name}" of shape [${shape.join(", ")}] in the saved agent, got ` +
          `${tensor ? `[${tensor.shape.join(", ")}]` : "none"}; save it again, or load it with the settings that it was saved with`,
      );
    };
    return {
      weight: read("weight", kind === "linear" ? [outputs, inputs] : [outputs]),
      bias: read("bias", [outputs]),
    };
  });
  return network.pack(layers);
}
