// A study in the watched folder: what a sweep planned, and what of its runs is there. Settings become bands over their
// seeds, computed anew only where a run has grown.

import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { RunSummary } from "../curves/protocol.ts";
import type { RunCurves } from "../curves/run-curves.ts";
import {
  STUDY_CURVES,
  type StudyBand,
  type StudyCurve,
  type StudyPlan,
  type StudyRun,
  type StudyRunState,
  type StudySetting,
  type StudyView,
} from "../curves/study-protocol.ts";
import { quantile } from "../statistics/index.ts";

/** A run as the dashboard holds it. */
export interface StudiedRun {
  readonly curves: RunCurves;
  readonly summary: RunSummary;
}

const POINTS = 80;
/** A plan of 100,000 runs has a tenth of that. */
const MOST_BYTES = 200_000_000;

export class WatchedStudy {
  readonly #folder: string;
  #plan: { readonly version: string; readonly plan: StudyPlan | undefined } | undefined;
  readonly #bands = new Map<string, { key: readonly RunCurves[]; bands: StudySetting["bands"] }>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @returns undefined where the folder is no study's */
  view(runs: Iterable<StudiedRun>): StudyView | undefined {
    const plan = this.#read();
    if (!plan) return undefined;
    const found = new Map<string, StudiedRun>();
    for (const run of runs) {
      const id = idIn(run.summary.name);
      const other = id === undefined ? undefined : found.get(id);
      // Of several attempts the one that has come furthest.
      if (id !== undefined && (!other || lastStep(other) < lastStep(run))) found.set(id, run);
    }
    const groups = new Map<string, StudyRun[]>();
    for (const run of plan.runs) {
      const key = `${run.env}\0${run.setting}`;
      groups.set(key, [...(groups.get(key) ?? []), run]);
    }
    const settings = [...groups].map(([key, planned]): StudySetting => {
      const { env, setting } = planned[0]!;
      const there = planned.flatMap(({ id }) => found.get(id)?.curves ?? []);
      return {
        env,
        setting,
        bands: this.#bandsOf(key, there),
        runs: planned.map((run) => this.#stateOf(run, found.get(run.id))),
      };
    });
    return { name: plan.name, settings };
  }

  #read(): StudyPlan | undefined {
    const path = join(this.#folder, "plan.json");
    try {
      const { mtimeMs, size } = statSync(path);
      const version = `${mtimeMs} ${size}`;
      if (this.#plan?.version !== version)
        this.#plan = { version, plan: size > MOST_BYTES ? undefined : planIn(readFileSync(path, "utf8")) };
      return this.#plan.plan;
    } catch {
      return undefined;
    }
  }

  #bandsOf(key: string, curves: readonly RunCurves[]): StudySetting["bands"] {
    const known = this.#bands.get(key);
    if (known && known.key.length === curves.length && known.key.every((each, i) => each === curves[i]))
      return known.bands;
    const bands: Partial<Record<StudyCurve, StudyBand>> = {};
    for (const curve of STUDY_CURVES) {
      const band = bandOf(curves, curve);
      if (band) bands[curve] = band;
    }
    this.#bands.set(key, { key: curves, bands });
    return bands;
  }

  #stateOf({ id, seed, steps }: StudyRun, run: StudiedRun | undefined): StudyRunState {
    const below = (...parts: string[]) => existsSync(join(this.#folder, "runs", ...parts));
    const failed = below(`${id}.failed.json`);
    const ended = run?.summary.name.startsWith("runs/") ?? false;
    const last: Partial<Record<StudyCurve, number>> = {};
    for (const curve of STUDY_CURVES) {
      const value = run?.summary.last[curve];
      if (value !== undefined) last[curve] = value;
    }
    const step = run ? lastStep(run) : 0;
    const status =
      failed || (ended && step < steps && !below(id, "stopped.json"))
        ? "failed"
        : ended
          ? step < steps
            ? "stopped"
            : "ended"
          : run
            ? "running"
            : "missing";
    return {
      id,
      seed,
      steps,
      step,
      status,
      last,
      ...(run && { run: run.summary.id }),
      ...(run?.summary.verdict && { verdict: run.summary.verdict }),
      findings:
        run?.summary.findings
          .filter(({ severity }) => severity !== "info")
          .map(({ id, severity, range }) => ({ id, severity, from: range.step?.[0] })) ?? [],
    };
  }
}

/** The run's id in its path below the study: runs/ID, work/ID/attempt-3-TOKEN. */
function idIn(name: string): string | undefined {
  return /^(?:runs|work)\/([0-9a-f]{16})(?:\/|$)/.exec(name)?.[1];
}

function lastStep({ curves }: StudiedRun): number {
  return curves.axes.step?.findLast(Number.isFinite) ?? 0;
}

/** Over the runs that have come so far, as long as half of them have. */
export function bandOf(runs: readonly RunCurves[], curve: StudyCurve): StudyBand | undefined {
  const lines = runs.flatMap(({ axes, curves }) => {
    const [x, y] = [axes.step, curves[curve]];
    const first = y?.findIndex(Number.isFinite) ?? -1;
    return x && y && first >= 0 ? [{ x, y, from: x[first]!, to: x.findLast(Number.isFinite) ?? 0 }] : [];
  });
  if (lines.length === 0) return undefined;
  const from = Math.min(...lines.map((line) => line.from));
  const to = Math.max(...lines.map((line) => line.to));
  const band = { x: [] as number[], median: [] as number[], low: [] as number[], high: [] as number[] };
  const rows = lines.map(() => 0);
  for (let k = 0; k < POINTS; k++) {
    const at = from + ((to - from) * k) / (POINTS - 1);
    const values = lines.flatMap(({ x, y, from, to }, i) => {
      let row = rows[i]!;
      while (row + 1 < x.length && !(x[row + 1]! > at)) row++;
      rows[i] = row;
      if (at < from || at > to) return [];
      while (row > 0 && !Number.isFinite(y[row]!)) row--;
      return Number.isFinite(y[row]!) ? [y[row]!] : [];
    });
    if (values.length === 0 || 2 * values.length < lines.length) continue;
    const sorted = Float64Array.from(values).sort();
    band.x.push(rounded(at));
    band.median.push(rounded(quantile(sorted, 0.5)));
    band.low.push(rounded(quantile(sorted, 0.25)));
    band.high.push(rounded(quantile(sorted, 0.75)));
  }
  return band.x.length > 1 ? band : undefined;
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

/** Somebody else's file of that name is no plan. */
function planIn(text: string): StudyPlan | undefined {
  const plan = JSON.parse(text) as StudyPlan;
  if (plan?.format !== "tempered-plan/1" || typeof plan.name !== "string" || !Array.isArray(plan.runs))
    return undefined;
  const isRun = (run: StudyRun) =>
    [run?.id, run?.env, run?.setting].every((each) => typeof each === "string") &&
    /^[0-9a-f]{16}$/.test(run.id) &&
    [run.seed, run.steps].every(Number.isFinite);
  return plan.runs.every(isRun) ? plan : undefined;
}
