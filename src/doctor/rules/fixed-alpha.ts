// α never moves from the first row on: it is fixed by choice.

import { stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { heldFromStart } from "./alpha-at-bound.ts";

export const fixedAlpha: Rule = (e) => {
  const { alpha, length } = e.rows;
  const first = alpha[0];
  if (length < 3 || first === undefined || !Number.isFinite(first)) return undefined;
  if (alpha.some((a) => a !== first) || heldFromStart(e)) return undefined;
  return {
    id: "fixed-alpha",
    severity: "info",
    confidence: 0.95,
    steps: stepsOf(e, 0, length - 1),
    evidence: numbers({ alpha: first, rows: length, updates: e.updates }),
    message: `α is ${say(first)} in all ${length} rows: it is not being tuned.`,
    fix: "none needed if this is meant; otherwise switch automatic tuning on",
    reference: "Stable-Baselines3 (ent_coef=0.2), Spinning Up",
  };
};
