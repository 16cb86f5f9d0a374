// α moves many e-folds within a few hundred updates, faster than the policy can follow: it overshoots its target and
// is thrown about by single batches. The rate is the declared one, or the least with which Adam makes such moves.

import { dialectOf } from "../dialects.ts";
import { leastLearningRate } from "../estimators/adam-speed.ts";
import { type Evidence, stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { gradientSteps } from "./shared/gradient-steps.ts";

/** Rates up to 3e-3 are in use and can be well; from here on α outruns every policy. */
const HIGH = 4e-3;
/** α must swing as far as this within `WINDOW` updates. */
const SWING = 2;
const WINDOW = 1500;

export const alphaLearningRateTooHigh: Rule = (e) => {
  if (e.rows.axis.source === "unknown" || e.resets.length > 0) return undefined;
  const declared = e.settings.fastestLearningRate ?? 0;
  // Several updates a step at a usual rate are no high rate.
  if (declared < HIGH && gradientSteps(e) !== undefined) return undefined;
  const least = leastRates(e);
  // One row may be an accident; each is a lower bound, so the second largest is one too.
  const shown = Math.max(least.values.sort((a, b) => b - a)[1] ?? 0, e.replayed?.low ?? 0);
  const rate = declared >= HIGH ? declared : shown;
  if (!(rate >= HIGH)) return undefined;
  // A declared rate that the estimate speaks against is not the one in use.
  if (e.replayed && e.replayed.high < HIGH) return undefined;
  const early = declared >= HIGH ? fallBeforeLog(e, rate) : undefined;
  const swing = widestSwing(e) ?? early;
  const widest = early && swing && early.size > swing.size ? early : swing;
  if (!widest || widest.size < SWING) return undefined;
  const certain = shown >= HIGH;
  const actorRate = e.rows.column("learningRate")?.find((x) => x > 0 && x < HIGH) ?? 3e-4;
  const unseen = widest === early ? " of the start" : "";
  return {
    id: "alpha-lr-too-high",
    severity: certain ? "error" : "warning",
    confidence: certain ? 0.9 : 0.8,
    steps: certain ? stepsOf(e, least.first, least.last) : stepsOf(e, 0, e.rows.length - 1),
    evidence: numbers({
      learningRateAtLeast: certain ? shown : undefined,
      declaredLearningRate: declared || undefined,
      swing: widest.size,
      swingUpdates: widest.updates,
    }),
    message: `log α moved ${say(widest.size)} e-folds within ${say(widest.updates)} updates${unseen}: its learning rate is ${declared >= HIGH ? `${say(declared)}, as declared` : `at least ${say(shown)}`}, far more than a policy can follow.`,
    fix: `${dialectOf(e.series.framework).alphaLearningRate(String(actorRate))}\n# not above the actor's learning rate`,
    reference: "strands #2024",
    suggestion: { alphaLearningRate: actorRate },
  };
};

/** Row by row the least learning rate that explains α's move; falls in either form are bounded by it. */
function leastRates(e: Evidence): { values: number[]; first: number; last: number } {
  const { rows } = e;
  const form = e.form?.form ?? e.settings.declared.lossForm ?? e.series.usualLossForm ?? "alpha";
  const values: number[] = [];
  let first = -1;
  let last = 0;
  for (let i = 1; i < rows.length; i++) {
    const span = rows.updates[i]! - rows.updates[i - 1]!;
    if (!(span > 0) || rows.axis.breaks.has(i)) continue;
    const rate = leastLearningRate(rows.logAlpha[i]! - rows.logAlpha[i - 1]!, form, span);
    if (!Number.isFinite(rate)) continue;
    values.push(rate);
    if (rate > HIGH) {
      if (first < 0) first = i - 1;
      last = i;
    }
  }
  return { values, first: Math.max(0, first), last };
}

/** The swing from α's start, 1 unless declared, to its lowest and highest row soon after: most of it may not be logged. */
function fallBeforeLog({ rows, settings }: Evidence, rate: number) {
  const first = rows.updates[0] ?? 0;
  const start = Math.log(settings.declared.initialAlpha ?? 1);
  if (!rows.fromStart || !(first > 0)) return undefined;
  const fallen = Math.abs(rows.logAlpha[0]! - start);
  if (fallen > 1.5 * rate * first) return undefined;
  // A first row that comes late has to make up for it.
  if (first > WINDOW) return fallen > (SWING * first) / WINDOW ? { size: fallen, updates: first } : undefined;
  let best: { size: number; updates: number } | undefined;
  for (let i = 0; i < rows.length && rows.updates[i]! <= WINDOW; i++) {
    const size = Math.abs(rows.logAlpha[i]! - start);
    if (!best || size > best.size) best = { size, updates: rows.updates[i]! };
  }
  return best;
}

/** The largest difference of log α between two rows at most `WINDOW` updates apart. */
function widestSwing({ rows }: Evidence): { size: number; updates: number } | undefined {
  let best: { size: number; updates: number } | undefined;
  for (let a = 0; a < rows.length; a++) {
    for (let b = a + 1; b < rows.length; b++) {
      if (rows.axis.breaks.has(b)) break;
      const updates = rows.updates[b]! - rows.updates[a]!;
      if (updates > WINDOW) break;
      const size = Math.abs(rows.logAlpha[b]! - rows.logAlpha[a]!);
      if (Number.isFinite(size) && (!best || size > best.size)) best = { size, updates };
    }
  }
  return best;
}
