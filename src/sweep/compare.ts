// Anybody's runs beside each other: logs read as the doctor reads them, put into groups by what they were meant to be, and
// compared by their returns at the end.

import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { diagnose } from "../doctor/index.ts";
import { TemperedError } from "../errors.ts";
import { readPaths } from "../runs/readers/find-logs.node.ts";
import type { Series } from "../runs/series.ts";
import {
  aggregateInterval,
  type Interval,
  improvementInterval,
  interquartileMean,
} from "../statistics/index.ts";
import type { StudyReport } from "./report.ts";

/** One run of a comparison. */
export interface ComparedRun {
  readonly path: string;
  readonly group: string;
  /** "" where the log does not say. */
  readonly env: string;
  /** Mean return over the last tenth of the rows that have one: of evaluations where there are any, else of training. */
  readonly score: number;
  readonly verdict: string;
}

/** Runs of one setting, with their aggregate. */
export interface ComparedGroup {
  readonly group: string;
  readonly env: string;
  readonly iqm: Interval;
  readonly runs: number;
  /** How likely a run of this group is better than one of the environment's first; absent for that one itself. */
  readonly improvement: Interval | undefined;
  readonly verdicts: Readonly<Record<string, number>>;
}

/** Groups of runs beside each other, with intervals. */
export interface Comparison {
  /** In the order of the paths, environment by environment. */
  readonly groups: readonly ComparedGroup[];
  readonly runs: readonly ComparedRun[];
  /** Runs that say nothing of returns, and what could not be read. */
  readonly notes: readonly string[];
}

/**
 * @param paths directories of runs, or logs. A study of `tempered sweep` is grouped by its settings; of several paths each
 *   is a group; a single one is grouped by the names of its directories without seeds and times
 * @throws TemperedError (COMPARE) where no log has returns
 */
export async function compareRuns(paths: readonly string[]): Promise<Comparison> {
  const runs: ComparedRun[] = [];
  const notes: string[] = [];
  for (const path of paths) {
    const { series, errors } = await readPaths([path]);
    notes.push(...errors.map(({ message }) => message));
    const settings = studySettings(path);
    const nameOf = grouping(path, paths.length > 1, settings);
    const ids = [...(settings?.keys() ?? [])];
    const place = ({ path }: Series) => ids.findIndex((id) => path.includes(id));
    for (const log of [...series].sort((a, b) => place(a) - place(b))) {
      const score = scoreOf(log);
      if (score === undefined) notes.push(`${log.path}: no returns in this log`);
      else {
        const { verdict } = diagnose(log, log.declared);
        runs.push({ path: log.path, group: nameOf(log), env: log.declared.env ?? "", score, verdict });
      }
    }
  }
  if (runs.length === 0) {
    throw new TemperedError(
      "COMPARE",
      `Expected logs with returns at ${paths.join(", ")}, found none${notes.length > 0 ? `: ${notes[0]}` : ""}`,
    );
  }
  const inOne = paths.length > 1 ? inOneEnvironment(runs, notes) : runs;
  return { groups: groupsOf(inOne), runs: inOne, notes };
}

/** Whoever names groups to compare means the same task: a log that does not name it has the only one that others name. */
function inOneEnvironment(runs: readonly ComparedRun[], notes: string[]): readonly ComparedRun[] {
  const [env, ...others] = new Set(runs.flatMap((run) => (run.env === "" ? [] : [run.env])));
  const silent = runs.filter((run) => run.env === "").length;
  if (env === undefined || others.length > 0 || silent === 0) return runs;
  notes.push(
    `${silent} of ${runs.length} logs do not name their environment: taken for ${env}, as the others`,
  );
  return runs.map((run) => ({ ...run, env }));
}

function groupsOf(runs: readonly ComparedRun[]): ComparedGroup[] {
  return [...new Set(runs.map(({ env }) => env))].flatMap((env) => {
    const own = runs.filter((run) => run.env === env);
    const names = [...new Set(own.map(({ group }) => group))];
    const scores = (name: string) => [own.filter(({ group }) => group === name).map(({ score }) => score)];
    return names.map((group, i): ComparedGroup => {
      const verdicts: Record<string, number> = {};
      for (const run of own)
        if (run.group === group) verdicts[run.verdict] = (verdicts[run.verdict] ?? 0) + 1;
      return {
        group,
        env,
        iqm: aggregateInterval(scores(group), interquartileMean),
        runs: scores(group)[0]!.length,
        improvement:
          i === 0 ? undefined : improvementInterval(scores(group), scores(names[0]!), { resamples: 10_000 }),
        verdicts,
      };
    });
  });
}

/** The mean return over the last tenth of the rows that have one. */
function scoreOf({ columns }: Series): number | undefined {
  const evaluated = columns.evalReturn?.filter(Number.isFinite);
  const returns = evaluated && evaluated.length > 0 ? evaluated : columns.return?.filter(Number.isFinite);
  if (!returns || returns.length === 0) return undefined;
  const last = returns.slice(-Math.max(1, Math.floor(returns.length / 10)));
  return last.reduce((sum, value) => sum + value, 0) / last.length;
}

function grouping(path: string, isGroup: boolean, settings: ReadonlyMap<string, string> | undefined) {
  return (log: Series): string => {
    const below = relative(path, log.path).replaceAll("\\", "/").split("/");
    const id = below.find((part) => settings?.has(part));
    if (id !== undefined) return isGroup ? `${path} ${settings!.get(id)}` : settings!.get(id)!;
    if (isGroup) return path;
    // Files about the same run lie in its directory.
    const directory = below.slice(0, -1).join("/");
    return withoutSeed(directory === "" ? below.join("/") : directory);
  };
}

/** A run's name without what sets it apart from the same with another seed: env__exp__SEED__TIME, SAC_3, seed-3, 3. */
export function withoutSeed(name: string): string {
  const bare = name
    .replaceAll(/(?<=^|[/_\-. ])s(?:eed)?[_\-=]?\d+(?=$|[/_\-. ])/gi, "")
    .replaceAll(/(?<=^|[/_ ]|(?<!\de)-)\d+(?=$|[/_\- ])/gi, "")
    .replaceAll(/[_\-. ]+(?=$|\/)|(?<=^|\/)[_\-. ]+/g, "")
    .replaceAll(/\/+/g, "/")
    .replaceAll(/^\/|\/$/g, "");
  return bare === "" ? "runs" : bare;
}

/** Settings by run id, where the path is a study's. */
function studySettings(path: string): ReadonlyMap<string, string> | undefined {
  const file = join(path, "report.json");
  if (!existsSync(file)) return undefined;
  const report = JSON.parse(readFileSync(file, "utf8")) as Partial<StudyReport>;
  if (report.format !== "tempered-study/1") return undefined;
  return new Map(report.runs?.map(({ id, setting }) => [id, setting]));
}
