// Adam (Kingma & Ba 2015, arXiv 1412.6980) in the form that needs the fewest passes over memory. The moments are
// kept without their factors (1 − β): M = β₁·M + g and V = β₂·V + g², and everything that depends on the step number
// is two scalars, worked out here in float64 and handed to the graph.

import { type AdamBlock, type AdamScalars, adamStep as graphStep, type Tensor } from "../graph/index.ts";

/** Defaults of PyTorch and of the paper. */
export const BETA_1 = 0.9;
export const BETA_2 = 0.999;
export const EPSILON = 1e-8;

/** What depends on the step number: p ← p − size · M / (√V + epsilon). */
export interface AdamStep {
  readonly size: number;
  readonly epsilon: number;
}

/** One Adam step in the graph. @param scalars from `adamStep` */
export function adam(block: AdamBlock, gradient: Tensor, scalars: AdamScalars, beta1 = BETA_1): AdamBlock {
  return graphStep(block, gradient, scalars, { beta1, beta2: BETA_2 });
}

/**
 * The scalars of step number `step` (the first is 1), equal to PyTorch's
 * p ← p − lr / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε) after m and v are replaced by M and V.
 */
export function adamStep(learningRate: number, powers: BetaPowers, beta1 = BETA_1): AdamStep {
  const correction2 = Math.sqrt((1 - powers.beta2) / (1 - BETA_2));
  return {
    size: ((learningRate * (1 - beta1)) / (1 - powers.beta1)) * correction2,
    epsilon: EPSILON * correction2,
  };
}

/** β₁ᵗ and β₂ᵗ, by repeated multiplication: Math.pow differs in its last bits between JavaScript engines. */
export interface BetaPowers {
  readonly beta1: number;
  readonly beta2: number;
}

/** The powers of β₁ and β₂ before the first step. */
export const initialBetaPowers: BetaPowers = { beta1: 1, beta2: 1 };

/** The powers of β₁ and β₂ after one more step. */
export function nextBetaPowers(powers: BetaPowers, beta1 = BETA_1): BetaPowers {
  return { beta1: powers.beta1 * beta1, beta2: powers.beta2 * BETA_2 };
}
