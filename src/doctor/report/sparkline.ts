// A curve in one line of text, one character a column, with a second line that marks a range.

const BARS = "▁▂▃▄▅▆▇█";

/** Values at `width` places, resampled by their mean; missing ones are blank. */
export function sparkline(values: ArrayLike<number>, width: number): string {
  const columns = Array.from({ length: Math.min(width, values.length) }, (_, column) => {
    const from = Math.floor((column * values.length) / Math.min(width, values.length));
    const to = Math.max(
      from + 1,
      Math.floor(((column + 1) * values.length) / Math.min(width, values.length)),
    );
    let sum = 0;
    let count = 0;
    for (let i = from; i < to; i++) {
      if (!Number.isFinite(values[i]!)) continue;
      sum += values[i]!;
      count++;
    }
    return count === 0 ? Number.NaN : sum / count;
  });
  const finite = columns.filter(Number.isFinite);
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  return columns
    .map((value) => {
      if (!Number.isFinite(value)) return " ";
      const share = high > low ? (value - low) / (high - low) : 0.5;
      return BARS[Math.min(BARS.length - 1, Math.floor(share * BARS.length))]!;
    })
    .join("");
}

/** A line under a sparkline of `rows` rows that marks the rows `from` to `to`. */
export function underline(rows: number, width: number, from: number, to: number): string {
  const columns = Math.min(width, rows);
  const place = (row: number) => Math.min(columns - 1, Math.floor((row * columns) / rows));
  const start = place(Math.min(from, to));
  return `${" ".repeat(start)}${"━".repeat(place(Math.max(from, to)) - start + 1)}`;
}
