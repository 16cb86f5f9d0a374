// α and the entropy chase each other: α answers the gap too late and too strongly, so that both swing about the target
// without coming to rest.

import { dialectOf } from "../dialects.ts";
import { swings } from "../estimators/zigzag.ts";
import { type Evidence, stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { median, quantile } from "../statistics/quantiles.ts";

/** Swings smaller than this, in e-folds, are ups and downs of a healthy run. */
const SWING = 1;
/** Three full periods. */
const SWINGS = 6;
/** Later swings over earlier ones, below which the oscillation dies out. */
const LASTING = 0.7;

/** Upper quartile of the gap's size over the swings, nats per dimension: a gap on target swings nothing. */
const GAP = 0.05;

/** The gap drives the swings; an α that drifts with the task has its entropy on target all the while. */
function chased({ gap, dimensions }: Evidence, from: number, to: number): boolean {
  const sizes = gap!.smooth.slice(from, to + 1).map(Math.abs);
  return quantile(sizes, 0.75) > GAP * dimensions;
}

export const oscillating: Rule = (e) => {
  if (e.resets.length > 0 || !e.gap) return undefined;
  const found = swings(e.rows.logAlpha, SWING);
  if (found.length < SWINGS) return undefined;
  const sizes = found.map(({ size }) => Math.abs(size));
  const half = Math.floor(sizes.length / 2);
  const ratio = median(sizes.slice(-half)) / median(sizes.slice(0, half));
  if (ratio < LASTING) return undefined;
  const from = found[0]!.from;
  const to = found.at(-1)!.to;
  if (!chased(e, from, to)) return undefined;
  const period = (2 * (e.rows.updates[to]! - e.rows.updates[from]!)) / found.length;
  const learningRate = Number((e.learningRate / 3).toPrecision(1));
  return {
    id: "oscillating",
    severity: "warning",
    confidence: 0.7,
    steps: stepsOf(e, from, to),
    evidence: numbers({
      swings: found.length,
      amplitude: median(sizes),
      period,
      ratio,
      learningRate: e.learningRate,
    }),
    message: `log α swings by ${say(median(sizes))} e-folds every ${say(period)} updates, ${found.length} times and no less than at first: α and the entropy chase each other.`,
    fix: dialectOf(e.series.framework).alphaLearningRate(String(learningRate)),
    reference: "docs/temperature.md",
    suggestion: { alphaLearningRate: learningRate },
  };
};
