// What the charts of a page have in common: the stretch of x that is shown, where the cursor stands, and which run is
// looked at. Whoever moves one chart moves all.

import { type Signal, signal } from "@preact/signals";

export interface XRange {
  readonly from: number;
  readonly to: number;
}

export interface ChartGroup {
  /** The stretch zoomed into; undefined shows everything. */
  readonly zoom: Signal<XRange | undefined>;
  /** x under the cursor, whichever chart it is in. */
  readonly cursor: Signal<number | undefined>;
  /** `ChartLine.group` of the line next to the cursor. */
  readonly focused: Signal<string | undefined>;
}

export function chartGroup(): ChartGroup {
  return { zoom: signal(undefined), cursor: signal(undefined), focused: signal(undefined) };
}

/** The smallest stretch around all lines; undefined where there is nothing to show. */
export function extentOf(lines: readonly { readonly x: ArrayLike<number> }[]): XRange | undefined {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { x } of lines) {
    if (x.length === 0) continue;
    from = Math.min(from, x[0]!);
    to = Math.max(to, x[x.length - 1]!);
  }
  if (!(to >= from)) return undefined;
  return to > from ? { from, to } : { from: from - 0.5, to: to + 0.5 };
}

/** Part of a range around a point in it: a factor below 1 zooms in. Undefined where all of `extent` would be shown. */
export function zoomed(range: XRange, extent: XRange, around: number, factor: number): XRange | undefined {
  const from = Math.max(extent.from, around - (around - range.from) * factor);
  const to = Math.min(extent.to, around + (range.to - around) * factor);
  return from <= extent.from && to >= extent.to ? undefined : { from, to };
}
