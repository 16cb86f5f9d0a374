// Medians and their spread: robust to the odd batch and the odd row. NaN means missing and is left out everywhere.

/** The finite numbers among `values`, ascending. */
export function sortedFinite(values: ArrayLike<number>): Float64Array {
  const finite = new Float64Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isFinite(value)) finite[count++] = value;
  }
  return finite.subarray(0, count).sort();
}

/** Quantile `q` (0 to 1) of ascending numbers, linearly interpolated; NaN if there are none. */
export function quantileOfSorted(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = q * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}

export function quantile(values: ArrayLike<number>, q: number): number {
  return quantileOfSorted(sortedFinite(values), q);
}

export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}

/** 1.4826 · median |x − median|: the standard deviation, if the numbers are normal. */
export function spread(values: ArrayLike<number>): number {
  const sorted = sortedFinite(values);
  const centre = quantileOfSorted(sorted, 0.5);
  return 1.4826 * median(sorted.map((value) => Math.abs(value - centre)));
}

/** Median with a 95% interval from order statistics (binomial, normal approximation). */
export function medianInterval(values: ArrayLike<number>): { value: number; low: number; high: number } {
  const sorted = sortedFinite(values);
  const half = sorted.length > 1 ? 0.98 / Math.sqrt(sorted.length) : 0.5;
  return {
    value: quantileOfSorted(sorted, 0.5),
    low: quantileOfSorted(sorted, Math.max(0, 0.5 - half)),
    high: quantileOfSorted(sorted, Math.min(1, 0.5 + half)),
  };
}

/** Standard deviation of row-to-row noise around a slow trend: from second differences, robustly. */
export function rowNoise(values: ArrayLike<number>): number {
  const differences: number[] = [];
  for (let i = 2; i < values.length; i++) {
    differences.push(values[i]! - 2 * values[i - 1]! + values[i - 2]!);
  }
  return spread(differences) / Math.sqrt(6);
}
