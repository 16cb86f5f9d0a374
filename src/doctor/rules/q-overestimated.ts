// Q promises more than any episode has paid: told where γ is known and returns come with the length of their episodes.

import { dialectOf } from "../dialects.ts";
import { stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { median } from "../statistics/quantiles.ts";
import { lateBonus, rewardScale } from "./shared/rewards.ts";

/** Q over what the best mean reward for ever would be worth. */
const TIMES = 3;
/** Where every return is negative: Q above 0 by this share of that worth. */
const POSITIVE = 0.3;
const ROWS = 20;

export const qOverestimated: Rule = (e) => {
  const { rows, settings } = e;
  const q = rows.column("q");
  const best = rewardScale(e)?.bestPerStep;
  if (!q || best === undefined || settings.declared.gamma === undefined || rows.length < ROWS)
    return undefined;
  const from = Math.floor(0.75 * rows.length);
  const late = median(q.slice(from));
  const worth = best / (1 - settings.gamma);
  const bonus = lateBonus(e);
  const excess = late - bonus;
  if (!(best > 0 ? excess > TIMES * worth : excess > POSITIVE * Math.abs(worth))) return undefined;
  return {
    id: "q-overestimated",
    severity: "warning",
    confidence: 0.75,
    steps: stepsOf(e, from, rows.length - 1),
    evidence: numbers({
      q: late,
      worth,
      bestRewardPerStep: best,
      entropyBonus: bonus,
      gamma: settings.gamma,
    }),
    message: `Q is ${say(late)}, but the best episode so far earned ${say(best)} a step, worth ${say(worth)} for ever at γ = ${say(settings.gamma)} (and ${say(bonus)} of entropy): the critic overestimates.`,
    fix: `target_q = torch.min(q1_target, q2_target)  # both critics, from the target networks\n${dialectOf(e.series.framework).criticLearningRate("1e-4")}`,
    reference: "Fujimoto et al. 2018, addressing function approximation error",
  };
};
