// Finding logs in the file system: a path names a log, or a directory that is searched with all below it. Of the files
// that one program writes about the same run side by side (progress.csv, log.txt, event files) the most exact is read.

import { createReadStream, type Dirent } from "node:fs";
import { open, readdir, readFile, realpath, stat } from "node:fs/promises";
import type { Series } from "../series.ts";
import { HEAD_BYTES, parserFor } from "./detect.ts";
import { LogError } from "./log-error.ts";
import type { ReadRuns, SettingsFile } from "./read-runs.ts";
import { readRuns } from "./read-runs.ts";
import { isGzip, type LogSource } from "./source.ts";

/** Findings about by-products, of interest only where nothing else was found. */
const NOT_A_LOG = new Set(["LOG_NO_QUANTITY", "LOG_EMPTY"]);
const MAX_DEPTH = 24;
const MAX_FILES = 50_000;
const MAX_SETTINGS_BYTES = 1024 * 1024;

/** Files of settings, by the names that programs give them. */
const SETTINGS =
  /^(?:config|args|flags|hparams|params|variant|arguments|options|hyperparameters|run|overrides)\.(?:json|ya?ml)$/i;
/** Directories that hold no logs. */
const SKIPPED = new Set(["node_modules", ".git", "__pycache__", ".venv", "venv", "site-packages"]);
/** Files that a program writes about one run side by side, most exact first. */
const COMPANIONS: readonly RegExp[] = [
  /^metrics\.jsonl$/,
  /^progress\.csv$/,
  /^progress\.txt$/,
  /^result\.json$/,
  /^progress\.json$/,
  /^train\.csv$/,
  /tfevents/,
  /^(?:log|stdout|output|debug)\.(?:txt|log)$/,
];
/** In a directory nobody meant every prose file as a log. */
const PRINTED = /\.(?:txt|log|out|err)(?:\.gz)?$/i;

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
      if (events && events.length > 1) results.push(await otherRuns(events, settings, result.series, read));
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

/** Several event files beside a table may be of other trainings: those whose α the table does not hold. */
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
  return { series: series.filter((run) => !isKnown(run)), errors };
}

/** A directory of runs holds by-products too (evaluations, monitors): with α somewhere, logs without α are those. */
function preferAlpha<T extends { readonly columns: { readonly alpha?: unknown } }>(series: T[]): T[] {
  const withAlpha = series.filter(({ columns }) => columns.alpha !== undefined);
  return withAlpha.length > 0 ? withAlpha : series;
}

export interface FoundLogs {
  readonly directories: readonly FoundDirectory[];
  /** Files that hold one metric each, of whatever directory. */
  readonly metrics: readonly string[];
  /** Every file of settings. */
  readonly settings: readonly SettingsFile[];
  /** How many files were looked at. */
  readonly files: number;
}

export interface FoundDirectory {
  /** Files about the same run, in groups: most exact first. */
  readonly companions: readonly (readonly string[])[];
  readonly others: readonly string[];
  /** Of the directory and of those above it. */
  readonly settings: readonly SettingsFile[];
}

export interface FindLogsOptions {
  /** Leaves out links that lead out of the directory, and settings above it. Default false. */
  readonly confined?: boolean;
  /** What files of no telling name were at the last search; kept up to date. */
  readonly known?: Map<string, KnownFile>;
}

/** A file by its first bytes; looked at again when its size is another. */
export interface KnownFile {
  readonly size: number;
  readonly kind: FileKind;
}

type FileKind = "log" | "metric" | undefined;

/** Searches a directory and all below it for logs, without reading them. */
export async function findLogs(root: string, options: FindLogsOptions = {}): Promise<FoundLogs> {
  const found = await search(root, options.confined ?? false);
  const allMetrics: string[] = [];
  const directories: FoundDirectory[] = [];
  for (const [directory, files] of found.directories) {
    const settings = found.settings.filter(({ path }) => {
      const above = directoryOf(path).replace(/(?:^|\/)\.hydra$/, "");
      return directory === above || directory.startsWith(`${above}/`);
    });
    const { companions, others, metrics } = await sortOut(directory, files, options.known);
    allMetrics.push(...metrics);
    directories.push({ companions, others, settings });
  }
  return { directories, metrics: allMetrics, settings: found.settings, files: found.files };
}

interface SortedFiles {
  /** Files about the same run, in groups: most exact first. */
  readonly companions: readonly (readonly string[])[];
  readonly others: readonly string[];
  readonly metrics: readonly string[];
}

