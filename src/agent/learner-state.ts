// The learner's state as plain data: counters, log α with its optimiser, and named tensors. Weights are in torch.nn.Linear's
// layout under names such as `actor.0.weight`; the optimiser's moments stand beside them as `actor.0.weight.moment1` and
// `.moment2` (as Adam here keeps them, see sac/adam.ts).

import { TemperedError } from "../errors.ts";
import type { BetaPowers } from "../sac/adam.ts";
import type { Network } from "../sac/network.ts";
import { momentNames, type SacNetworks } from "../sac/networks.ts";
import type { LayerValues } from "../sac/packing.ts";
import type { TemperatureState } from "../sac/temperature.ts";
import type { StoredTensor } from "./safetensors.ts";

/** Networks, their optimisers, targets and the temperature, as plain data. */
export interface LearnerState {
  readonly updates: number;
  readonly temperature: TemperatureState;
  readonly betaPowers: BetaPowers;
  /** Of an actor that moves less often than the critics. */
  readonly actorBetaPowers?: BetaPowers | undefined;
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
  const weights = (network: Network): StoredBlocks => ({
    network,
    suffix: "",
    states: valueNames(network),
  });
  const moments = (network: Network): StoredBlocks[] =>
    ([".moment1", ".moment2"] as const).map((suffix, i) => ({
      network,
      suffix,
      states: names(network).map((name) => momentNames(name)[i]!),
    }));
  const trained = [actor, ...critics];
  return [...[...trained, ...targets].map(weights), ...trained.flatMap(moments)];
}

/** The program's states that hold a network's values: its blocks, and what its batch renorm layers keep. */
export function valueNames({ blocks, statistics }: Network): string[] {
  return [...blocks, ...(statistics ? [statistics] : [])].map(({ name }) => name);
}

/** The parts of a layer's values in these blocks; statistics have no moments. */
function partsOf({ network, suffix }: StoredBlocks, layer: number): (keyof LayerValues)[] {
  const keeps = suffix === "" && network.packed[layer]!.statistics !== undefined;
  return keeps ? ["weight", "bias", "mean", "variance"] : ["weight", "bias"];
}

/** Names and shapes of the tensors that blocks are stored as, a weight and a bias a layer. */
function tensorShapes(blocks: StoredBlocks): [name: string, shape: readonly number[]][] {
  const { network, suffix } = blocks;
  return network.packed.flatMap(({ kind, inputs, outputs }, i) =>
    partsOf(blocks, i).map((part): [string, readonly number[]] => [
      `${network.spec.name}.${i}.${part}${suffix}`,
      kind === "linear" && part === "weight" ? [outputs, inputs] : [outputs],
    ]),
  );
}

/** @param values the blocks' values, in the network's order */
export function namedTensors(
  blocks: StoredBlocks,
  values: readonly Float32Array[],
): [string, StoredTensor][] {
  const layers = blocks.network
    .unpack(values)
    .flatMap((layer, i) => partsOf(blocks, i).map((part) => layer[part]!));
  return tensorShapes(blocks).map(([name, shape], i) => [name, { shape, values: layers[i]! }]);
}

/** The inverse of `namedTensors`, of tensors that `checkTensors` has passed. */
export function blocksOf(blocks: StoredBlocks, tensors: ReadonlyMap<string, StoredTensor>): Float32Array[] {
  const values = tensorShapes(blocks).map(([name]) => tensors.get(name)!.values);
  let at = 0;
  return blocks.network.pack(
    blocks.network.packed.map(
      (_, i) =>
        Object.fromEntries(partsOf(blocks, i).map((part) => [part, values[at++]!])) as unknown as LayerValues,
    ),
  );
}

/** Numbers in all tensors of these networks, and how many tensors that are. */
export function storedSize(networks: SacNetworks): { readonly tensors: number; readonly numbers: number } {
  const shapes = storedBlocks(networks).flatMap(tensorShapes);
  const sizes = shapes.map(([, shape]) => shape.reduce((size, dimension) => size * dimension, 1));
  return { tensors: shapes.length, numbers: sizes.reduce((sum, size) => sum + size, 0) };
}

/**
 * That the tensors are those of these networks, each there and none besides, and finite.
 * @throws TemperedError (SNAPSHOT) that names the first that is not
 */
export function checkTensors(networks: SacNetworks, tensors: ReadonlyMap<string, StoredTensor>): void {
  const shapes = new Map(storedBlocks(networks).flatMap(tensorShapes));
  const advice = "save it again, or load it with the settings that it was saved with";
  const refuse = (expected: string, got: string, remedy = advice) => {
    throw new TemperedError("SNAPSHOT", `Expected ${expected} in the saved agent, got ${got}; ${remedy}`);
  };
  for (const [name, shape] of shapes) {
    const tensor = tensors.get(name);
    if (`${tensor?.shape}` !== `${shape}`) {
      const got = tensor ? `[${tensor.shape.join(", ")}]` : "none";
      refuse(`tensor "${name}" of shape [${shape.join(", ")}]`, got);
    }
    const odd = firstOdd(tensor!.values, /\.(moment2|variance)$/.test(name) ? 0 : -Infinity);
    if (odd !== undefined) {
      const remedy = "it was saved after learning had gone wrong, or is damaged: load an earlier one";
      refuse(`tensor "${name}" of finite numbers`, `${odd}`, remedy);
    }
  }
  const unknown = [...tensors.keys()].find((name) => !shapes.has(name));
  if (unknown !== undefined) refuse(`${shapes.size} tensors`, `"${unknown.slice(0, 80)}" besides`);
}

/** The first number that is not finite, or below `least`. */
function firstOdd(values: Float32Array, least: number): number | undefined {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(value >= least && value - value === 0)) return value;
  }
  return undefined;
}
