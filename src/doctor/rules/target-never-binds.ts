// A discrete policy's entropy is never below 0, so a negative target holds by itself: the gap is positive for ever and
// α decays at Adam's limit until nothing is left of it.

import { dialectOf } from "../dialects.ts";
import { stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { medianInterval } from "../statistics/quantiles.ts";

export const targetNeverBinds: Rule = (e) => {
  const { settings, target, gap } = e;
  const n = settings.discreteActions;
  if (n === undefined) return undefined;
  const most = Math.log(n);
  const stated = e.identity[0]?.target.value ?? target?.[0];
  const gaps = gap && medianInterval(gap.values);
  const provenByGap = gaps !== undefined && gaps.low > most + 0.05;
  if (!(stated !== undefined && stated < 0) && !provenByGap) return undefined;
  const bound = stated ?? most - gaps!.value;
  const goal = 0.5 * most;
  return {
    id: "target-never-binds",
    severity: "error",
    confidence: 0.95,
    steps: stepsOf(e, 0, e.rows.length - 1),
    evidence: numbers({
      target: stated,
      gap: gaps?.value,
      maxEntropy: most,
      efolds: e.leg?.efolds,
      slope: e.leg?.slope,
    }),
    message: `The target of ${say(bound)} nats is below 0, and the entropy of ${n} discrete actions never is: the constraint cannot bind and α decays for ever.`,
    fix: `${dialectOf(e.series.framework).targetEntropy(say(goal))}  # between 0 and log n = ${say(most)}`,
    reference: "SLM-Lab #467, softlearning #177; defaults of Tianshou (−log n), skrl and RLlib (−n)",
    suggestion: { targetEntropy: goal },
  };
};
