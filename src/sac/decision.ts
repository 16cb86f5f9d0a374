// What a policy does in a batch of states, as the losses see it: actions of which an expectation can be taken. A Gaussian
// policy draws one action a state and takes that for the expectation; a categorical one weighs them all (categorical.ts).

import type { Tensor } from "../graph/index.ts";
import type { PolicyHead } from "./policy.ts";

/** A network with its parameters, see `Network`. */
export interface Applied {
  /** @returns [batch, outputs] */
  apply(x: readonly Tensor[]): Tensor;
  /** @returns [outputs, batch] */
  applyRows(x: readonly Tensor[]): Tensor;
}

export interface Decision {
  /** [batch, actions], where they are drawn */
  readonly drawn?: Tensor;
  /** log π, nats; [1, batch] of the actions drawn, or [batch, choices] of all */
  readonly logProb: Tensor;
  /** E over the policy's actions. @param x a value an action, shaped as `logProb` @returns [1, batch] */
  expect(x: Tensor): Tensor;
  /** A critic's Q of these actions, shaped as `logProb`. */
  valueIn(observation: Tensor, critic: Applied): Tensor;
}

/** What kind of actions a policy takes. */
export interface ActionKind {
  /** @param output of the actor, [batch, outputs] @param noise [batch, draws], standard normal, where draws are made */
  decide(output: Tensor, noise: Tensor): Decision;
  /** A critic's Q of actions that were taken, as batches give them. @returns [1, batch] */
  valueOfTaken(observation: Tensor, action: Tensor, critic: Applied): Tensor;
}

/** Continuous actions, which critics take in beside the observation. */
export function drawnFrom(head: PolicyHead): ActionKind {
  const valueAt = (observation: Tensor, action: Tensor, critic: Applied) =>
    critic.applyRows([observation, action]);
  return {
    decide(output, noise) {
      const { action, logProb } = head.sample(output, noise);
      return {
        drawn: action,
        logProb,
        expect: (x) => x,
        valueIn: (observation, critic) => valueAt(observation, action, critic),
      };
    },
    valueOfTaken: valueAt,
  };
}
