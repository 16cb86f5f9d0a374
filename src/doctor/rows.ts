// The rows that speak about α: of a log in which programs mix metrics of different rhythm, those where α was written,
// each with the last value of every other quantity since the row before. Very long logs are thinned to every k-th row.

import type { Quantity, Series } from "../runs/series.ts";
import { type UpdateAxis, updateAxis } from "./estimators/update-axis.ts";
import type { Settings } from "./settings.ts";

export interface Rows {
  readonly length: number;
  /** The log's own axis; row numbers where it has none. */
  readonly step: Float64Array;
  /** Updates of α since the log's beginning, never falling. */
  readonly updates: Float64Array;
  readonly axis: Omit<UpdateAxis, "updates">;
  readonly alpha: Float64Array;
  /** NaN where α ≤ 0. */
  readonly logAlpha: Float64Array;
  /** A column on these rows; undefined where the log has none or nothing finite in it. */
  column(quantity: Quantity): Float64Array | undefined;
}

const MAX_ROWS = 6000;

export function rowsOf(series: Series, settings: Settings): Rows {
  const lead = leadColumn(series);
  const chosen = chooseRows(lead, series.length);
  const cache = new Map<Quantity, Float64Array | undefined>();
  const column = (quantity: Quantity): Float64Array | undefined => {
    if (!cache.has(quantity)) cache.set(quantity, carried(series.columns[quantity], chosen));
    return cache.get(quantity);
  };
  const alpha = column("alpha") ?? new Float64Array(chosen.length).fill(Number.NaN);
  const step = column("step") ?? Float64Array.from(chosen);
  const axis = updateAxis(
    { step: column("step"), updates: column("updates"), episodeLength: column("episodeLength") },
    chosen.length,
    settings.declared,
    series.framework !== "unknown",
  );
  return {
    length: chosen.length,
    step,
    updates: axis.updates,
    axis,
    alpha,
    logAlpha: alpha.map((a) => (a > 0 ? Math.log(a) : Number.NaN)),
    column,
  };
}

function leadColumn({ columns }: Series): Float64Array | undefined {
  return [columns.alpha, columns.alphaLoss, columns.entropy].find((c) => c?.some(Number.isFinite));
}

function chooseRows(lead: Float64Array | undefined, length: number): number[] {
  const present: number[] = [];
  for (let i = 0; i < length; i++) if (!lead || Number.isFinite(lead[i]!)) present.push(i);
  const stride = Math.ceil(present.length / MAX_ROWS);
  return stride <= 1 ? present : present.filter((_, i) => i % stride === 0);
}

function carried(source: Float64Array | undefined, chosen: readonly number[]): Float64Array | undefined {
  if (!source) return undefined;
  let previous = -1;
  let any = false;
  const values = Float64Array.from(chosen, (row) => {
    let at = row;
    while (at > previous && !Number.isFinite(source[at]!)) at--;
    const value = at > previous ? source[at]! : Number.NaN;
    previous = row;
    any ||= Number.isFinite(value);
    return value;
  });
  return any ? values : undefined;
}
