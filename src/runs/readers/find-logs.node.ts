// Reading what a path names: a log, or a directory that is searched with all below it. Of the files that one program
// writes about the same run side by side (progress.csv, log.txt, event files) the most exact is read.

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Series } from "../series.ts";
import { LogError } from "./log-error.ts";
import type { ReadRuns, SettingsFile } from "./read-runs.ts";
import { readRuns } from "./read-runs.ts";
import { directoryOf, type FoundLogs, findLogs, settingsIn } from "./search-logs.node.ts";
import type { LogSource } from "./source.ts";

/** Findings about by-products, of interest only where nothing else was found. */
const NOT_A_LOG = new Set(["LOG_NO_QUANTITY", "LOG_EMPTY"]);

export interface ReadPathsOptions {
  /** Read for the path `-`; default `process.stdin`. */
  readonly stdin?: AsyncIterable<Uint8Array>;
}

/**
 * Reads every run at the paths. Files in a searched directory that are no logs are passed over in silence.
 * @param paths files, directories, or `-` for standard input
 * @returns runs in the order of the paths; `errors` for what was named, or found and looked like a log, but is not
 */
export async function readPaths(paths: readonly string[], options: ReadPathsOptions = {}): Promise<ReadRuns> {
  const results: ReadRuns[] = [];
  for (const path of paths) results.push(await readPath(path, options));
  return {
    series: results.flatMap(({ series }) => series),
    errors: results.flatMap(({ errors }) => errors),
  };
}

async function readPath(path: string, options: ReadPathsOptions): Promise<ReadRuns> {
  if (path === "-") return readRuns({ logs: [{ path: "-", bytes: options.stdin ?? process.stdin }] });
  const plain = path.replaceAll("\\", "/").replace(/(?<=.)\/+$/, "");
  let isDirectory: boolean;
  try {
    isDirectory = (await stat(plain)).isDirectory();
  } catch (error) {
    const message = `Expected a log file or a directory, but it cannot be opened: ${(error as Error).message}.`;
    return { series: [], errors: [new LogError("LOG_NOT_FOUND", path, "", message, { cause: error })] };
  }
  if (!isDirectory) return readFileWithSettings(plain);
  return readDirectory(plain);
}

async function readFileWithSettings(path: string): Promise<ReadRuns> {
  const directory = directoryOf(path);
  const settings = await settingsIn(directory);
  return readRuns({ logs: [fileSource(path)], settings });
}

async function readDirectory(root: string): Promise<ReadRuns> {
  const found = await findLogs(root);
  const read: ReadLogs = (paths, settings) => readRuns({ logs: paths.map(fileSource), settings });
  const { series, errors } = await readFound(found, read);
  if (series.length > 0 || errors.length > 0) return { series, errors };
  const message = `Expected logs of SAC programs in this directory or below, found none among ${found.files} files.`;
  return { series, errors: [new LogError("LOG_NOT_FOUND", root, "", message)] };
}

/** Reads logs that may be of one run. */
export type ReadLogs = (paths: readonly string[], settings: readonly SettingsFile[]) => Promise<ReadRuns>;

/** Reads what was found, of files about the same run the most exact. */
export async function readFound(found: FoundLogs, read: ReadLogs): Promise<ReadRuns> {
  const results: ReadRuns[] = [];
  for (const { companions, others, settings } of found.directories) {
    for (const candidates of companions) {
      const result = await read(candidates, settings);
      results.push(result);
      if (!result.series.some(({ columns }) => columns.alpha)) continue;
      const events = companions.find((group) => group !== candidates && /tfevents/.test(group[0]!));
      if (events && events.length > 0) results.push(await otherRuns(events, settings, result.series, read));
      break;
    }
    if (others.length > 0) results.push({ series: (await read(others, settings)).series, errors: [] });
  }
  if (found.metrics.length > 0) {
    results.push({ series: (await read(found.metrics, found.settings)).series, errors: [] });
  }
  const series = preferAlpha(results.flatMap((result) => result.series));
  const worthSaying = (error: LogError) => series.length === 0 || !NOT_A_LOG.has(error.code);
  return { series, errors: results.flatMap((result) => result.errors).filter(worthSaying) };
}

/** Event files beside a table may be of other trainings: those whose α the table does not hold. */
async function otherRuns(
  events: readonly string[],
  settings: readonly SettingsFile[],
  known: readonly Series[],
  read: ReadLogs,
): Promise<ReadRuns> {
  const { series, errors } = await read(events, settings);
  const values = new Set(
    known.flatMap(({ columns }) => [...(columns.alpha ?? [])].map((x) => x.toPrecision(5))),
  );
  const isKnown = ({ columns }: Series) => {
    const alpha = columns.alpha?.filter(Number.isFinite) ?? [];
    return 2 * alpha.filter((x) => values.has(x.toPrecision(5))).length >= alpha.length;
  };
  const note = "This event file lies beside a table that does not hold it: it is another run's.";
  const others = series.filter((run) => run.columns.alpha && !isKnown(run));
  return { series: others.map((run) => ({ ...run, notes: [note, ...run.notes] })), errors };
}

/** A directory of runs holds by-products too (evaluations, monitors): with α somewhere, logs without α are those. */
function preferAlpha<T extends { readonly columns: { readonly alpha?: unknown } }>(series: T[]): T[] {
  const withAlpha = series.filter(({ columns }) => columns.alpha !== undefined);
  return withAlpha.length > 0 ? withAlpha : series;
}

/** Opened when it is read, so that a directory of any number of logs takes one descriptor at a time. */
function fileSource(path: string): LogSource {
  const open = () => createReadStream(path, { highWaterMark: 256 * 1024 });
  return { path, bytes: { [Symbol.asyncIterator]: () => open()[Symbol.asyncIterator]() } };
}
