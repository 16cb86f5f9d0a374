// Fewer points that look the same: the stretch is cut into buckets, and of each the lowest and the highest point stay, in
// their order. No peak is lost, however long the run; what is drawn costs as much as the picture is wide.

export interface Points {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

export interface DecimateOptions {
  /** Points at most, 4 or more; a stretch with no more than that is returned whole. */
  readonly points: number;
  /** First and last x of interest; default: all. The nearest point beyond either end is kept, so that lines go on. */
  readonly from?: number;
  readonly to?: number;
}

/**
 * Minimum and maximum of each bucket of x. Points with a missing x or y are left out.
 * @param x never falling, apart from missing ones
 */
export function decimate(x: ArrayLike<number>, y: ArrayLike<number>, options: DecimateOptions): Points {
  const { points, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = options;
  const there = (row: number) => Number.isFinite(x[row]!) && Number.isFinite(y[row]!);
  let first = -1;
  let last = -1;
  let count = 0;
  for (let row = 0; row < x.length; row++) {
    if (!there(row)) continue;
    // Of those before the stretch only the last one counts.
    if (x[row]! < from || first < 0) {
      first = row;
      count = 0;
    }
    last = row;
    count++;
    if (x[row]! > to) break;
  }
  const kept: number[] = [];
  if (count <= points) {
    for (let row = first; row >= 0 && row <= last; row++) if (there(row)) kept.push(row);
  } else {
    let after = first + 1;
    while (!there(after)) after++;
    let until = last - 1;
    while (!there(until)) until--;
    const buckets = Math.max(1, Math.floor((points - 2) / 2));
    kept.push(first, ...extremes(x, y, after, until, buckets), last);
  }
  return { x: kept.map((row) => x[row]!), y: kept.map((row) => y[row]!) };
}

/** Rows of the lowest and the highest y in each of as many equal parts of x, from row `first` to row `last`. */
function extremes(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  first: number,
  last: number,
  buckets: number,
): number[] {
  const low = x[first]!;
  const width = (x[last]! - low || 1) / buckets;
  const kept: number[] = [];
  let row = first;
  for (let bucket = 1; bucket <= buckets; bucket++) {
    const end = bucket === buckets ? Number.POSITIVE_INFINITY : low + width * bucket;
    let least = -1;
    let most = -1;
    // A missing x ends nothing, a missing y is neither low nor high.
    for (; row <= last && !(x[row]! >= end); row++) {
      const value = y[row]!;
      if (!Number.isFinite(value) || !Number.isFinite(x[row]!)) continue;
      if (least < 0 || value < y[least]!) least = row;
      if (most < 0 || value > y[most]!) most = row;
    }
    if (least < 0) continue;
    kept.push(Math.min(least, most));
    if (least !== most) kept.push(Math.max(least, most));
  }
  return kept;
}
