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
