// Files in, runs out: several event files of one directory are one run, files of one metric each are put together, and
// settings are taken from the files beside a log. Works on any list of named sources; finding files is not done here.

import { isRunManifest } from "../run-manifest.ts";
import type { DeclaredSettings, Series } from "../series.ts";
import { parseJson } from "./json-parser.ts";
import { LogError } from "./log-error.ts";
import { metricDirectory } from "./metric-parser.ts";
import type { ParsedLog } from "./parsed-log.ts";
import type { Program } from "./programs.ts";
import { readLog } from "./read-log.ts";
import { type RawSettings, settingsFromJson, settingsFromTable, settingsFromYaml } from "./settings.ts";
import type { LogSource } from "./source.ts";
import { joinByRow, joinByStep, resumed, type Strand, strandsOf } from "./table.ts";
import { seriesOf, type TableOrigin } from "./table-to-series.ts";
import { isAlphaTag, plainTag, programOf, WALL_TIME } from "./tags.ts";

/** A file of settings that lies beside a log. */
export interface SettingsFile {
  readonly path: string;
  readonly text: string;
}

/** Files to read runs from. */
export interface RunFiles {
  /** Every log, in any order. */
  readonly logs: readonly LogSource[];
  /** Files of settings; one counts for the logs of its directory and of those below. */
  readonly settings?: readonly SettingsFile[];
}

/** The runs that were found, and what could not be read. */
export interface ReadRuns {
  readonly series: readonly Series[];
  /** Sources that are no log, or a log without a known quantity. */
  readonly errors: readonly LogError[];
}

interface KnownSettings {
  readonly raw: RawSettings;
  readonly declared: DeclaredSettings | undefined;
}

/** One log by itself. @throws LogError where it is none or says nothing about SAC */
export async function readSeries(source: LogSource): Promise<Series[]> {
  const { series, errors } = await readRuns({ logs: [source] });
  if (series.length === 0) throw errors[0]!;
  return [...series];
}

/** Reads logs with the settings beside them. Files that are none come back as errors; nothing is thrown for them. */
export async function readRuns({ logs, settings = [] }: RunFiles): Promise<ReadRuns> {
  const errors: LogError[] = [];
  const parsed: ParsedLog[] = [];
  for (const source of logs) {
    try {
      parsed.push(await readLog(source));
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
      errors.push(error);
    }
  }
  const runs = runsOf(parsed, settings);
  return { series: runs.series, errors: [...errors, ...runs.errors] };
}

/** Logs that were parsed, or are being parsed still, as runs. */
export function runsOf(parsed: readonly ParsedLog[], settings: readonly SettingsFile[]): ReadRuns {
  const errors: LogError[] = [];
  const series: Series[] = [];
  for (const group of groupsOf(parsed)) {
    const found = readGroup(group, settings);
    if (found.length > 0) series.push(...found);
    else errors.push(...group.logs.map(noQuantity));
  }
  return { series, errors };
}

/** Logs that may be of one run. */
interface Group {
  readonly path: string;
  readonly logs: ParsedLog[];
}

/** Event files by directory, files of one metric by run, everything else alone. */
function groupsOf(logs: readonly ParsedLog[]): Group[] {
  const groups = new Map<string, Group>();
  for (const log of logs) {
    const kind = log.metric !== undefined ? "metric" : log.format;
    const together =
      kind === "metric" ? metricDirectory(log.path) : kind === "tfevents" ? directoryOf(log.path) : "";
    const shared = kind === "metric" || kind === "tfevents";
    const key = shared ? `${kind}:${together}` : `file:${log.path}`;
    const group = groups.get(key);
    if (group) group.logs.push(log);
    else groups.set(key, { path: log.path, logs: [log] });
  }
  return [...groups.values()].map(({ path, logs: members }) => {
    const ordered = members.toSorted((a, b) => a.startedAt - b.startedAt || (a.path < b.path ? -1 : 1));
    return { path: members.length > 1 ? metricDirectory(path) || path : path, logs: ordered };
  });
}

function readGroup(group: Group, settings: readonly SettingsFile[]): Series[] {
  const [first] = group.logs;
  if (first!.metric !== undefined) {
    const strands = group.logs.flatMap((log) => strandsOf(log.points.runs.get("") ?? new Map()));
    return strands.length === 0 ? [] : seriesOf(joinByStep(strands), originOf(group, group.path, settings));
  }
  if (first!.axis === "step") {
    return eventRuns(group.logs).flatMap(({ logs, strands }) => {
      const path = logs.length > 1 ? directoryOf(logs[0]!.path) || logs[0]!.path : logs[0]!.path;
      return seriesOf(joinByStep(strands), originOf({ path, logs }, path, settings));
    });
  }
  return [...first!.points.runs].flatMap(([name, columns]) => {
    const path = name ? `${group.path}#${name}` : group.path;
    return seriesOf(joinByRow(columns), originOf(group, path, settings));
  });
}

