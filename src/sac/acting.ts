// The policy as plain arithmetic, one observation at a time: what an agent needs to act. It reads the weights where
// the engine keeps them, works synchronously, and gives the same bits in every JavaScript engine (float64 sums in a
// fixed order, functions from src/math). Units that ReLU switched off are skipped, which is exact.

import { exp, tanh } from "../math/index.ts";
import type { MlpLayout } from "./network.ts";
import { LOG_STD_MAX, LOG_STD_MIN } from "./policy.ts";

export class ActingPolicy {
  private readonly layout: MlpLayout;
  private readonly activations: Float64Array[];
  private readonly widths: readonly number[];
  private readonly active: Uint32Array;

  constructor(layout: MlpLayout) {
    const { inputSize, hidden, outputSize } = layout.spec;
    this.layout = layout;
    this.widths = [inputSize, ...hidden, outputSize];
    this.active = new Uint32Array(Math.max(...this.widths));
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
      else addColumnProducts(x, w, weight.offset, y, this.active);
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

/**
 * y ← ReLU(y + x·W), W stored [inputs, outputs]. Four rows at a time, so that y is read and written a quarter as often.
 * @param active room for the places in x that are not zero
 */
function addColumnProducts(
  x: Float64Array,
  w: Float32Array,
  offset: number,
  y: Float64Array,
  active: Uint32Array,
): void {
  const outputs = y.length;
  let count = 0;
  for (let i = 0; i < x.length; i++) if (x[i] !== 0) active[count++] = i;
  let k = 0;
  for (; k + 4 <= count; k += 4) {
    const [i0, i1, i2, i3] = [active[k]!, active[k + 1]!, active[k + 2]!, active[k + 3]!];
    const [x0, x1, x2, x3] = [x[i0]!, x[i1]!, x[i2]!, x[i3]!];
    const [r0, r1] = [offset + i0 * outputs, offset + i1 * outputs];
    const [r2, r3] = [offset + i2 * outputs, offset + i3 * outputs];
    for (let j = 0; j < outputs; j++) {
      y[j] = y[j]! + x0 * w[r0 + j]! + x1 * w[r1 + j]! + x2 * w[r2 + j]! + x3 * w[r3 + j]!;
    }
  }
  for (; k < count; k++) {
    const value = x[active[k]!]!;
    const row = offset + active[k]! * outputs;
    for (let j = 0; j < outputs; j++) y[j]! += value * w[row + j]!;
  }
  for (let j = 0; j < outputs; j++) if (y[j]! < 0) y[j] = 0;
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
