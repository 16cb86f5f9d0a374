// The policy as plain arithmetic, one observation at a time: what an agent needs to act. It reads the weights where
// the engine keeps them, works synchronously, and gives the same bits in every JavaScript engine (float64 sums in a
// fixed order, functions from src/math). Units that ReLU switched off are skipped, which is exact.

import { exp, tanh } from "../math/index.ts";
import type { RandomStream } from "../random/index.ts";
import { activate } from "../sac/activations.ts";
import { RENORM_EPSILON } from "../sac/batch-renorm.ts";
import { isActivation, LAYER_NORM_EPSILON, type LayerSpec } from "../sac/layers.ts";
import type { Network } from "../sac/network.ts";
import type { PackedLayer } from "../sac/packing.ts";
import { LOG_STD_MAX, LOG_STD_MIN } from "../sac/policy.ts";
import { addProduct } from "./vector-matrix.ts";

/**
 * The policy as acting needs it: a program for one observation a time, or for as many as there are copies of the
 * environment.
 */
export class ActingPolicy {
  private readonly network: Network;
  private readonly input: Float64Array;
  /** What each layer with parameters gives. */
  private readonly activations: readonly Float64Array[];
  /** The layer with parameters that comes next. */
  private at = 0;

  constructor(network: Network) {
    this.network = network;
    this.input = new Float64Array(network.spec.inputSize);
    this.activations = network.packed.map(({ outputs }) => new Float64Array(outputs));
  }

  /**
   * Writes an action for `observation` into `action`.
   * @param blocks the network's blocks, in its order
   * @param noise standard normal draws, one a dimension; without it the action is tanh(μ)
   * @param action unit actions, written
   */
  act(
    blocks: readonly Float32Array[],
    observation: ArrayLike<number>,
    action: Float32Array,
    noise?: ArrayLike<number>,
  ): void {
    const head = this.forward(blocks, observation);
    const actions = action.length;
    for (let i = 0; i < actions; i++) {
      let u = head[i]!;
      if (noise !== undefined) {
        u += exp(Math.min(Math.max(head[actions + i]!, LOG_STD_MIN), LOG_STD_MAX)) * noise[i]!;
      }
      action[i] = tanh(u);
    }
  }

  /**
   * Writes what is chosen for `observation` into `action`, of discrete actions.
   * @param blocks the network's blocks, in its order
   * @param choices how many actions each choice has
   * @param random what to draw from, one number a choice; without it the likeliest action is taken
   * @param action the number of each choice's action, from 0 up; written
   */
  choose(
    blocks: readonly Float32Array[],
    observation: ArrayLike<number>,
    choices: readonly number[],
    action: Float32Array,
    random?: Pick<RandomStream, "uniform">,
  ): void {
    const logits = this.forward(blocks, observation);
    let start = 0;
    choices.forEach((n, i) => {
      const best = likeliest(logits, start, n);
      action[i] = random ? drawn(logits, start, n, logits[start + best]!, random.uniform()) : best;
      start += n;
    });
  }

  private forward(blocks: readonly Float32Array[], observation: ArrayLike<number>): Float64Array {
    const { input, network } = this;
    for (let i = 0; i < input.length; i++) input[i] = observation[i]!;
    this.at = 0;
    return this.through(network.spec.layers, blocks, input);
  }

  /** @param x left as it is where the first layer is none that works in place */
  private through(
    layers: readonly LayerSpec[],
    blocks: readonly Float32Array[],
    x: Float64Array,
  ): Float64Array {
    const { packed } = this.network;
    for (const layer of layers) {
      if (isActivation(layer)) activate(layer.kind, x);
      else if (layer.kind === "residual") {
        const y = this.through(layer.layers, blocks, x);
        for (let j = 0; j < x.length; j++) y[j]! += x[j]!;
        x = y;
      } else if (layer.kind !== "dropout") {
        const y = this.activations[this.at]!;
        const place = packed[this.at]!;
        if (layer.kind === "layerNorm") normalize(x, place, blocks, y);
        else if (layer.kind === "batchRenorm") renormalize(x, place, blocks, y);
        else product(x, place, blocks, y, this.at === packed.length - 1);
        x = y;
        this.at += 1;
      }
    }
    return x;
  }
}

/** Of `n` logits from `start` on: the number of the greatest, the first of several. */
function likeliest(logits: Float64Array, start: number, n: number): number {
  let best = 0;
  for (let j = 1; j < n; j++) if (logits[start + j]! > logits[start + best]!) best = j;
  return best;
}

/** The number of the logit on which a share `uniform` of all probability falls. @param most the greatest logit */
function drawn(logits: Float64Array, start: number, n: number, most: number, uniform: number): number {
  let total = 0;
  for (let j = 0; j < n; j++) total += exp(logits[start + j]! - most);
  let left = uniform * total;
  for (let j = 0; j < n - 1; j++) {
    left -= exp(logits[start + j]! - most);
    if (left < 0) return j;
  }
  return n - 1;
}

/** y = x·W + b; of the last layer W is stored [outputs, inputs]. */
function product(
  x: Float64Array,
  { weight, bias }: PackedLayer,
  blocks: readonly Float32Array[],
  y: Float64Array,
  isLast: boolean,
): void {
  const w = blocks[weight.block]!;
  const b = blocks[bias.block]!;
  for (let j = 0; j < y.length; j++) y[j] = b[bias.offset + j]!;
  if (isLast) addRowProducts(x, w, weight.offset, y);
  else addProduct(x, w, weight.row, y);
}

/** As torch.nn.LayerNorm. */
function normalize(
  x: Float64Array,
  { weight, bias }: PackedLayer,
  blocks: readonly Float32Array[],
  y: Float64Array,
): void {
  const n = x.length;
  let [mean, variance] = [0, 0];
  for (let i = 0; i < n; i++) mean += x[i]! / n;
  for (let i = 0; i < n; i++) variance += ((x[i]! - mean) * (x[i]! - mean)) / n;
  const scale = 1 / Math.sqrt(variance + LAYER_NORM_EPSILON);
  const [gain, shift] = [blocks[weight.block]!, blocks[bias.block]!];
  for (let i = 0; i < n; i++)
    y[i] = (x[i]! - mean) * scale * gain[weight.offset + i]! + shift[bias.offset + i]!;
}

/** By running statistics, which stand behind the blocks; see sac/batch-renorm.ts. */
function renormalize(
  x: Float64Array,
  { weight, bias, statistics }: PackedLayer,
  blocks: readonly Float32Array[],
  y: Float64Array,
): void {
  const n = x.length;
  const kept = blocks.at(-1)!;
  const [gain, shift] = [blocks[weight.block]!, blocks[bias.block]!];
  const means = statistics!.offset;
  for (let i = 0; i < n; i++) {
    const scale = 1 / Math.sqrt(kept[means + n + i]! + RENORM_EPSILON);
    y[i] = (x[i]! - kept[means + i]!) * scale * gain[weight.offset + i]! + shift[bias.offset + i]!;
  }
}

/** y ← y + x·Wᵀ, W stored [outputs, inputs]. */
function addRowProducts(x: Float64Array, w: Float32Array, offset: number, y: Float64Array): void {
  const inputs = x.length;
  for (let j = 0; j < y.length; j++) {
    let total = 0;
    for (let i = 0, row = offset + j * inputs; i < inputs; i++) total += x[i]! * w[row + i]!;
    y[j]! += total;
  }
}
