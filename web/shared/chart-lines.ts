// What a chart shows, and the arithmetic around it: the range of y that is needed, the value of a line at the cursor.

import type { XRange } from "./chart-group.ts";

export interface ChartLine {
  readonly id: string;
  /** The run (or other whole) that the line belongs to; lines of one group are focused together. */
  readonly group: string;
  /** What the group is called, where there is more than one. */
  readonly groupName?: string;
  /** Short name of the quantity, such as "H". */
  readonly name: string;
  /** CSS colour. */
  readonly color: string;
  readonly dash?: readonly number[];
  /** CSS pixels, default 1.6. */
  readonly width?: number;
  /** 0 to 1, default 1. */
  readonly opacity?: number;
  /** Never falling. */
  readonly x: ArrayLike<number>;
  /** As long as x; on a logarithmic axis what is not above 0 is left out. */
  readonly y: ArrayLike<number>;
  /** Whether the y axis makes room for it; default true. */
  readonly widens?: boolean;
}

/** A horizontal line with a name, which the legend tells: a limit, a target. */
export interface ChartLevel {
  readonly value: number;
  readonly label: string;
  readonly color: string;
  readonly dash?: readonly number[];
  /** CSS pixels that the dashes are shifted by, so that several levels at one height all show. */
  readonly dashOffset?: number;
  /** Whether the y axis makes room for it; default true. */
  readonly widens?: boolean;
}

/** A stretch of x that is marked. */
export interface ChartRange {
  readonly from: number;
  readonly to: number;
  /** CSS colours of the area and of its upper edge. */
  readonly wash: string;
  readonly edge: string;
  /** Written above the plot. */
  readonly label?: string;
}

export interface YRange {
  readonly low: number;
  readonly high: number;
}

const MARGIN = 0.07;

/** The range of y for what is in view; in exponents of 10 on a logarithmic axis. */
export function yRange(
  lines: readonly ChartLine[],
  levels: readonly ChartLevel[],
  view: XRange,
  log: boolean,
): YRange {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const take = (y: number) => {
    if (log && !(y > 0)) return;
    if (y < low) low = y;
    if (y > high) high = y;
  };
  for (const { x, y, widens } of lines) {
    if (widens === false) continue;
    const first = Math.max(0, firstAtOrAfter(x, view.from) - 1);
    for (let i = first; i < x.length; i++) {
      take(y[i]!);
      if (x[i]! > view.to) break;
    }
  }
  for (const { value, widens } of levels) if (widens !== false && low <= high) take(value);
  if (!(high >= low)) return log ? { low: -1, high: 0 } : { low: 0, high: 1 };
  if (log) {
    low = Math.log10(low);
    high = Math.log10(high);
  }
  const span = high - low;
  const least = log ? 0.02 : 1e-6 * Math.max(Math.abs(low), Math.abs(high));
  const margin =
    span > least ? MARGIN * span : log ? 0.15 : Math.max(0.5 * Math.abs(high) * 0.2, 1e-9) || 0.5;
  return { low: low - margin, high: high + margin };
}

/** Index of the first x at or after `at`; the length where there is none. */
export function firstAtOrAfter(x: ArrayLike<number>, at: number): number {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the point nearest to `at`; −1 where the line has none. */
export function nearest(x: ArrayLike<number>, at: number): number {
  const after = firstAtOrAfter(x, at);
  if (after === x.length) return x.length - 1;
  return after > 0 && at - x[after - 1]! < x[after]! - at ? after - 1 : after;
}
