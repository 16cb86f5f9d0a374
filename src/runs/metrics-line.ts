// One line of metrics.jsonl: a flat JSON object of numbers, the environment step first. JSON has no word for the
// non-finite numbers, and they are the ones worth keeping: they stand as the strings "NaN", "Infinity" and "-Infinity",
// which Python's float(), JavaScript's Number() and our readers all take.

/** The column that holds the environment step. */
export const STEP = "time/total_timesteps";

/** A row of metrics.jsonl by tag. */
export type Metrics = Readonly<Record<string, number>>;

/** @returns one line, with its line feed */
export function formatMetricsLine(step: number, metrics: Metrics): string {
  const row: Record<string, number | string> = { [STEP]: step };
  for (const [name, value] of Object.entries(metrics)) {
    if (name !== STEP) row[name] = Number.isFinite(value) ? value : String(value);
  }
  return `${JSON.stringify(row)}\n`;
}

/** @returns undefined where the line is no such object: the last line of a killed run may be cut short */
export function parseMetricsLine(line: string): Metrics | undefined {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof row !== "object" || row === null || Array.isArray(row)) return undefined;
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)]));
}
