// The rows that speak about α: of a log in which programs mix metrics of different rhythm, those where α was written,
// each with the last value of every other quantity since the row before. Very long logs are thinned to every k-th row.

import type { Quantity, Series } from "../runs/series.ts";
import { countsOf, type UpdateAxis, updateAxis } from "./estimators/update-axis.ts";
import type { Settings } from "./settings.ts";

/** The rows of a log in which α stands, as columns. */
export interface Rows {
  readonly length: number;
  /** The log's own axis; row numbers where it has none. */
  readonly step: Float64Array;
  /** Updates of α since the log's beginning, never falling. */
  readonly updates: Float64Array;
  readonly axis: Omit<UpdateAxis, "updates">;
  readonly alpha: Float64Array;
  /** NaN where α ≤ 0: printed as 0, α is below what was printed, and nothing is known of its logarithm. */
  readonly logAlpha: Float64Array;
  /** Whether training begins where the log does; a resumed run's first row says nothing about an untrained policy. */
  readonly fromStart: boolean;
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
  const logged = column("step");
  const step = logged ? filled(logged) : Float64Array.from(chosen);
  const axis = updateAxis(
    {
      step: column("step"),
      updates: column("updates"),
      episodeLength: column("episodeLength"),
      restarts: series.restarts?.map((row) => chosen.findIndex((at) => at >= row)).filter((row) => row > 0),
    },
    chosen.length,
    settings.declared,
    countsOf(series),
  );
  return {
    length: chosen.length,
    step,
    updates: axis.updates,
    axis,
    alpha,
    logAlpha: alpha.map((a) => (a > 0 ? Math.log(a) : Number.NaN)),
    fromStart: fromStart(axis),
    column,
  };
}

/** Updates before the first row up to which a log begins where training does, if counted, and if steps are counted. */
const EARLY = 5000;
const EARLY_STEPS = 60_000;

function fromStart({ updates, source }: UpdateAxis): boolean {
  if (updates.length < 2 || source === "unknown") return true;
  const first = updates[0]!;
  const spacing = (updates[updates.length - 1]! - first) / (updates.length - 1);
  return first <= Math.max(source === "logged" ? EARLY : EARLY_STEPS, 3 * spacing);
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

/** A missing step takes the one before it, or else the first that is there. */
function filled(step: Float64Array): Float64Array {
  let last = step.find(Number.isFinite) ?? 0;
  return step.map((value) => {
    if (Number.isFinite(value)) last = value;
    return last;
  });
}

/** The log's own step of a row of the series itself; the row's number where it has none. */
export function stepAt({ columns }: Series, row: number): number {
  for (let at = row; at >= 0; at--) {
    const step = columns.step?.[at];
    if (step !== undefined && Number.isFinite(step)) return step;
  }
  return row;
}
