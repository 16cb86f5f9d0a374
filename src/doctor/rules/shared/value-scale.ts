// How large Q, and how large its errors are, beside what the entropy could add to them. The entropy part of a soft value
// is at most α·|H|/(1 − γ), and |H| ≤ |g| + d at the default target; what goes beyond comes from rewards, and α has to
// climb until it matters.

import type { Evidence } from "../../evidence.ts";
import { median } from "../../statistics/quantiles.ts";

/** Median of |Q|·(1 − γ) / (α·(|g| + d)) over some rows. */
export function valueRatio(e: Evidence, rows: readonly number[]): number | undefined {
  const { value, settings } = e;
  return value && median(rows.map((row) => (value[row]! * (1 - settings.gamma)) / bonus(e, row)));
}

/** Median of √(critic loss) / (α·(|g| + d)) over some rows: temporal-difference errors beside the entropy bonus. */
export function errorRatio(e: Evidence, rows: readonly number[]): number | undefined {
  const criticLoss = e.rows.column("criticLoss");
  return criticLoss && median(rows.map((row) => Math.sqrt(criticLoss[row]!) / bonus(e, row)));
}

/** What the entropy can add to one step's reward. */
function bonus({ rows, gap, dimensions }: Evidence, row: number): number {
  return rows.alpha[row]! * (Math.abs(gap?.smooth[row] ?? 0) + dimensions);
}

/** Beyond this ratio the rewards drown the entropy. */
export const DROWNED = 1;

/** Beyond this ratio the errors come from rewards; those that α makes itself stay near 1. */
export const LARGE_ERRORS = 2;

/** Whether α's climb has not yet made it matter, at the climb's end. */
export function drowned(e: Evidence): boolean {
  const { climb } = e;
  if (!climb) return false;
  const late = climb.to - Math.floor((climb.to - climb.from) / 4);
  const rows = Array.from({ length: climb.to - late + 1 }, (_, i) => late + i);
  return (valueRatio(e, rows) ?? 0) > DROWNED;
}
