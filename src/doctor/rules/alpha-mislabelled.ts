// The column that is read as α holds something else: a coefficient that an optimiser moves goes a little way between two
// rows, and does not leap about 0 as a loss does or march below it for ever at a pace that no α needs.

import type { Series } from "../../runs/series.ts";
import { stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";

export const alphaMislabelled: Rule = (e) => {
  if (isAlpha(e.series)) return undefined;
  const alpha = e.rows.alpha.filter(Number.isFinite);
  const lowest = alpha.reduce((a, b) => Math.min(a, b));
  const highest = alpha.reduce((a, b) => Math.max(a, b));
  return {
    id: "alpha-mislabelled",
    severity: "info",
    confidence: 0.8,
    steps: stepsOf(e, 0, e.rows.length - 1),
    evidence: numbers({ first: alpha[0], lowest, highest, rows: alpha.length }),
    message: `The column that should be α runs from ${say(lowest)} to ${say(highest)} and is below 0 from the first rows on: it is not α. Some programs log the loss of a fixed coefficient under that name.`,
    fix: "log the coefficient itself: log_alpha.exp(), or the fixed number",
    reference: "sbx #76",
  };
};

/** Share of rows below 0 in a column that never was a temperature: one that is optimised begins above 0 and passes it once. */
const BELOW = 0.5;
const ROWS = 10;

export function isAlpha({ columns }: Series): boolean {
  const alpha = columns.alpha?.filter(Number.isFinite);
  if (!alpha || alpha.length < ROWS) return true;
  const below = alpha.filter((a) => a < 0).length;
  if (below === 0) return true;
  const crossings = alpha.filter((a, i) => i > 0 && Math.sign(a) !== Math.sign(alpha[i - 1]!)).length;
  const neverAbove = alpha.slice(0, 3).every((a) => a < 0) && below > BELOW * alpha.length;
  return !neverAbove && crossings <= Math.max(3, 0.1 * alpha.length);
}
