// How large Q is beside what the entropy could add to it. The entropy part of a soft value is at most α·|H|/(1 − γ),
// so a Q far beyond that comes from rewards; α then has to climb until it matters.

import type { Evidence } from "../../evidence.ts";
import { median } from "../../statistics/quantiles.ts";

/** Median of |Q|·(1 − γ) / (α · max(|g|, d)) over some rows: about 1 at most where the entropy makes the value. */
export function valueRatio(e: Evidence, from: number, to: number): number | undefined {
  const { value, gap, rows, settings } = e;
  if (!value || !gap) return undefined;
  const ratios: number[] = [];
  for (let i = from; i <= to; i++) {
    const scale = rows.alpha[i]! * Math.max(Math.abs(gap.smooth[i]!), e.dimensions);
    ratios.push((value[i]! * (1 - settings.gamma)) / scale);
  }
  return median(ratios);
}

/** Beyond this ratio the rewards drown the entropy. */
export const DROWNED = 1.5;

/** Whether α's climb has not yet made it matter, at the climb's end. */
export function drowned(e: Evidence): boolean {
  const { climb } = e;
  if (!climb) return false;
  const late = climb.to - Math.floor((climb.to - climb.from) / 4);
  return (valueRatio(e, late, climb.to) ?? 0) > DROWNED;
}
