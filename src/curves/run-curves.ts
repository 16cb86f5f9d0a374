// From a run's series to what the charts draw: three axes, and the curves, some of which no program logs: the gap, the
// slope of ln α, and the entropy that follows from the α loss where the target is known.

import { gapsOfLoss } from "../doctor/estimators/loss-form.ts";
import { countsOf, updateAxis } from "../doctor/estimators/update-axis.ts";
import type { Evidence } from "../doctor/evidence.ts";
import { metricCharts } from "../metrics/table.ts";
import type { Series } from "../runs/series.ts";
import { AXES, type Axis, CURVES, type Curve, type RowColumns } from "./protocol.ts";

export interface RunCurves {
  readonly length: number;
  /** Each as long as the series and never falling; absent where the log does not have it. Updates stand in for steps. */
  readonly axes: Readonly<Partial<Record<Axis, Float64Array>>>;
  readonly curves: Readonly<Partial<Record<Curve, Float64Array>>>;
  readonly updatesNote: string | undefined;
  readonly entropySource: "logged" | "loss" | undefined;
}

/** What of a diagnosis is drawn. */
export type ChartEvidence = Pick<Evidence, "settings" | "form">;

/** @param evidence of this run's last diagnosis; without one, what is estimated is left out */
export function runCurves(series: Series, evidence: ChartEvidence | undefined): RunCurves {
  const { columns, length } = series;
  const declared = evidence?.settings.declared ?? series.declared;
  const updates = updateAxis(
    { step: columns.step, updates: columns.updates, episodeLength: columns.episodeLength },
    length,
    declared,
    countsOf(series),
  );
  const counted = updates.source !== "unknown";
  const logAlpha = columns.alpha?.map((a) => (a > 0 ? Math.log(a) : Number.NaN));
  const target = targetOf(series, evidence);
  const lossGap =
    columns.alphaLoss && columns.alpha && logAlpha && evidence?.form
      ? gapsOfLoss(evidence.form.form, columns.alphaLoss, columns.alpha, logAlpha)
      : undefined;
  const loggedGap = columns.entropy && target && columns.entropy.map((h, i) => h - target[i]!);
  const implied = lossGap && target && Float64Array.from(lossGap, (gap, i) => gap + target[i]!);
  const curves: Partial<Record<Curve, Float64Array | undefined>> = {
    alpha: columns.alpha,
    entropy: columns.entropy ?? implied,
    target,
    gap: loggedGap ?? (lossGap && Float64Array.from(lossGap)),
    slope: counted && logAlpha ? slopes(updates.updates, logAlpha) : undefined,
    return: columns.return,
    evalReturn: columns.evalReturn,
    ...Object.fromEntries(metricCharts.map(({ quantity }) => [quantity, columns[quantity]])),
  };
  return {
    length,
    axes: present({
      step: columns.step ? rising(columns.step) : counted ? updates.updates : rowNumbers(length),
      updates: counted ? updates.updates : undefined,
      time: columns.time && sinceStart(columns.time),
    }),
    curves: present(curves),
    updatesNote: updates.source === "logged" ? undefined : updates.perStep.assumption,
    entropySource: columns.entropy ? "logged" : implied ? "loss" : undefined,
  };
}

/** Rows `[from, length)` for the page. */
export function rowColumns({ axes, curves, length }: RunCurves, from: number): RowColumns {
  const columns: Partial<Record<Axis | Curve, (number | null)[]>> = {};
  const cells = (column: Float64Array) =>
    Array.from(column.subarray(from, length), (x) => (Number.isFinite(x) ? x : null));
  for (const axis of AXES) if (axes[axis]) columns[axis] = cells(axes[axis]);
  for (const curve of CURVES) if (curves[curve]) columns[curve] = cells(curves[curve]);
  return columns;
}

/** The first row in which they differ; the length of the shorter where one is the other's beginning. */
export function firstDifference(before: RunCurves, after: RunCurves): number {
  const shorter = Math.min(before.length, after.length);
  let first = shorter;
  const compare = (a: Float64Array | undefined, b: Float64Array | undefined) => {
    if (a === undefined && b === undefined) return;
    for (let i = 0; i < first; i++) {
      const x = a ? a[i]! : Number.NaN;
      const y = b ? b[i]! : Number.NaN;
      if (x !== y && !(Number.isNaN(x) && Number.isNaN(y))) first = i;
    }
  };
  for (const axis of AXES) compare(before.axes[axis], after.axes[axis]);
  for (const curve of CURVES) compare(before.curves[curve], after.curves[curve]);
  return first;
}

function targetOf(
  { columns, length }: Series,
  evidence: ChartEvidence | undefined,
): Float64Array | undefined {
  if (columns.targetEntropy) return carried(columns.targetEntropy);
  const value = evidence?.settings.targetEntropy;
  return value === undefined ? undefined : new Float64Array(length).fill(value);
}

/** Change of ln α per update since the last row that has one. */
function slopes(updates: Float64Array, logAlpha: Float64Array): Float64Array {
  let last = -1;
  return logAlpha.map((value, row) => {
    if (!Number.isFinite(value)) return Number.NaN;
    const span = last < 0 ? 0 : updates[row]! - updates[last]!;
    const slope = span > 0 ? (value - logAlpha[last]!) / span : Number.NaN;
    if (last < 0 || span > 0) last = row;
    return slope;
  });
}

/** For logs that count neither steps nor updates. */
function rowNumbers(length: number): Float64Array {
  return Float64Array.from({ length }, (_, row) => row);
}

/** Where an axis falls back (a resumed run), it goes on as if it had not; missing values take the one before. */
function rising(axis: Float64Array): Float64Array {
  let offset = 0;
  let last = Number.NaN;
  return axis.map((value) => {
    if (!Number.isFinite(value)) return last;
    if (value + offset < last) offset = last - value;
    last = value + offset;
    return last;
  });
}

function sinceStart(time: Float64Array): Float64Array {
  const whole = rising(time);
  const start = whole.find(Number.isFinite) ?? 0;
  // Clocks of event files count from 1970; those of tables from the run's own beginning.
  return start < 1e8 ? whole : whole.map((t) => t - start);
}

function carried(column: Float64Array): Float64Array {
  let last = column.find(Number.isFinite) ?? Number.NaN;
  return column.map((value) => {
    if (Number.isFinite(value)) last = value;
    return last;
  });
}

function present<K extends string>(
  columns: Partial<Record<K, Float64Array | undefined>>,
): Partial<Record<K, Float64Array>> {
  const found: Partial<Record<K, Float64Array>> = {};
  for (const name of Object.keys(columns) as K[]) {
    const column = columns[name];
    if (column?.some(Number.isFinite)) found[name] = column;
  }
  return found;
}
