// Searching the file system for logs: what lies in a directory and below it, told by names and first bytes. Files that
// one program writes about the same run side by side are grouped, most exact first; files of settings are read.

import type { Dirent } from "node:fs";
import { open, readdir, readFile, realpath, stat } from "node:fs/promises";
import { unlessExhausted } from "../../files/exhausted.ts";
import { HEAD_BYTES, parserFor } from "./detect.ts";
import type { SettingsFile } from "./read-runs.ts";
import { isGzip } from "./source.ts";

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
  const file = await open(path, "r").catch(unlessExhausted(undefined));
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

export async function settingsIn(
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
      const text = await readFile(path, "utf8").catch(unlessExhausted(""));
      settings.push({ path: directory === "" ? path.slice("./".length) : path, text });
    }
  }
  return settings;
}

async function entriesOf(directory: string): Promise<Dirent[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(unlessExhausted<Dirent[]>([]));
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

export function directoryOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}
