// α has vanished, the policy has become deterministic, and learning has stalled. This is what a cause led to.

import { stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { median } from "../statistics/quantiles.ts";

/** e-folds below its start. */
const FALLEN = 5;
/** Nats per dimension below the target. */
const BELOW = 0.3;
/** In units of 1/lr. */
const PATIENCE = 2;

export const alphaCollapsed: Rule = (e) => {
  const { rows, leg, gap, returns } = e;
  if (!leg || rows.length < 20 || rows.axis.source === "unknown") return undefined;
  const end = median(rows.logAlpha.slice(-Math.ceil(rows.length / 10)));
  const start = rows.logAlpha.reduce(
    (a, b) => Math.max(a, Number.isFinite(b) ? b : a),
    Number.NEGATIVE_INFINITY,
  );
  if (start - end < FALLEN || !returns?.fell) return undefined;
  const patience = PATIENCE / e.learningRate;
  const from = rows.updates.findIndex((u) => rows.updates[rows.length - 1]! - u <= patience);
  if (rows.updates[rows.length - 1]! - rows.updates[0]! < 2 * patience) return undefined;
  const late = gap && median(gap.values.slice(from));
  const low = late !== undefined && late < -BELOW * e.dimensions;
  // On target or above it the policy explores as it was told to, unless it has lost a nat a dimension on the way.
  const lost = late !== undefined && e.firstGap !== undefined && e.firstGap.low - late > e.dimensions;
  if (late !== undefined && !low && !(lost && late > BELOW * e.dimensions)) return undefined;
  return {
    id: "alpha-collapsed",
    severity: "warning",
    confidence: low ? 0.85 : 0.65,
    steps: stepsOf(e, Math.max(0, from), rows.length - 1),
    evidence: numbers({
      alpha: Math.exp(end),
      efolds: start - end,
      gap: late,
      bestReturn: returns.best,
      lastReturn: returns.last,
    }),
    message: `α has fallen ${say(start - end)} e-folds to ${say(Math.exp(end))} and the return fell from ${say(returns.best)} to ${say(returns.last)}${low ? `, with the entropy ${say(-late!)} nats below its target: the policy has stopped exploring` : ""}.`,
    fix: "see the cause above; without one, raise the target entropy or give α a floor on the rewards' scale",
    reference: "Stable-Baselines3 #723",
  };
};
