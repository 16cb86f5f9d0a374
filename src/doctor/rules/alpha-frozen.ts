// α moved and then stands exactly still, at no value that anybody would choose: its optimiser works on a tensor that
// is no longer the one in use (after a load, a copy, a move to another device), or its learning rate became 0.

import { stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { medianInterval } from "../statistics/quantiles.ts";

export const alphaFrozen: Rule = (e) => {
  const plateau = e.plateaus.find(({ from, to, bound }) => bound === undefined || signChanges(from, to));
  if (!plateau) return undefined;
  const { from, to, alpha } = plateau;
  const gap = e.gap && medianInterval(e.gap.values.subarray(from, to + 1));
  const updates = e.rows.updates[to]! - e.rows.updates[from]!;
  return {
    id: "alpha-frozen",
    severity: "error",
    confidence: gap ? 0.9 : 0.7,
    steps: stepsOf(e, from, to),
    evidence: numbers({ alpha, rows: to - from + 1, updates, gap: gap?.value }),
    message: `α stands at exactly ${say(alpha)} for ${say(updates)} updates after it had moved${gap ? `, with a gap of ${say(gap.value)} nats` : ""}: its optimiser no longer reaches it.`,
    fix:
      "alpha_optimizer = torch.optim.Adam([log_alpha], lr=3e-4)  # rebuild after loading, on the tensor in use\n" +
      "assert log_alpha.requires_grad and log_alpha.is_leaf",
    reference: "Stable-Baselines3 #391, RLlib #9087",
  };

  /** A clamp lets go once the gap has turned clearly; a dead optimiser does not. */
  function signChanges(from: number, to: number): boolean {
    if (!e.gap) return false;
    const { smooth, noise } = e.gap;
    let above = 0;
    let below = 0;
    for (let i = from; i <= to; i++) {
      if (smooth[i]! > 2 * noise) above++;
      if (smooth[i]! < -2 * noise) below++;
    }
    return Math.min(above, below) > 0.2 * (to - from + 1);
  }
};
