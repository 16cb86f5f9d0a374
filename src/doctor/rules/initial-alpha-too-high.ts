// α began so high that the entropy bonus swamps the reward, and its learning rate will not bring it down in time: the
// agent learns to be random and nothing else.

import { dialectOf } from "../dialects.ts";
import { stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { UNTRAINED_ENTROPY } from "../settings.ts";
import { median } from "../statistics/quantiles.ts";

/** Below this a start is usual; the evidence is what α does, but a usual start is not its cause. */
const HIGH_START = 5;
/** Projected updates until the gap closes, over those so far. */
const TIMES = 10;
/** Share of the first gap that is left, by which nothing has come of the descent so far. */
const STILL_OPEN = 0.8;
/** Share of |Q| from which on Q is little else than the bonus. */
const MOST = 0.6;
/** Share of |Q| that the entropy bonus makes; |Q| lags behind it while the critic learns. */
const SHARE = 0.3;

export const initialAlphaTooHigh: Rule = (e) => {
  const { descent, gap, rows, settings } = e;
  const start = settings.declared.initialAlpha ?? rows.alpha[0];
  if (!descent || !gap || start === undefined || start < HIGH_START) return undefined;
  const left = descent.updatesToTurn ?? Number.POSITIVE_INFINITY;
  const open = e.firstGap !== undefined && gap.smooth.at(-1)! > STILL_OPEN * e.firstGap.value;
  const alpha = rows.alpha[descent.to]!;
  const usual =
    settings.discreteActions === undefined ? UNTRAINED_ENTROPY * e.dimensions : 1.5 * e.dimensions;
  const entropy = e.entropy ? median(e.entropy.slice(-5)) : usual;
  const bonus = (alpha * Math.abs(entropy)) / (1 - settings.gamma);
  const value = e.value && median(e.value.slice(-5));
  const swamped = value !== undefined && bonus > MOST * value && descent.efolds < 1;
  if (left < TIMES * e.updates && !open && !swamped) return undefined;
  if (value !== undefined && bonus < SHARE * value) return undefined;
  return {
    id: "initial-alpha-too-high",
    severity: "warning",
    confidence: value === undefined ? 0.6 : 0.85,
    steps: stepsOf(e, 0, rows.length - 1),
    evidence: numbers({
      initialAlpha: start,
      alpha,
      gap: gap.smooth.at(-1),
      updatesToTurn: descent.updatesToTurn,
      bonus,
      value,
      learningRate: e.learningRate,
    }),
    message: `α began at ${say(start)} and is still ${say(alpha)}: at ${say(e.learningRate)} an update it takes ${say(Math.log(alpha / 0.2) / e.learningRate)} more updates to reach 0.2, and until then the entropy bonus (${say(bonus)}) outweighs what the agent is told to do.`,
    fix: `${dialectOf(e.series.framework).initialAlpha("0.2")}\n${dialectOf(e.series.framework).alphaLearningRate("3e-4")}`,
    reference: "ElegantRL #10",
    suggestion: { initialAlpha: 0.2, alphaLearningRate: 3e-4 },
  };
};
