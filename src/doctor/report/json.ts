// The report for programs: one document for all runs, with the published shape.

import type { Diagnosis } from "../diagnose.ts";
import type { Estimate, Finding } from "../finding.ts";
import { numbers } from "../rule.ts";

/** The document that `tempered doctor --json` prints. */
export interface JsonReport {
  readonly runs: readonly JsonRun[];
}

/** One run of a `JsonReport`. */
export interface JsonRun {
  readonly path: string;
  readonly format: string;
  readonly framework: string;
  /** Updates that the log covers. */
  readonly updates: number;
  readonly verdict: string;
  /** Most important first. */
  readonly findings: readonly Omit<Finding, "suggestion">[];
  /** What was measured, with intervals and assumptions; absent ones could not be. */
  readonly estimates: Readonly<Record<string, Estimate>>;
}

/** The report for programs. */
export function jsonReport(diagnoses: readonly Diagnosis[]): JsonReport {
  return { runs: diagnoses.map(jsonRun) };
}

function jsonRun({ series, evidence, verdict, findings }: Diagnosis): JsonRun {
  const { rows, firstGap, effectiveTarget, replayed, speed } = evidence;
  const estimates = { firstGap, effectiveTarget, learningRate: replayed ?? speed?.learningRate };
  const last = rows.length > 0 ? rows.updates[rows.length - 1]! : 0;
  return {
    path: series.path,
    format: series.format,
    framework: series.framework,
    updates: rows.axis.source === "logged" ? last : evidence.updates,
    verdict,
    findings: findings.map(({ suggestion: _, ...finding }) => finding),
    estimates: Object.fromEntries(
      Object.entries(estimates).flatMap(([name, estimate]) =>
        estimate && Number.isFinite(estimate.value) ? [[name, plain(estimate)]] : [],
      ),
    ),
  };
}

function plain({ value, low, high, assumption }: Estimate): Estimate {
  return { ...(numbers({ value, low, high }) as { value: number; low: number; high: number }), assumption };
}
