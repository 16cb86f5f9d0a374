// What became of a run: its row in the report.

import { existsSync, readFileSync } from "node:fs";
import { diagnose, type FindingId, type Verdict } from "../doctor/index.ts";
import { readPaths } from "../runs/readers/find-logs.node.ts";
import type { Series } from "../runs/series.ts";
import { readRun } from "../training/run-directory.ts";
import type { PlannedRun } from "./plan.ts";
import { progressOf, runPath } from "./run-store.ts";
import { failurePath } from "./segment-store.ts";
import { type Stopped, stoppedOf } from "./stopped.ts";

/** "missing" is what was not begun, "running" what was and has not ended, "stopped" what was ended before its time. */
export type Status = "finished" | "failed" | "stopped" | "running" | "missing";

export interface RunOutcome {
  readonly id: string;
  readonly env: string;
  readonly setting: string;
  readonly seed: number;
  readonly status: Status;
  /** Mean return of the final evaluation; null before the run has finished. */
  readonly meanReturn: number | null;
  /** The doctor's; null before the run has ended. */
  readonly verdict: Verdict | null;
  /** Ids of the doctor's errors and warnings. */
  readonly findings: readonly FindingId[];
  /** At the end; null before. */
  readonly alpha: number | null;
  readonly entropy: number | null;
  readonly steps: number;
  /** Of learning. */
  readonly seconds: number | null;
  /** Why a run failed. */
  readonly error?: string;
  /** Why a run was stopped. */
  readonly stopped?: Stopped;
}

/** A run that has ended, with its log. */
export interface EndedRun {
  readonly outcome: RunOutcome;
  readonly series: Series | undefined;
}

/** Of a run that was not begun. */
export function blankOutcome({ id, env, setting, seed }: PlannedRun): RunOutcome {
  return {
    id,
    env,
    setting,
    seed,
    status: "missing",
    meanReturn: null,
    verdict: null,
    findings: [],
    alpha: null,
    entropy: null,
    steps: 0,
    seconds: null,
  };
}

/** @param out the study's directory */
export async function outcomeOf(out: string, run: PlannedRun): Promise<EndedRun> {
  const { id } = run;
  const progress = progressOf(out, id);
  const blank = blankOutcome(run);
  if (progress !== "ended") {
    const failure = failurePath(out, id);
    if (existsSync(failure)) {
      const { message } = JSON.parse(readFileSync(failure, "utf8")) as { message: string };
      return { outcome: { ...blank, status: "failed", error: message }, series: undefined };
    }
    return { outcome: { ...blank, status: progress > 0 ? "running" : "missing" }, series: undefined };
  }
  const path = runPath(out, id);
  const { manifest, metrics } = readRun(path);
  const result = (manifest.result ?? {}) as {
    outcome?: string;
    steps?: number;
    seconds?: number;
    eval?: { meanReturn?: number };
    error?: { message?: string };
  };
  const { series } = await readPaths([path]);
  const log = series.find(({ columns }) => columns.alpha) ?? series[0];
  const diagnosis = log && diagnose(log, log.declared);
  const last = metrics.at(-1) ?? {};
  const stopped = stoppedOf(out, id);
  return {
    series: log,
    outcome: {
      ...blank,
      status: stopped ? "stopped" : result.outcome === "finished" ? "finished" : "failed",
      meanReturn: finiteOrNull(result.eval?.meanReturn),
      verdict: diagnosis?.verdict ?? null,
      findings: diagnosis?.findings.filter(({ severity }) => severity !== "info").map(({ id }) => id) ?? [],
      alpha: finiteOrNull(last["train/ent_coef"]),
      entropy: finiteOrNull(last["train/entropy"]),
      steps: result.steps ?? 0,
      seconds: finiteOrNull(result.seconds),
      ...(stopped && { stopped }),
      ...(result.error?.message && { error: result.error.message }),
    },
  };
}

function finiteOrNull(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
