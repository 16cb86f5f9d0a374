// Networks read out of the learner and evaluated in plain arithmetic, for the pictures. Nothing of the training depends
// on these numbers.

import type { Learner } from "../../../src/agent/learner.ts";
import type { LayerValues } from "../../../src/sac/packing.ts";
import { LOG_STD_MAX, LOG_STD_MIN } from "../../../src/sac/policy.ts";

export interface Policy {
  /** Per action dimension, before tanh. */
  readonly mean: number[];
  readonly std: number[];
}

/** Actor and critics as they are now; copies, so that learning may go on. */
export async function networksOf(learner: Learner) {
  const { networks } = learner;
  const actor = await learner.layersOf(networks.actor);
  const critics = await Promise.all(networks.critics.map((critic) => learner.layersOf(critic)));
  return {
    policy(observation: ArrayLike<number>): Policy {
      const head = forward(actor, Float64Array.from(observation));
      const actions = head.length / 2;
      const std = (i: number) => Math.exp(Math.min(Math.max(head[actions + i]!, LOG_STD_MIN), LOG_STD_MAX));
      return {
        mean: Array.from(head.subarray(0, actions)),
        std: Array.from({ length: actions }, (_, i) => std(i)),
      };
    },
    /** min(Q₁, Q₂) */
    value(observation: ArrayLike<number>, action: readonly number[]): number {
      const x = Float64Array.of(...Array.from(observation), ...action);
      return Math.min(...critics.map((critic) => forward(critic, x)[0]!));
    },
  };
}

function forward(layers: readonly LayerValues[], x: Float64Array): Float64Array {
  return layers.reduce((h, { weight, bias }, layer) => {
    const inputs = h.length;
    const y = Float64Array.from(bias, (start, j) => {
      let sum = start;
      for (let i = 0, row = j * inputs; i < inputs; i++) sum += weight[row + i]! * h[i]!;
      return sum;
    });
    return layer === layers.length - 1 ? y : y.map((value) => Math.max(value, 0));
  }, x);
}
