// The column that is read as α holds something else: a coefficient that an optimiser moves goes a little way between two
// rows, and does not leap about 0 as a loss does or march below it for ever at a pace that no α needs.

import type { Series } from "../../runs/series.ts";
import { stepsOf } from "../evidence.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { rowNoise } from "../statistics/quantiles.ts";

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
    message: `The column that should be α runs from ${say(lowest)} to ${say(highest)} and does not move as a coefficient does: it is not α. Some programs log the loss of a fixed coefficient under that name.`,
    fix: "log the coefficient itself: log_alpha.exp(), or the fixed number",
    reference: "sbx #76",
  };
};

const ROWS = 10;
/** Scatter from row to row over the largest value in the first quarter: a coefficient in training moves smoothly. */
const LEAPS = 0.2;

/** A coefficient that is optimised begins above 0, and goes from there in small steps. */
export function isAlpha({ columns }: Series): boolean {
  const alpha = columns.alpha?.filter(Number.isFinite);
  if (!alpha || alpha.length < ROWS || !alpha.some((a) => a < 0)) return true;
  if (alpha.slice(0, 3).every((a) => a < 0)) return false;
  const early = alpha.subarray(0, Math.max(ROWS, alpha.length >> 2));
  const size = early.reduce((most, a) => Math.max(most, Math.abs(a)), 0);
  return rowNoise(early) < LEAPS * size;
}
