// α moves many e-folds within a few hundred updates, faster than the policy can follow: it overshoots its target and
// is thrown about by single batches.

import { dialectOf } from "../dialects.ts";
import { type Evidence, stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { quantile } from "../statistics/quantiles.ts";

/** Nats an update; Adam at 1e-3, the fastest in use, is far below. */
const SPEED = 3.5e-3;
/** α must swing as far as this within `WINDOW` updates. */
const SWING = 2;
const WINDOW = 1500;

export const alphaLearningRateTooHigh: Rule = (e) => {
  if (e.rows.axis.source === "unknown" || e.resets.length > 0) return undefined;
  const speeds = rowSpeeds(e);
  const fast = quantile(speeds.values, 0.98);
  const swing = widestSwing(e);
  if (!(fast > SPEED) || !swing || swing.size < SWING) return undefined;
  const actorRate = e.rows.column("learningRate")?.find((rate) => rate > 0) ?? 3e-4;
  const learningRate = Math.max(fast, e.replayed?.value ?? 0);
  return {
    id: "alpha-lr-too-high",
    severity: "error",
    confidence: 0.9,
    steps: stepsOf(e, speeds.first, speeds.last),
    evidence: numbers({ learningRateAtLeast: learningRate, swing: swing.size, swingUpdates: swing.updates }),
    message: `log α moves up to ${say(fast)} nats an update and swung ${say(swing.size)} e-folds within ${say(swing.updates)} updates: its learning rate is at least ${say(learningRate)}, far more than the policy can follow.`,
    fix: `${dialectOf(e.series.framework).alphaLearningRate(String(actorRate))}\n# not above the actor's learning rate`,
    reference: "strands #2024",
    suggestion: { alphaLearningRate: actorRate },
  };
};

function rowSpeeds({ rows }: Evidence): { values: number[]; first: number; last: number } {
  const values: number[] = [];
  let first = -1;
  let last = 0;
  for (let i = 1; i < rows.length; i++) {
    const span = rows.updates[i]! - rows.updates[i - 1]!;
    const speed = Math.abs(rows.logAlpha[i]! - rows.logAlpha[i - 1]!) / span;
    if (!Number.isFinite(speed)) continue;
    values.push(speed);
    if (speed > SPEED) {
      if (first < 0) first = i - 1;
      last = i;
    }
  }
  return { values, first: Math.max(0, first), last };
}

/** The largest difference of log α between two rows at most `WINDOW` updates apart. */
function widestSwing({ rows }: Evidence): { size: number; updates: number } | undefined {
  let best: { size: number; updates: number } | undefined;
  for (let a = 0; a < rows.length; a++) {
    for (let b = a + 1; b < rows.length; b++) {
      const updates = rows.updates[b]! - rows.updates[a]!;
      if (updates > WINDOW && b > a + 1) break;
      const size = Math.abs(rows.logAlpha[b]! - rows.logAlpha[a]!);
      if (Number.isFinite(size) && (!best || size > best.size)) best = { size, updates };
    }
  }
  return best;
}
