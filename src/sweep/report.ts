// The report of a study as data: every run, and for every setting the interquartile mean over its seeds with a 95%
// bootstrap interval. Environments are kept apart: their returns have nothing in common.

import { aggregateInterval, interquartileMean } from "../statistics/index.ts";
import { grouped, short } from "../text/numbers.ts";
import type { RunOutcome } from "./outcome.ts";
import type { Stopped } from "./stopped.ts";

export interface SettingSummary {
  readonly env: string;
  readonly setting: string;
  /** Of the final returns; null before a run has finished. */
  readonly iqm: number | null;
  /** 95% interval; null before two runs have finished: one says nothing of how sure it is. */
  readonly low: number | null;
  readonly high: number | null;
  /** Finished ones, over which the figures are. */
  readonly runs: number;
  readonly failed: number;
  /** Ended before their time, by halving or by the doctor. */
  readonly stopped: number;
  /** Why, and where: the first of them; null where there are none. */
  readonly stop: Stopped | null;
  /** Interquartile means at the end; null before a run has finished. */
  readonly alpha: number | null;
  readonly entropy: number | null;
  /** How many runs got each verdict of the doctor's. */
  readonly verdicts: Readonly<Record<string, number>>;
}

export interface StudyReport {
  readonly format: "tempered-study/1";
  readonly name: string;
  /** Of tempered. */
  readonly version: string;
  readonly runs: readonly RunOutcome[];
  readonly settings: readonly SettingSummary[];
}

export function studyReport(name: string, version: string, runs: readonly RunOutcome[]): StudyReport {
  const groups = new Map<string, RunOutcome[]>();
  for (const run of runs) groups.set(keyOf(run), [...(groups.get(keyOf(run)) ?? []), run]);
  return { format: "tempered-study/1", name, version, runs, settings: [...groups.values()].map(summary) };
}

function keyOf({ env, setting }: RunOutcome): string {
  return `${env}\0${setting}`;
}

function summary(runs: readonly RunOutcome[]): SettingSummary {
  const { env, setting } = runs[0]!;
  const finished = runs.filter(({ meanReturn }) => meanReturn !== null);
  const values = (name: "meanReturn" | "alpha" | "entropy") => finished.flatMap((run) => run[name] ?? []);
  const middle = (name: "alpha" | "entropy") =>
    values(name).length > 0 ? interquartileMean([values(name)]) : null;
  const interval =
    finished.length > 0 ? aggregateInterval([values("meanReturn")], interquartileMean) : undefined;
  const stops = runs.flatMap(({ stopped }) => stopped ?? []);
  const verdicts: Record<string, number> = {};
  for (const { verdict } of runs) if (verdict) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  return {
    env,
    setting,
    iqm: interval?.value ?? null,
    low: finished.length > 1 ? interval!.low : null,
    high: finished.length > 1 ? interval!.high : null,
    runs: finished.length,
    failed: runs.filter(({ status }) => status === "failed").length,
    stopped: stops.length,
    stop: stops[0] ?? null,
    alpha: middle("alpha"),
    entropy: middle("entropy"),
    verdicts,
  };
}

/** How a run was stopped, in words. */
export function stopText(stopped: Stopped): string {
  const at = `stopped at step ${grouped(stopped.step)}`;
  if (stopped.by === "doctor") return `${at}: ${stopped.finding}`;
  const { rung, score, needed } = stopped;
  const value = (number: number | null) => (number === null ? "no return" : short(number));
  return `${at}, rung ${rung}: ${value(score)}, where ${value(needed)} went on`;
}
