// How large Q is beside what the entropy could add to it. The entropy part of a soft value is at most α·|H|/(1 − γ),
// so a Q far beyond that comes from rewards; α then has to climb until it matters.

import type { Evidence } from "../../evidence.ts";
import { median } from "../../statistics/quantiles.ts";

/** Median of |Q|·(1 − γ) / (α · max(|g|, d)) over the climb: about 1 at most where the entropy makes the value. */
export function valueRatio(e: Evidence): number | undefined {
  const { climb, value, gap, rows, settings } = e;
  if (!climb || !value || !gap) return undefined;
  const ratios: number[] = [];
  for (let i = climb.from; i <= climb.to; i++) {
    const scale = rows.alpha[i]! * Math.max(Math.abs(gap.smooth[i]!), e.dimensions);
    ratios.push((value[i]! * (1 - settings.gamma)) / scale);
  }
  return median(ratios);
}

/** Beyond this ratio the rewards drown the entropy. */
export const DROWNED = 1.5;

export function drowned(e: Evidence): boolean {
  return (valueRatio(e) ?? 0) > DROWNED;
}
