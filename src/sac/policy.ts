// The policy: a Gaussian whose mean and spread a network reads off the observation, squashed by tanh into unit
// actions. Sampling is reparametrised, a = tanh(μ + σ·ε), so that gradients reach μ and σ through the action.

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
import { forward, type Layer } from "./network.ts";

/** Bounds of log σ, as in Stable-Baselines3 and the SAC authors' code. */
export const LOG_STD_MIN = -20;
export const LOG_STD_MAX = 2;

const LOG_SQRT_2_PI = 0.9189385332046727;

export interface Gaussian {
  /** [batch, actions], before tanh */
  readonly mean: Tensor;
  /** [batch, actions], within [LOG_STD_MIN, LOG_STD_MAX] */
  readonly logStd: Tensor;
}

export interface Sample {
  /** [batch, actions], unit actions in (−1, 1) */
  readonly action: Tensor;
  /** [batch, actions], the action before tanh */
  readonly preTanh: Tensor;
  /** [1, batch], nats, unit actions, summed over action dimensions */
  readonly logProb: Tensor;
}

/** @param observation [batch, observations] */
export function gaussian(actor: readonly Layer[], observation: Tensor): Gaussian {
  const head = forward(actor, observation);
  const actions = head.shape[1]! / 2;
  return {
    mean: slice(head, 1, 0, actions),
    logStd: clamp(slice(head, 1, actions, 2 * actions), LOG_STD_MIN, LOG_STD_MAX),
  };
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

/** Sums [batch, actions] over the actions into a row. @returns [1, batch] */
export function sumActions(x: Tensor): Tensor {
  return matmul(constant(1, [1, x.shape[1]!]), x, { transposeB: true });
}

/**
 * Draws one action for every observation.
 * @param noise [batch, actions], standard normal
 */
export function sample(
  actor: readonly Layer[],
  observation: Tensor,
  noise: Tensor,
  density: LogProb = logProb,
): Sample {
  const distribution = gaussian(actor, observation);
  const preTanh = add(distribution.mean, multiply(exp(distribution.logStd), noise));
  return { action: tanh(preTanh), preTanh, logProb: density(distribution, noise, preTanh) };
}

/** The action without noise, tanh(μ). @returns [batch, actions] */
export function deterministicAction(actor: readonly Layer[], observation: Tensor): Tensor {
  return tanh(gaussian(actor, observation).mean);
}

/** Mean entropy of a batch of samples: −E[log π]. @param logProb [1, batch] @returns scalar, nats */
export function entropyOf(logProb: Tensor): Tensor {
  return negate(mean(logProb));
}
