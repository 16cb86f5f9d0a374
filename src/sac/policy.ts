// The policy head: what turns the numbers of a network into a distribution over actions. SAC's is a Gaussian squashed by
// tanh into unit actions. Sampling is reparameterised, a = tanh(μ + σ·ε), so that gradients reach μ and σ through the
// action.

import {
  add,
  clamp,
  constant,
  exp,
  matmul,
  mean,
  multiply,
  negate,
  slice,
  softplus,
  square,
  subtract,
  type Tensor,
  tanh,
} from "../graph/index.ts";

/** Bounds of log σ, as in Stable-Baselines3 and the SAC authors' code. */
export const LOG_STD_MIN = -20;
export const LOG_STD_MAX = 2;

const LOG_SQRT_2_PI = 0.9189385332046727;

/** A normal distribution before the tanh, by mean and log deviation. */
export interface Gaussian {
  /** [batch, actions], before tanh */
  readonly mean: Tensor;
  /** [batch, actions], within [LOG_STD_MIN, LOG_STD_MAX] */
  readonly logStd: Tensor;
}

/** Actions with their log π, nats, unit actions. */
export interface Sample {
  /** [batch, actions], unit actions in (−1, 1) */
  readonly action: Tensor;
  /** [1, batch], nats, unit actions, summed over action dimensions */
  readonly logProb: Tensor;
}

/** What makes a distribution of the actor's outputs. */
export interface PolicyHead {
  /** Numbers that the head takes from the network. */
  readonly inputs: number;
  /** Standard normal draws that an action takes. */
  readonly draws: number;
  /**
   * Draws one action for every row of the network's output.
   * @param output [batch, inputs]
   * @param noise [batch, draws], standard normal
   */
  sample(output: Tensor, noise: Tensor): Sample;
  /** The action without noise. @param output [batch, inputs] @returns [batch, actions] */
  mode(output: Tensor): Tensor;
}

/** The log-density of a sample under the squashed Gaussian. @returns [1, batch], nats */
export type LogProb = (gaussian: Gaussian, noise: Tensor, preTanh: Tensor) => Tensor;

/**
 * log π(a) = Σ_i [ log N(u_i; μ_i, σ_i) − log(1 − tanh² u_i) ], with the stable form
 * log(1 − tanh² u) = 2 (log 2 − u − softplus(−2u)). Haarnoja et al. 2018 (arXiv 1812.05905), appendix C.
 */
export const logProb: LogProb = ({ logStd }, noise, preTanh) => {
  const normal = subtract(multiply(square(noise), -0.5), add(logStd, LOG_SQRT_2_PI));
  const squash = multiply(subtract(subtract(Math.LN2, preTanh), softplus(multiply(preTanh, -2))), 2);
  return sumActions(subtract(normal, squash));
};

/**
 * The tanh-Gaussian over `actions` unit action dimensions; the network gives μ and log σ of each.
 * @param density replaces log π: see `src/faults`
 */
export function squashedGaussian(actions: number, density: LogProb = logProb): PolicyHead {
  const gaussian = (output: Tensor): Gaussian => ({
    mean: slice(output, 1, 0, actions),
    logStd: clamp(slice(output, 1, actions, 2 * actions), LOG_STD_MIN, LOG_STD_MAX),
  });
  return {
    inputs: 2 * actions,
    draws: actions,
    sample(output, noise) {
      const distribution = gaussian(output);
      const preTanh = add(distribution.mean, multiply(exp(distribution.logStd), noise));
      return { action: tanh(preTanh), logProb: density(distribution, noise, preTanh) };
    },
    mode: (output) => tanh(gaussian(output).mean),
  };
}

/** Sums [batch, actions] over the actions into a row. @returns [1, batch] */
export function sumActions(x: Tensor): Tensor {
  return matmul(constant(1, [1, x.shape[1]!]), x, { transposeB: true });
}

/** Mean entropy of a batch of samples: −E[log π]. @param logProb [1, batch] @returns scalar, nats */
export function entropyOf(logProb: Tensor): Tensor {
  return negate(mean(logProb));
}
