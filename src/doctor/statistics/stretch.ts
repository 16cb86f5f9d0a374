// Runs of consecutive rows that share a property: where a fault begins and ends.

/** Rows `from` to `to`, both included. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Maximal stretches of rows for which `holds`, of at least `rows` rows, in order. */
export function stretches(length: number, holds: (row: number) => boolean, rows = 1): Stretch[] {
  const found: Stretch[] = [];
  let from = -1;
  for (let i = 0; i <= length; i++) {
    const held = i < length && holds(i);
    if (held && from < 0) from = i;
    if (!held && from >= 0) {
      if (i - from >= rows) found.push({ from, to: i - 1 });
      from = -1;
    }
  }
  return found;
}

/** A running median over `width` rows (odd), which keeps edges and drops single outliers; NaN rows are skipped. */
export function runningMedian(values: ArrayLike<number>, width: number): Float64Array {
  const half = Math.floor(width / 2);
  const smooth = new Float64Array(values.length);
  const window: number[] = [];
  for (let i = 0; i < values.length; i++) {
    window.length = 0;
    for (let j = Math.max(0, i - half); j <= Math.min(values.length - 1, i + half); j++) {
      if (!Number.isNaN(values[j]!)) window.push(values[j]!);
    }
    window.sort((a, b) => a - b);
    const middle = window.length >> 1;
    smooth[i] =
      window.length === 0
        ? Number.NaN
        : window.length % 2 === 1
          ? window[middle]!
          : (window[middle - 1]! + window[middle]!) / 2;
  }
  return smooth;
}
