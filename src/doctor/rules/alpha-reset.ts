// α jumps back to where it began: a resumed run did not restore it, and all it had learned is lost.

import { dialectOf } from "../dialects.ts";
import { stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";

export const alphaReset: Rule = (e) => {
  const [reset] = e.resets;
  if (!reset) return undefined;
  const { rows } = e;
  const last = e.resets.at(-1)!;
  const updates = rows.updates[reset.row]! - rows.updates[reset.row - 1]!;
  return {
    id: "alpha-reset",
    severity: "error",
    confidence: 0.95,
    steps: stepsOf(e, reset.row - 1, last.row),
    evidence: numbers({
      before: rows.alpha[reset.row - 1],
      after: rows.alpha[reset.row],
      initial: Math.exp(reset.initial),
      jump: reset.jump,
      updates,
      resets: e.resets.length,
    }),
    message: `α jumps from ${say(rows.alpha[reset.row - 1]!)} to ${say(rows.alpha[reset.row]!)} within ${say(updates)} updates, back to its initial value: log α was not restored.`,
    fix: dialectOf(e.series.framework).checkpoint,
    reference: "ml-agents #5781, pranz24/pytorch-soft-actor-critic, skrl",
  };
};
