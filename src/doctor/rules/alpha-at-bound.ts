// α rests on a clamp: at a declared bound, a round value or a round logarithm, while the gap goes on pushing against
// it. What the entropy does is then decided by the bound and no longer by the target.

import { dialectOf } from "../dialects.ts";
import type { Plateau } from "../estimators/plateaus.ts";
import { type Evidence, stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { median } from "../statistics/quantiles.ts";

export const alphaAtBound: Rule = (e) => {
  const plateau =
    heldFromStart(e) ??
    e.plateaus.find(({ from, to, bound }) => bound !== undefined && pushed(e, from, to) !== 0);
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
    fix: dialectOf(e.series.framework).bound(floor ? "min" : "max", say(wider)),
    reference: "d3rlpy",
    suggestion: floor ? { alphaMin: wider } : { alphaMax: wider },
  };
};

/** α that stands at a declared bound from the first row on, while a loss is computed that pushes it against the bound. */
export function heldFromStart(e: Evidence): Plateau | undefined {
  const { alpha, length, column } = e.rows;
  const { alphaMin, alphaMax } = e.settings.declared;
  const first = alpha[0];
  if (length < 10 || first === undefined || !(first > 0)) return undefined;
  if (!column("alphaLoss") && !e.loggedGap) return undefined;
  const at = (bound: number | undefined) => bound !== undefined && Math.abs(Math.log(first / bound)) < 1e-4;
  const still = alpha.every((a) => !Number.isFinite(a) || Math.abs(Math.log(a / first)) < 2e-3);
  const push = pushed(e, 0, length - 1);
  const held = (at(alphaMin) && (push > 0 || !e.gap)) || (at(alphaMax) && (push < 0 || !e.gap));
  return still && held ? { from: 0, to: length - 1, alpha: first, bound: "declared" } : undefined;
}

/** 1 if the gap pushes α down all along, −1 if up, 0 if it does neither; without a gap, the way α came. */
function pushed(e: Evidence, from: number, to: number): 1 | -1 | 0 {
  if (!e.gap) {
    const { alphaMin } = e.settings.declared;
    const floor = from === 0 && alphaMin !== undefined && Math.abs(e.rows.alpha[0]! / alphaMin - 1) < 1e-4;
    return floor || e.rows.alpha[0]! > e.rows.alpha[from]! ? 1 : -1;
  }
  const gaps = e.gap.smooth.subarray(from, to + 1);
  const above = gaps.filter((g) => g > 0).length / gaps.length;
  return above > 0.7 ? 1 : above < 0.3 ? -1 : 0;
}
