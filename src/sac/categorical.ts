// Discrete actions (Christodoulou 2019, arXiv 1910.07207): the actor gives a logit and each critic a Q for every action, and
// what SAC estimates from a drawn action, E[Q − α log π], is computed as it stands, Σ_a π(a|s) (Q(s, a) − α log π(a|s)).
//
// Several choices at once are a product of such policies, π(a|s) = Π_i π_i(a_i|s). Their columns stand side by side: Σ n of
// them. The critic of k choices is the mean of one a choice, Q(s, a) = (1/k) Σ_i Q_i(s, a_i) (Tavakoli et al. 2018, arXiv
// 1711.08946), so that the expectation stays a sum over columns, exact, however many combinations there are.

import {
  concat,
  exp,
  log,
  maximum,
  multiply,
  slice,
  stopGradient,
  subtract,
  sum,
  type Tensor,
} from "../graph/index.ts";
import type { ActionKind, Applied } from "./decision.ts";
import { sumActions } from "./policy.ts";

/**
 * @param choices how many actions each choice has, such as [3] for one of three. A taken action comes as [batch, Σ choices],
 *   1 in the column of what was chosen and 0 elsewhere
 */
export function categorical(choices: readonly number[]): ActionKind {
  const values = (observation: Tensor, critic: Applied) =>
    multiply(critic.apply([observation]), 1 / choices.length);
  return {
    decide(output) {
      const logProb = logSoftmax(output, choices);
      const probability = exp(logProb);
      return { logProb, expect: (x) => sumActions(multiply(probability, x)), valueIn: values };
    },
    valueOfTaken: (observation, action, critic) => sumActions(multiply(action, values(observation, critic))),
  };
}

/** log π of every action, choice by choice. @param logits [batch, Σ choices] @returns the same shape, nats */
export function logSoftmax(logits: Tensor, choices: readonly number[]): Tensor {
  let start = 0;
  const parts = choices.map((n) => {
    const part = slice(logits, 1, start, start + n);
    start += n;
    // The greatest logit becomes 0, so that no exp overflows. It changes nothing, so no gradient need flow through it.
    const shifted = subtract(part, stopGradient(rowMaximum(part)));
    return subtract(shifted, log(sum(exp(shifted), [1], true)));
  });
  return concat(parts, 1);
}

/** The greatest of each row, by halves that may overlap. @param x [batch, n] @returns [batch, 1] */
function rowMaximum(x: Tensor): Tensor {
  let most = x;
  for (let n = x.shape[1]!; n > 1; n = Math.ceil(n / 2)) {
    const half = Math.ceil(n / 2);
    most = maximum(slice(most, 1, 0, half), slice(most, 1, n - half, n));
  }
  return most;
}
