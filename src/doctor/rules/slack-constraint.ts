// The policy stays above its target by itself and learns well: α goes to 0 because nothing needs it. No fault.

import { stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";

const EFOLDS = 4;

export const slackConstraint: Rule = (e) => {
  const { descent, returns, gap, firstGap } = e;
  if (!descent?.gap || !returns?.improved || descent.efolds < EFOLDS || !gap || !firstGap) return undefined;
  const half = gap.smooth[Math.floor(gap.smooth.length / 2)]!;
  if (descent.gap.value < 0.6 * half || descent.gap.value < 0.3 * e.dimensions) return undefined;
  return {
    id: "slack-constraint",
    severity: "info",
    confidence: 0.7,
    steps: stepsOf(e, descent.from, descent.to),
    evidence: numbers({
      gap: descent.gap.value,
      efolds: descent.efolds,
      alpha: e.rows.alpha[descent.to],
      lastReturn: returns.last,
    }),
    message: `The entropy stays ${say(descent.gap.value)} nats above its target by itself and the return improves: α falls because it is not needed.`,
    fix: "none needed; α may be given a floor or be fixed",
    reference: "softlearning #17 and #47, Stable-Baselines3 #2013",
  };
};