async function sortOut(
  directory: string,
  names: readonly string[],
  known: Map<string, KnownFile> | undefined,
): Promise<SortedFiles> {
  const companions: string[][] = [];
  const others: string[] = [];
  const metrics: string[] = [];
  for (const name of names) {
    const path = `${directory}/${name}`;
    const rank = COMPANIONS.findIndex((pattern) => pattern.test(name.replace(/\.gz$/, "")));
    if (rank >= 0) {
      companions[rank] = [...(companions[rank] ?? []), path];
      continue;
    }
    const kind = known ? await kindSince(path, known) : await kindOf(path);
    if (kind === "metric") metrics.push(path);
    else if (kind === "log") others.push(path);
  }
  return { companions: companions.filter((group) => group !== undefined), others, metrics };
}

async function kindSince(path: string, known: Map<string, KnownFile>): Promise<FileKind> {
  const size = (await stat(path).catch(() => undefined))?.size ?? 0;
  const before = known.get(path);
  if (before && (before.size === size || (before.kind !== undefined && before.size < size)))
    return before.kind;
  const kind = await kindOf(path);
  known.set(path, { size, kind });
  return kind;
}

/** What a file is by its first bytes. */
async function kindOf(path: string): Promise<FileKind> {
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.subarray(0, bytesRead);
    if (bytesRead === 0) return undefined;
    if (isGzip(head)) return /\.(?:csv|jsonl?|txt|log|tsv)\.gz$|tfevents/i.test(path) ? "log" : undefined;
    const log = parserFor(path, head)?.log;
    if (log === undefined || (log.format === "text" && !PRINTED.test(path))) return undefined;
    return log.metric === undefined ? "log" : "metric";
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

interface Found {
  readonly directories: Map<string, string[]>;
  readonly settings: readonly SettingsFile[];
  readonly files: number;
}

async function search(root: string, confined: boolean): Promise<Found> {
  const directories = new Map<string, string[]>();
  const within = confined ? await realpath(root).catch(() => root) : "";
  const isOutside = (real: string) => confined && real !== within && !real.startsWith(`${within}/`);
  const settings = confined ? [] : [...(await settingsIn(directoryOf(root)))];
  const visited = new Set<string>();
  let files = 0;
  const visit = async (directory: string, depth: number): Promise<void> => {
    const real = await realpath(directory).catch(() => undefined);
    if (real === undefined || visited.has(real) || depth > MAX_DEPTH || files > MAX_FILES) return;
    if (isOutside(real)) return;
    visited.add(real);
    settings.push(...(await settingsIn(directory, isOutside)));
    const logs: string[] = [];
    const below: string[] = [];
    for (const entry of await entriesOf(directory)) {
      const kind = await kindOfEntry(directory, entry, isOutside);
      if (kind === "file" && !SETTINGS.test(entry.name)) logs.push(entry.name);
      else if (kind === "directory" && !SKIPPED.has(entry.name)) below.push(entry.name);
    }
    files += logs.length;
    if (logs.length > 0) directories.set(directory, logs);
    for (const name of below) await visit(`${directory === "/" ? "" : directory}/${name}`, depth + 1);
  };
  await visit(root, 0);
  return { directories, settings, files };
}

async function settingsIn(
  directory: string,
  isOutside: (real: string) => boolean = () => false,
): Promise<SettingsFile[]> {
  const settings: SettingsFile[] = [];
  for (const place of [directory || ".", `${directory || "."}/.hydra`]) {
    if (isOutside(await realpath(place).catch(() => place))) continue;
    for (const entry of await entriesOf(place)) {
      if (!SETTINGS.test(entry.name) || !entry.isFile()) continue;
      const path = `${place}/${entry.name}`;
      const { size } = await stat(path).catch(() => ({ size: Number.POSITIVE_INFINITY }));
      if (size > MAX_SETTINGS_BYTES) continue;
      const text = await readFile(path, "utf8").catch(() => "");
      settings.push({ path: directory === "" ? path.slice("./".length) : path, text });
    }
  }
  return settings;
}

async function entriesOf(directory: string): Promise<Dirent[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function kindOfEntry(
  directory: string,
  entry: Dirent,
  isOutside: (real: string) => boolean,
): Promise<"file" | "directory" | undefined> {
  const path = `${directory}/${entry.name}`;
  if (entry.isSymbolicLink() && isOutside(await realpath(path).catch(() => path))) return undefined;
  const info = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
  return info?.isFile() ? "file" : info?.isDirectory() ? "directory" : undefined;
}

/** Opened when it is read, so that a directory of any number of logs takes one descriptor at a time. */
function fileSource(path: string): LogSource {
  const open = () => createReadStream(path, { highWaterMark: 256 * 1024 });
  return { path, bytes: { [Symbol.asyncIterator]: () => open()[Symbol.asyncIterator]() } };
}

function directoryOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}
