// What α alone tells about its learning rate: Adam moves log α by about lr an update and no more, so the fastest
// stretch that lasts is nearly lr, corrected for the α-form where that is the form. A lower bound where g was small.

import type { LossForm } from "../../runs/series.ts";
import type { Estimate } from "../finding.ts";
import { learningRateOfSlope } from "./adam-speed.ts";

export interface AlphaSpeed {
  /** Signed slope of log α per update over the fastest lasting stretch. */
  readonly slope: number;
  readonly learningRate: Estimate;
  readonly from: number;
  readonly to: number;
  /** Updates of the stretch. */
  readonly updates: number;
}

/** @param span the stretch lasts at least this many updates, or all of the log if that is shorter */
export function alphaSpeed(
  updates: ArrayLike<number>,
  logAlpha: ArrayLike<number>,
  form: LossForm,
  span = 2000,
): AlphaSpeed | undefined {
  const rows: number[] = [];
  for (let i = 0; i < logAlpha.length; i++) if (Number.isFinite(logAlpha[i]!)) rows.push(i);
  const first = rows[0];
  const last = rows.at(-1);
  if (first === undefined || last === undefined || updates[last]! <= updates[first]!) return undefined;
  const length = Math.min(span, updates[last]! - updates[first]!);
  let best: { slope: number; from: number; to: number } | undefined;
  let b = 0;
  for (const from of rows) {
    while (b < rows.length && updates[rows[b]!]! - updates[from]! < length) b++;
    const to = rows[b];
    if (to === undefined) break;
    const slope = (logAlpha[to]! - logAlpha[from]!) / (updates[to]! - updates[from]!);
    if (!best || Math.abs(slope) > Math.abs(best.slope)) best = { slope, from, to };
  }
  if (!best) return undefined;
  const value = learningRateOfSlope(best.slope, form);
  return {
    ...best,
    updates: updates[best.to]! - updates[best.from]!,
    learningRate: {
      value,
      low: Math.min(value, Math.abs(best.slope)) * 0.9,
      high: value * 1.3,
      assumption: `log α ran at Adam's limit for the ${form} loss; if it did not, the learning rate is larger`,
    },
  };
}
