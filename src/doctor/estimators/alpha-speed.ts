// What α alone tells about its learning rate. In the log-α form Adam moves log α by lr an update and no more, so the
// fastest stretch that lasts is nearly lr. In the α-form a fall starts at lr and slows down for thousands of updates,
// and a rise outruns lr. A lower bound in any case: where g was small α went slower than it could.

import type { LossForm } from "../../runs/series.ts";
import type { Estimate } from "../finding.ts";
import { learningRateOfSlope } from "./adam-speed.ts";

/** How fast log α moves, and the learning rate that this takes. */
export interface AlphaSpeed {
  /** Signed slope of log α per update over the fastest lasting stretch. */
  readonly slope: number;
  readonly learningRate: Estimate;
  readonly from: number;
  readonly to: number;
  /** Updates of the stretch. */
  readonly updates: number;
}

/** Where a steady slope would need more than this many times its own size, the fall is not a steady one. */
const STEADY = 3;

/**
 * @param span the stretch lasts at least this many updates, or all of the log if that is shorter
 * @param breaks rows before which an unknown number of updates lies; no stretch crosses one
 */
export function alphaSpeed(
  updates: ArrayLike<number>,
  logAlpha: ArrayLike<number>,
  form: LossForm,
  span = 2000,
  breaks: ReadonlySet<number> = new Set(),
): AlphaSpeed | undefined {
  const rows: number[] = [];
  for (let i = 0; i < logAlpha.length; i++) if (Number.isFinite(logAlpha[i]!)) rows.push(i);
  const parts: number[][] = [[]];
  for (const row of rows) {
    if (breaks.has(row)) parts.push([]);
    parts[parts.length - 1]!.push(row);
  }
  const longest = Math.max(...parts.map((part) => length(part, updates)));
  if (!(longest > 0)) return undefined;
  const least = Math.min(span, longest);
  let best: { slope: number; from: number; to: number } | undefined;
  for (const part of parts) {
    let b = 0;
    for (const from of part) {
      while (b < part.length && updates[part[b]!]! - updates[from]! < least) b++;
      const to = part[b];
      if (to === undefined) break;
      const slope = (logAlpha[to]! - logAlpha[from]!) / (updates[to]! - updates[from]!);
      if (!best || Math.abs(slope) > Math.abs(best.slope)) best = { slope, from, to };
    }
  }
  if (!best) return undefined;
  const size = Math.abs(best.slope);
  const steady = learningRateOfSlope(best.slope, form);
  const range = steady < size ? [steady, size] : [size, Math.min(steady, STEADY * size)];
  return {
    ...best,
    updates: updates[best.to]! - updates[best.from]!,
    learningRate: {
      value: size,
      low: 0.9 * range[0]!,
      high: 1.3 * range[1]!,
      assumption: `log α ran at Adam's limit for the ${form} loss; if it did not, the learning rate is larger`,
    },
  };
}

function length(part: readonly number[], updates: ArrayLike<number>): number {
  return part.length < 2 ? 0 : updates[part[part.length - 1]!]! - updates[part[0]!]!;
}
