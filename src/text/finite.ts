// JSON has no word for NaN and the infinities; where they occur, they stand as text, as in metrics.jsonl.

/** A replacer for JSON.stringify. */
export function finite(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}
