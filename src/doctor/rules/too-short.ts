// Too little is logged for anything that takes time to show. What counts is evidence, not rows: a dozen rows over 50,000
// updates carry a verdict, and what two rows can carry is said all the same.

import { stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";

const UPDATES = 1000;
/** Rows that make a trend. */
const ROWS = 5;
/** Rows of unknown length that do so where α has hardly moved. */
const UNCOUNTED_ROWS = 20;
/** e-folds of movement that say something in themselves. */
const MOVED = 1;

export const tooShort: Rule = (e) => {
  const { length, axis } = e.rows;
  const counted = axis.source !== "unknown";
  const last = length > 0 && counted ? e.rows.updates[length - 1]! : e.updates;
  const updates = axis.source === "logged" ? last : e.updates;
  const enough = counted
    ? length >= ROWS && updates >= UPDATES
    : length >= UNCOUNTED_ROWS || (length >= ROWS && (e.leg?.efolds ?? 0) >= MOVED);
  if (enough) return undefined;
  const over = counted ? ` over ${say(updates)} updates` : "";
  const what = e.rows.alpha.some(Number.isFinite) ? " about α" : "";
  return {
    id: "too-short",
    severity: "info",
    confidence: 1,
    steps: stepsOf(e, 0, Math.max(0, length - 1)),
    evidence: numbers({ rows: length, updates: counted ? updates : undefined }),
    message: `The log has ${length === 1 ? "one row" : `${length} rows`}${what}${over}; slow faults show only after some ${say(UPDATES)} updates${counted ? "" : `, and ${UNCOUNTED_ROWS} rows where nobody knows how many updates a row stands for`}.`,
    fix: "log longer, and log the entropy with α and its loss: tempered doctor --print-callback sb3|cleanrl|rllib|torch prints the lines",
    reference: "docs/doctor",
  };
};
