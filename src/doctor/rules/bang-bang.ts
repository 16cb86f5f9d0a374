// The entropy is on target, but on the wrong branch: H = −1 a dimension is also that of a very wide Gaussian whose
// actions tanh pins at the bounds.

import { stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { median } from "../statistics/quantiles.ts";

/** Share of action components at their bounds. */
const PINNED = 0.6;
/** Nats per dimension. */
const ON_TARGET = 0.3;

export const bangBang: Rule = (e) => {
  const saturation = e.rows.column("actionSaturation");
  if (!saturation || !e.gap) return undefined;
  const from = Math.floor(0.75 * saturation.length);
  const pinned = median(saturation.slice(from));
  const gap = median(e.gap.values.slice(from));
  if (!(pinned >= PINNED) || Math.abs(gap) > ON_TARGET * e.dimensions) return undefined;
  return {
    id: "bang-bang",
    severity: pinned >= 0.9 ? "error" : "warning",
    confidence: 0.75,
    steps: stepsOf(e, from, saturation.length - 1),
    evidence: numbers({ saturation: pinned, gap }),
    message: `The entropy is on target (gap ${say(gap)} nats), but ${say(100 * pinned)}% of the actions are pinned at their bounds: σ is too wide before tanh, not precise after it.`,
    fix: "log_std = torch.clamp(log_std, -20, 0.5)  # σ at most 1.6; and check that actions are scaled to the env's range",
    reference: "docs/temperature.md: H = −1 has two solutions, σ = 0.090 and σ = 2.92",
  };
};
