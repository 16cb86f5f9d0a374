// The policy as plain arithmetic, one observation at a time: what an agent needs to act. It reads the weights where
// the engine keeps them, works synchronously, and gives the same bits in every JavaScript engine (float64 sums in a
// fixed order, functions from src/math). Units that ReLU switched off are skipped, which is exact.

import { exp, tanh } from "../math/index.ts";
import type { MlpLayout } from "../sac/network.ts";
import { LOG_STD_MAX, LOG_STD_MIN } from "../sac/policy.ts";
import { addProduct } from "./vector-matrix.ts";

export class ActingPolicy {
  private readonly layout: MlpLayout;
  private readonly activations: Float64Array[];
  private readonly widths: readonly number[];

  constructor(layout: MlpLayout) {
    const { inputSize, hidden, outputSize } = layout.spec;
    this.layout = layout;
    this.widths = [inputSize, ...hidden, outputSize];
    this.activations = this.widths.map((width) => new Float64Array(width));
  }

  /**
   * Writes an action for `observation` into `action`.
   * @param blocks the network's blocks, in the layout's order
   * @param noise standard normal draws, one a dimension; without it the action is tanh(μ)
   * @param action unit actions, written
   */
  act(
    blocks: readonly Float32Array[],
    observation: ArrayLike<number>,
    action: Float32Array,
    noise?: ArrayLike<number>,
  ): void {
    const { activations, widths } = this;
    for (let i = 0; i < widths[0]!; i++) activations[0]![i] = observation[i]!;
    this.layout.places.forEach(({ weight, bias }, layer) => {
      const x = activations[layer]!;
      const y = activations[layer + 1]!;
      const w = blocks[weight.block]!;
      const isLast = layer === widths.length - 2;
      copyBias(blocks[bias.block]!, bias.offset, y);
      if (isLast) addRowProducts(x, w, weight.offset, y);
      else {
        addProduct(x, w, weight.row, y);
        for (let j = 0; j < y.length; j++) if (y[j]! < 0) y[j] = 0;
      }
    });
    const head = activations.at(-1)!;
    const actions = action.length;
    for (let i = 0; i < actions; i++) {
      let u = head[i]!;
      if (noise !== undefined) {
        u += exp(Math.min(Math.max(head[actions + i]!, LOG_STD_MIN), LOG_STD_MAX)) * noise[i]!;
      }
      action[i] = tanh(u);
    }
  }
}

function copyBias(block: Float32Array, offset: number, y: Float64Array): void {
  for (let j = 0; j < y.length; j++) y[j] = block[offset + j]!;
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
