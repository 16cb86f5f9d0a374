// The equations of SAC (Haarnoja et al. 2018, arXiv 1812.05905), each a pure function of the graph's tensors. An update is
// made of them, and each may be replaced: that is how `src/faults` breaks them.

import { add, mean, minimum, multiply, square, subtract, type Tensor } from "../graph/index.ts";
import type { Decision } from "./decision.ts";
import { type LogProb, logProb } from "./policy.ts";

/** The parts of the update, each a pure function on tensors; faults replace one of them. */
export interface UpdateParts {
  readonly logProb: LogProb;
  /** y, [1, batch]. */
  criticTarget(x: {
    /** [1, batch] */
    reward: Tensor;
    /** γ, or 0 where the episode ended for good; [1, batch] */
    discount: Tensor;
    /** The target critics at (s′, a′), each shaped as `nextLogProb`. */
    targetQ: readonly Tensor[];
    alpha: Tensor;
    nextLogProb: Tensor;
    /** Over the policy's actions, see `Decision`. */
    expect: Decision["expect"];
  }): Tensor;
  /** Mean squared error to the target, summed over critics. @param q each critic at (s, a), [1, batch] @param target y, [1, batch] */
  criticLoss(q: readonly Tensor[], target: Tensor): Tensor;
  /** Mean of α log π − Q. */
  actorLoss(x: {
    /** Each critic at (s, a ~ π), shaped as `logProb`. */
    q: readonly Tensor[];
    alpha: Tensor;
    logProb: Tensor;
    expect: Decision["expect"];
  }): Tensor;
}

/** The parts as they should be. */
export const standardParts: UpdateParts = {
  logProb,

  /** y = r + γ (1 − terminated) E_a′[min_i Q̄_i(s′, a′) − α log π(a′|s′)] */
  criticTarget: ({ reward, discount, targetQ, alpha, nextLogProb, expect }) => {
    const value = expect(subtract(targetQ.reduce(minimum), multiply(alpha, nextLogProb)));
    return add(reward, multiply(discount, value));
  },

  /** ½ Σ_i mean((Q_i − y)²), as Stable-Baselines3 */
  criticLoss: (q, target) => {
    return q.map((prediction) => multiply(mean(square(subtract(prediction, target))), 0.5)).reduce(add);
  },

  /** mean(E_a[α log π(a|s) − min_i Q_i(s, a)]) */
  actorLoss: ({ q, alpha, logProb, expect }) =>
    mean(expect(subtract(multiply(alpha, logProb), q.reduce(minimum)))),
};
