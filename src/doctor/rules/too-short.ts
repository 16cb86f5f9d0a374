// Too little is logged for anything that takes time to show. What two rows can carry is said all the same.

import { stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";

const UPDATES = 1000;
const ROWS = 20;

export const tooShort: Rule = (e) => {
  const { length, axis } = e.rows;
  const counted = axis.source !== "unknown";
  const last = length > 0 && counted ? e.rows.updates[length - 1]! : e.updates;
  const updates = axis.source === "logged" ? last : e.updates;
  if (length >= ROWS && (!counted || updates >= UPDATES)) return undefined;
  return {
    id: "too-short",
    severity: "info",
    confidence: 1,
    steps: stepsOf(e, 0, Math.max(0, length - 1)),
    evidence: numbers({ rows: length, updates: counted ? updates : undefined }),
    message: `The log has ${length} rows about α${counted ? ` over ${say(updates)} updates` : ""}; slow faults show only after some ${say(UPDATES)} updates and ${ROWS} rows.`,
    fix: "log longer, and log the entropy with α and its loss",
    reference: "docs/doctor",
  };
};
