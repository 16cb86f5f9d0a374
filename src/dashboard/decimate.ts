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
  const rows: number[] = [];
  let before = -1;
  for (let i = 0; i < x.length; i++) {
    const at = x[i]!;
    if (!Number.isFinite(at) || !Number.isFinite(y[i]!)) continue;
    if (at < from) {
      before = i;
      continue;
    }
    if (rows.length === 0 && before >= 0) rows.push(before);
    rows.push(i);
    if (at > to) break;
  }
  if (rows.length === 0 && before >= 0) rows.push(before);
  const kept = rows.length <= points ? rows : extremes(rows, x, y, points);
  return { x: kept.map((i) => x[i]!), y: kept.map((i) => y[i]!) };
}

/** The first and the last row stay; between them the extremes of each bucket. */
function extremes(
  rows: readonly number[],
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  points: number,
): number[] {
  const inner = rows.slice(1, -1);
  const low = x[inner[0]!]!;
  const span = x[inner.at(-1)!]! - low || 1;
  const buckets = Math.max(1, Math.floor((points - 2) / 2));
  const kept = [rows[0]!];
  let at = 0;
  for (let bucket = 0; bucket < buckets; bucket++) {
    const end = bucket === buckets - 1 ? Number.POSITIVE_INFINITY : low + (span * (bucket + 1)) / buckets;
    let least = -1;
    let most = -1;
    for (; at < inner.length && x[inner[at]!]! < end; at++) {
      const row = inner[at]!;
      if (least < 0 || y[row]! < y[least]!) least = row;
      if (most < 0 || y[row]! > y[most]!) most = row;
    }
    if (least < 0) continue;
    kept.push(Math.min(least, most));
    if (least !== most) kept.push(Math.max(least, most));
  }
  kept.push(rows.at(-1)!);
  return kept;
}
