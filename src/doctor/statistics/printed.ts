// How finely a column was printed: logs that are meant for eyes keep a few decimals, and a quotient of two such numbers
// may be worth nothing although both look like numbers.

/** The last decimal that the log prints; 0 where it prints more than six, all that a float32 holds. */
export function printedQuantum(values: ArrayLike<number>): number {
  for (let decimals = 1; decimals <= 6; decimals++) {
    const scale = 10 ** decimals;
    let exact = true;
    for (let i = 0; i < values.length && exact; i++) {
      const scaled = values[i]! * scale;
      exact = !(Math.abs(scaled - Math.round(scaled)) > 1e-6 * Math.abs(scaled));
    }
    if (exact) return 1 / scale;
  }
  return 0;
}

/** Half of the last digit that was printed of a positive column, as a share of the number (nats of its logarithm). */
export function printedError(values: ArrayLike<number>): number {
  const quantum = printedQuantum(values);
  let digits = 2;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(value > 0)) continue;
    least = Math.min(least, value);
    while (digits <= FLOAT32_DIGITS && Math.abs(Number(value.toPrecision(digits)) - value) > 1e-9 * value)
      digits++;
  }
  if (least === Number.POSITIVE_INFINITY) return 0;
  const significant = digits > FLOAT32_DIGITS ? 0 : 5 / 10 ** digits;
  return Math.max(quantum / 2 / least, significant);
}

/** Logs that print more than this many digits print all that a float32 holds. */
const FLOAT32_DIGITS = 6;
