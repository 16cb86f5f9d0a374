// α has grown beyond any use. This is what a cause led to, not a cause.

import { type Evidence, stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { rewardScale } from "./shared/rewards.ts";

const LARGE = 1e3;
const TIMES_START = 1e4;
/** Times its start that are enough where α is far beyond the task's own scale. */
const TIMES_SMALL = 100;
const EPISODES = 3;

/** A step's entropy bonus is worth more than whole episodes are. */
function beyondReturns(e: Evidence, alpha: number): boolean {
  const largest = rewardScale(e)?.largest;
  return largest !== undefined && largest > 0 && alpha * e.dimensions > EPISODES * largest;
}

export const alphaExploded: Rule = (e) => {
  const { leg, rows } = e;
  if (leg?.direction !== "rising") return undefined;
  const alpha = rows.alpha[leg.to]!;
  const start = e.settings.declared.initialAlpha ?? rows.alpha[leg.from]!;
  const grown = rows.fromStart ? alpha / start : 0;
  if (!(alpha > LARGE || grown > TIMES_START || (grown > TIMES_SMALL && beyondReturns(e, alpha))))
    return undefined;
  return {
    id: "alpha-exploded",
    severity: "warning",
    confidence: 0.9,
    steps: stepsOf(e, leg.from, leg.to),
    evidence: numbers({ alpha, start, efolds: leg.efolds, slope: leg.slope }),
    message: `α has grown from ${say(rows.alpha[leg.from]!)} to ${say(alpha)} and still rises.`,
    fix: "see the cause above; without one, log the entropy: it tells a wrong sign from a target out of reach",
    reference: "FinRL, rlkit #33",
  };
};