/** E-folds that α may move between the last row of a run and the first of its continuation. */
const MAX_ALPHA_JUMP = 1;

interface EventRun {
  readonly logs: ParsedLog[];
  strands: readonly Strand[];
}

/**
 * Which event files of a directory are one run: several writers of different tags, or a program that was started again
 * and went on. Trainings whose steps overlap are runs of their own, and so is one that begins with another α.
 */
function eventRuns(logs: readonly ParsedLog[]): EventRun[] {
  const runs: EventRun[] = [];
  for (const log of logs) {
    const strands = strandsOf(log.points.runs.get("") ?? new Map());
    if (strands.length === 0) continue;
    const tagged = strands.filter(({ tag }) => tag !== WALL_TIME);
    const follows = (run: EventRun) => {
      const shared = tagged.flatMap((later) => {
        const earlier = run.strands.find(({ tag }) => tag === later.tag);
        return earlier && earlier.at.length > 0 ? [{ earlier, later }] : [];
      });
      return shared.length > 0 && shared.every(({ earlier, later }) => goesOn(earlier, later));
    };
    const program = programOfStrands(strands);
    const isBeside = (run: EventRun) => {
      const other = programOfStrands(run.strands);
      const sameProgram = program === other || program === undefined || other === undefined;
      return sameProgram && run.strands.every(({ tag }) => tagged.every((strand) => strand.tag !== tag));
    };
    const run = runs.findLast(follows) ?? runs.find(isBeside);
    if (run === undefined) runs.push({ logs: [log], strands });
    else {
      run.logs.push(log);
      run.strands = resumed(run.strands, strands);
    }
  }
  return runs;
}

/** Whether a tag's later points are the same training's: all of them after the earlier ones, and α where it was. */
function goesOn(earlier: Strand, later: Strand): boolean {
  const end = earlier.at.length - 1;
  if (later.at[0]! <= earlier.at[end]!) return false;
  if (!isAlphaTag(earlier.tag)) return true;
  const jump = Math.abs(Math.log(later.values[0]! / earlier.values[end]!));
  return !(jump > MAX_ALPHA_JUMP);
}

function programOfStrands(strands: readonly Strand[]): Program | undefined {
  return programOf(new Set(strands.map(({ tag }) => plainTag(tag))));
}

function originOf(group: Group, path: string, settings: readonly SettingsFile[]): TableOrigin {
  const { raw, declared } = settingsBeside(group, settings);
  for (const log of group.logs) for (const [name, value] of log.settings) raw.set(name, value);
  const { format, axis } = group.logs[0]!;
  const thinned = group.logs.some((log) => log.points.stride > 1);
  return { path, format, axis, settings: raw, notes: notesOf(group), thinned, declared };
}

function notesOf({ logs }: Group): string[] {
  const several = logs.length > 1;
  const notes = logs.flatMap((log) => {
    const prefix = several ? `${log.path.slice(log.path.lastIndexOf("/") + 1)}: ` : "";
    const stride = log.points.stride;
    const thinned =
      stride > 1
        ? [`The log is very long: of its points every ${stride === 2 ? "2nd" : `${stride}th`} was kept.`]
        : [];
    return [...log.notes, ...thinned].map((note) => prefix + note);
  });
  const merged = `${logs.length} event files of this directory were read as one run.`;
  return several && logs[0]!.metric === undefined ? [merged, ...notes] : notes;
}

/** Settings of the log's directory over those of the directories above it. */
function settingsBeside(group: Group, files: readonly SettingsFile[]): KnownSettings {
  const raw: RawSettings = new Map();
  let declared: DeclaredSettings | undefined;
  const isAbove = (directory: string) =>
    group.logs.every((log) => directory === "" || log.path.startsWith(`${directory}/`));
  const above = files
    .map((file) => ({ file, directory: settingsDirectory(file.path) }))
    .filter(({ directory }) => isAbove(directory))
    .sort((a, b) => a.directory.length - b.directory.length);
  for (const { file } of above) {
    const text = file.text.replace(/^\ufeff/, "");
    const json = parseJson(text);
    if (isRunManifest(json)) declared = { env: json.env, ...json.declared };
    else if (typeof json === "object" && json !== null) settingsFromJson(json, raw);
    else if (/^\s*\|.*\|/.test(text)) settingsFromTable(text, raw);
    else settingsFromYaml(text, raw);
  }
  return { raw, declared };
}

/** Hydra keeps its settings in a directory of their own below the run's. */
function settingsDirectory(path: string): string {
  return directoryOf(path).replace(/(^|\/)\.hydra$/, "");
}

function directoryOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}

function noQuantity(log: ParsedLog): LogError {
  const { unknownTags } = log.points;
  const found = unknownTags.length > 0 ? `found only ${unknownTags.join(", ")}` : "found no named number";
  return new LogError(
    "LOG_NO_QUANTITY",
    log.path,
    "",
    `Expected the log of a SAC program with a column such as alpha, train/ent_coef or losses/alpha; ${found} (read as ${log.format}).`,
  );
}
