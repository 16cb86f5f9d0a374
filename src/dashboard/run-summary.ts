// A run in a few numbers for the list, with the doctor's findings placed on every axis of the charts.

import {
  AXES,
  type Axis,
  CURVES,
  type Curve,
  type FindingSummary,
  type RunSummary,
} from "../curves/protocol.ts";
import type { RunCurves } from "../curves/run-curves.ts";
import { slopeLimits } from "../doctor/estimators/adam-speed.ts";
import type { Finding } from "../doctor/finding.ts";
import type { Series } from "../runs/series.ts";
import type { ShownDiagnosis } from "./shown-diagnosis.ts";

const SPARK_POINTS = 64;

export interface SummaryInput {
  readonly id: string;
  readonly name: string;
  readonly series: Series;
  readonly curves: RunCurves;
  readonly diagnosis: ShownDiagnosis;
  readonly generation: number;
  readonly changedAt: number;
}

export function runSummary({
  id,
  name,
  series,
  curves,
  diagnosis,
  generation,
  changedAt,
}: SummaryInput): RunSummary {
  const { declared, reachableEntropy: reachable } = diagnosis.evidence.settings;
  const { env } = declared;
  const limits = limitsOf(diagnosis);
  return {
    id,
    name,
    framework: series.framework,
    format: series.format,
    ...(env !== undefined && { env }),
    rows: series.length,
    generation,
    changedAt,
    verdict: diagnosis.verdict,
    ...(diagnosis.remark !== undefined && { remark: diagnosis.remark }),
    findings: diagnosis.findings.map((finding) => findingSummary(finding, series, curves)),
    axes: AXES.filter((axis) => curves.axes[axis]),
    ...(curves.updatesNote !== undefined && { updatesNote: curves.updatesNote }),
    ...(curves.entropySource && { entropySource: curves.entropySource }),
    ...(reachable !== undefined && { reachable }),
    ...(limits && { limits }),
    last: lastOf(curves),
    spark: sparkOf(curves.curves.alpha),
    notes: series.notes,
  };
}

function limitsOf({ evidence }: ShownDiagnosis): RunSummary["limits"] {
  const declared = evidence.settings.fastestLearningRate;
  const learningRate = declared ?? evidence.replayed?.value;
  if (learningRate === undefined || !(learningRate > 0)) return undefined;
  const { rise, fall } = slopeLimits(learningRate, evidence.form?.form ?? "log-alpha");
  return { rise, fall, learningRate, declared: declared !== undefined };
}

function findingSummary(finding: Finding, series: Series, curves: RunCurves): FindingSummary {
  const { id, severity, confidence, message, fix, reference, evidence, steps } = finding;
  const from = rowAt(series, steps[0]);
  const to = Math.max(from, rowAt(series, steps[1]));
  const range: Partial<Record<Axis, [number, number]>> = {};
  for (const axis of AXES) {
    const column = curves.axes[axis];
    const start = column?.[from];
    const end = column?.[to];
    if (start !== undefined && end !== undefined && Number.isFinite(start) && Number.isFinite(end)) {
      range[axis] = [start, end];
    }
  }
  return { id, severity, confidence, message, fix, reference, evidence, range };
}

/** The first row at or after a step of the log's own axis; row numbers where it has none. */
function rowAt({ columns, length }: Series, step: number): number {
  const row = columns.step ? columns.step.findIndex((s) => s >= step) : Math.round(step);
  return row < 0 || row >= length ? length - 1 : row;
}

function lastOf({ curves }: RunCurves): Partial<Record<Curve, number>> {
  const last: Partial<Record<Curve, number>> = {};
  for (const curve of CURVES) {
    const value = curves[curve]?.findLast(Number.isFinite);
    if (value !== undefined) last[curve] = value;
  }
  return last;
}

function sparkOf(alpha: Float64Array | undefined): (number | null)[] {
  if (!alpha) return [];
  const rows: number[] = [];
  for (let i = 0; i < alpha.length; i++) if (alpha[i]! > 0) rows.push(i);
  const count = Math.min(SPARK_POINTS, rows.length);
  return Array.from({ length: count }, (_, k) => {
    const row = rows[count === 1 ? 0 : Math.round((k * (rows.length - 1)) / (count - 1))]!;
    return Number(Math.log(alpha[row]!).toPrecision(4));
  });
}
