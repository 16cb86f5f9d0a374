// α rests on a clamp: at a declared bound, a round value or a round logarithm, while the gap goes on pushing against
// it. What the entropy does is then decided by the bound and no longer by the target.

import { type Evidence, stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { median } from "../statistics/quantiles.ts";

export const alphaAtBound: Rule = (e) => {
  const plateau = e.plateaus.find(({ from, to, bound }) => bound !== undefined && pushed(e, from, to) !== 0);
  if (!plateau) return undefined;
  const { from, to, alpha, bound } = plateau;
  const floor = pushed(e, from, to) > 0;
  const gap = e.gap ? median(e.gap.values.subarray(from, to + 1)) : undefined;
  const updates = e.rows.updates[to]! - e.rows.updates[from]!;
  const chosen = bound === "declared" && floor && e.returns?.improved === true;
  const wider = floor ? alpha / 10 : alpha * 10;
  return {
    id: "alpha-at-bound",
    severity: chosen ? "warning" : "error",
    confidence: bound === "declared" ? 0.95 : 0.85,
    steps: stepsOf(e, from, to),
    evidence: numbers({ alpha, logAlpha: Math.log(alpha), gap, rows: to - from + 1, updates }),
    message: `α rests at ${say(alpha)} (log α = ${say(Math.log(alpha))}), a ${bound === "declared" ? "declared bound" : "round number and so probably a bound"}, for ${say(updates)} updates${gap === undefined ? "" : ` while the gap of ${say(gap)} nats pushes it ${floor ? "down" : "up"}`}.`,
    fix:
      `log_alpha.data.clamp_(${floor ? `min=math.log(${say(wider)})` : `max=math.log(${say(wider)})`})  # after optimizer.step(), not before; ` +
      "a floor must mean something in units of reward",
    reference: "d3rlpy; the question this project started from",
    suggestion: floor ? { alphaMin: wider } : { alphaMax: wider },
  };
};

/** 1 if the gap pushes α down all along, −1 if up, 0 if it does neither; without a gap, the way α came. */
function pushed(e: Evidence, from: number, to: number): 1 | -1 | 0 {
  if (!e.gap) return e.rows.alpha[0]! > e.rows.alpha[from]! ? 1 : -1;
  const gaps = e.gap.smooth.subarray(from, to + 1);
  const above = gaps.filter((g) => g > 0).length / gaps.length;
  return above > 0.7 ? 1 : above < 0.3 ? -1 : 0;
}
