// Q grows beyond anything that the rewards and the entropy could add up to: the critic chases its own predictions.

import { dialectOf } from "../dialects.ts";
import { stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { eighth, lateBonus, rewardScale } from "./shared/rewards.ts";

/** Over the bound where episodes' lengths are known, and where only returns are. */
const BEYOND = 10;
const BEYOND_RETURNS = 30;
/** Late |Q| over early, and over that of the eighth before. */
const GROWN = 10;
const GROWING = 1.2;
const ROWS = 12;

export const qDiverged: Rule = (e) => {
  const { value, rows } = e;
  if (!value || rows.length < ROWS || e.updates < 1000) return undefined;
  const scale = rewardScale(e);
  if (!scale) return undefined;
  const late = eighth(value, 7);
  const early = eighth(value, 1);
  if (!(late > GROWN * early && late > GROWING * eighth(value, 6))) return undefined;
  const bonus = lateBonus(e);
  const possible = scale.bound * (scale.counted ? BEYOND : BEYOND_RETURNS) + 3 * bonus;
  if (!(late > possible)) return undefined;
  return {
    id: "q-diverged",
    severity: "warning",
    confidence: scale.counted ? 0.9 : 0.75,
    steps: stepsOf(e, Math.floor(rows.length / 8), rows.length - 1),
    evidence: numbers({
      q: late,
      earlyQ: early,
      bound: scale.bound,
      entropyBonus: bonus,
      largestReturn: scale.largest,
    }),
    message: `|Q| has grown from ${say(early)} to ${say(late)} and still grows; the returns (at most ${say(scale.largest)}) allow ${say(scale.bound)} at γ = ${say(e.settings.gamma)}, and the entropy adds ${say(bonus)} at most: the critic runs after its own predictions.`,
    fix: `${dialectOf(e.series.framework).criticLearningRate("1e-4")}\n# and: gradients clipped to a norm of 1, rewards of the order of 1, terminated (not truncated) in the target`,
    reference: "Stable-Baselines3 #781, FinRL #476",
  };
};
