// Rewards so large that the entropy does not count beside them: the policy is as certain as it can be, and α climbs at
// its limit until it means something on their scale.

import { dialectOf } from "../dialects.ts";
import { stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { drowned, valueRatio } from "./shared/value-scale.ts";

const EFOLDS = 1;

export const rewardScaleLarge: Rule = (e) => {
  const { climb, value, rows } = e;
  if (!climb || !value || !drowned(e) || climb.efolds < EFOLDS) return undefined;
  const ratio = valueRatio(e)!;
  const scale = 10 ** -Math.round(Math.log10(ratio));
  const last = value[climb.to]!;
  const criticLoss = rows.column("criticLoss")?.[climb.to];
  return {
    id: "reward-scale-large",
    severity: "warning",
    confidence: 0.85,
    steps: stepsOf(e, climb.from, climb.to),
    evidence: numbers({ q: last, alpha: rows.alpha[climb.to], gap: -climb.depth, ratio, criticLoss, efolds: climb.efolds }),
    message: `|Q| is ${say(last)} while α is ${say(rows.alpha[climb.to]!)}: ${say(ratio)} times what the entropy could make of it. α has climbed ${say(climb.efolds)} e-folds and the gap is still ${say(-climb.depth)} nats.`,
    fix: `reward = reward * ${say(Math.min(0.1, scale))}\n# or start α on the rewards' scale: ${dialectOf(e.series.framework).initialAlpha(say(rows.alpha[climb.to]! * 2))}`,
    reference: "Stable-Baselines3 #781, FinRL #476",
    suggestion: { initialAlpha: rows.alpha[climb.to]! * 2 },
  };
};
