// What hidden layers make of their sums: on a graph, and on one number where the policy acts.

import {
  add,
  exp,
  minimum,
  multiply,
  relu,
  sigmoid,
  square,
  subtract,
  type Tensor,
  tanh,
} from "../graph/index.ts";
import { exp as expOf, tanh as tanhOf } from "../math/index.ts";

/**
 * relu max(x, 0) · tanh · elu x, or eˣ − 1 below 0 · silu x · sigmoid(x) · gelu ½x (1 + tanh(√(2/π) (x + 0.044715 x³))), as JAX has
 * it and PyTorch with approximate="tanh".
 */
export type Activation = "relu" | "tanh" | "elu" | "silu" | "gelu";

export const activationNames = [
  "relu",
  "tanh",
  "elu",
  "silu",
  "gelu",
] as const satisfies readonly Activation[];

/** 2 √(2/π): ½ (1 + tanh(z)) is sigmoid(2z). */
export const GELU_SLOPE = 1.5957691216057308;
export const GELU_CUBE = 0.044715;

/** @param x of any shape */
export function activated(kind: Activation, x: Tensor): Tensor {
  switch (kind) {
    case "relu":
      return relu(x);
    case "tanh":
      return tanh(x);
    case "elu":
      return add(relu(x), subtract(exp(minimum(x, 0)), 1));
    case "silu":
      return multiply(x, sigmoid(x));
    case "gelu":
      return multiply(x, sigmoid(multiply(multiply(x, GELU_SLOPE), add(multiply(square(x), GELU_CUBE), 1))));
  }
}

/** `activated`, in place. */
export function activate(kind: Activation, x: Float64Array): void {
  const of = functions[kind];
  for (let j = 0; j < x.length; j++) x[j] = of(x[j]!);
}

const functions: Readonly<Record<Activation, (x: number) => number>> = {
  relu: (x) => (x < 0 ? 0 : x),
  tanh: tanhOf,
  elu: (x) => (x < 0 ? expOf(x) - 1 : x),
  silu: (x) => x * sigmoidOf(x),
  gelu: (x) => x * sigmoidOf(GELU_SLOPE * x * (1 + GELU_CUBE * x * x)),
};

function sigmoidOf(x: number): number {
  return 1 / (1 + expOf(-x));
}
