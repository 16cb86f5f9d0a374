// α has grown beyond any use. This is what a cause led to, not a cause.

import { stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";

const LARGE = 1e3;
const TIMES_START = 1e4;

export const alphaExploded: Rule = (e) => {
  const { leg, rows } = e;
  if (leg?.direction !== "rising") return undefined;
  const alpha = rows.alpha[leg.to]!;
  const start = e.settings.declared.initialAlpha ?? rows.alpha[leg.from]!;
  if (!(alpha > LARGE || (rows.fromStart && alpha > TIMES_START * start))) return undefined;
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
