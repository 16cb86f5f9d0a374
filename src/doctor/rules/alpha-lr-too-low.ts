// α's learning rate is so small that α cannot follow: the gap stays large, α moves at its limit, and its limit is next
// to nothing.

import { dialectOf } from "../dialects.ts";
import { stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { median } from "../statistics/quantiles.ts";

/** Nats an update: an e-fold takes 100,000 updates and more. */
const SLOW = 1e-5;
const UPDATES = 1000;
/** All of the movement so far, in e-folds. */
const MOVED = 0.3;

export const alphaLearningRateTooLow: Rule = (e) => {
  const { gap, rows, speed, leg } = e;
  if (!gap || !speed || !leg || e.updates < UPDATES || rows.axis.source === "unknown") return undefined;
  const start = e.settings.declared.initialAlpha ?? rows.alpha[0]!;
  if (e.plateaus.length > 0 || start >= 5) return undefined;
  const limit = Math.max(Math.abs(speed.slope), 0);
  const size = Math.abs(median(gap.values));
  if (!(limit > 0 && limit < SLOW) || leg.efolds > MOVED) return undefined;
  if (size < Math.max(0.2 * e.dimensions, 2 * gap.noise)) return undefined;
  const learningRate = e.replayed && e.replayed.value > 0 ? e.replayed.value : limit;
  return {
    id: "alpha-lr-too-low",
    severity: "warning",
    confidence: 0.85,
    steps: stepsOf(e, 0, rows.length - 1),
    evidence: numbers({
      learningRate,
      slope: speed.slope,
      gap: median(gap.values),
      efolds: leg.efolds,
      updatesPerEfold: 1 / learningRate,
    }),
    message: `The gap is ${say(median(gap.values))} nats and α answers with ${say(speed.slope)} an update, Adam's limit at a learning rate of ${say(learningRate)}: changing α by a factor of 10 takes ${say(Math.LN10 / learningRate)} updates.`,
    fix: `${dialectOf(e.series.framework).alphaLearningRate("3e-4")}  # or start α nearer to where it should be`,
    reference: "seen in our own runs only",
    suggestion: { alphaLearningRate: 3e-4 },
  };
};
