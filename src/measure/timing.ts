// Timing what is called over and over.

/** Calls `step` for `seconds`; the milliseconds of every call. */
export async function timesOf(step: () => Promise<void>, seconds: number): Promise<number[]> {
  const times: number[] = [];
  let before = performance.now();
  const end = before + 1e3 * seconds;
  while (before < end) {
    await step();
    const after = performance.now();
    times.push(after - before);
    before = after;
  }
  return times;
}

/** The value below which `share` of `values` lie, between neighbours by a straight line. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const low = sorted[Math.floor(place)]!;
  const high = sorted[Math.ceil(place)]!;
  return low + (high - low) * (place - Math.floor(place));
}
