// Steps are taken and nothing is learned: no update has been made, or the first one came when most of the run was over.

import { stepAt } from "../rows.ts";
import { numbers, type Rule, say, sayStep } from "../rule.ts";

/** Steps without an update that no usual start explains. */
const STEPS = 50_000;
/** Share of the run before the first row about α. */
const LATE = 0.5;
const LATE_STEPS = 10_000;

export const noUpdates: Rule = ({ series, rows }) => {
  const { updates } = series.columns;
  const last = stepAt(series, series.length - 1);
  if (series.length < 3 || !series.columns.step) return undefined;
  const counted = updates?.filter(Number.isFinite);
  if (counted && counted.length > 0 && counted.every((n) => n === 0)) {
    return {
      id: "no-updates",
      severity: last >= STEPS ? "warning" : "info",
      confidence: 0.9,
      steps: [stepAt(series, 0), last],
      evidence: numbers({ updates: 0, steps: last, rows: series.length }),
      message: `No update has been made in ${sayStep(last)} steps: the agent still acts at random, or as it was made.`,
      fix: FIX,
      reference: "seen in our own runs only",
    };
  }
  const first = rows.step[0];
  if (!rows.alpha.some(Number.isFinite) || first === undefined || last < LATE_STEPS) return undefined;
  const begun = stepAt(series, 0);
  if (!(rows.fromStart && begun < 0.1 * last && first > LATE * last && first > LATE_STEPS)) return undefined;
  return {
    id: "no-updates",
    severity: "info",
    confidence: 0.7,
    steps: [begun, first],
    evidence: numbers({ firstUpdate: first, steps: last }),
    message: `The first update comes at step ${sayStep(first)} of ${sayStep(last)}: ${say((100 * first) / last)}% of the run went by before.`,
    fix: FIX,
    reference: "seen in our own runs only",
  };
};

const FIX = "learning_starts = 1_000  # steps before the first update; and gradient_steps must not be 0";
