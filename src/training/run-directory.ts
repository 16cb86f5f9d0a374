// A run directory is a run's only record: run.json says what it was, metrics.jsonl and a TensorBoard event file hold
// the same numbers. Each row is one append to each file, so that a killed process leaves whole lines, or at most one
// cut short at the very end, which readers pass over.

import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { writeFileAtomically } from "../files/atomic-file.node.ts";
import { formatMetricsLine, type Metrics, parseMetricsLine, STEP } from "../runs/metrics-line.ts";
import {
  formatManifest,
  MANIFEST_FORMAT,
  RunDirectoryError,
  type RunManifest,
  type RunSettings,
} from "../runs/run-manifest.ts";
import { encodeFileHeader, encodeScalars } from "../runs/tfevents/index.ts";
import { noRun, readRunManifest } from "./run-file.ts";

/** How far a run's files have been written, in bytes. */
export interface Positions {
  readonly metrics: number;
  readonly events: number;
}

/** Before the first row. */
export const START_OF_FILES: Positions = { metrics: 0, events: encodeFileHeader(0).length };

/** Milliseconds since 1970, as `Date.now`. */
export type Clock = () => number;

export interface RunDirectoryOptions extends RunSettings {
  /** Default `Date.now`. Only run.json's `startedAt` and the event file's wall times come from it. */
  readonly clock?: Clock;
}

export class RunDirectory {
  readonly path: string;
  #manifest: RunManifest;
  readonly #clock: Clock;
  readonly #metrics: number;
  readonly #events: number;
  #open = true;

  private constructor(path: string, manifest: RunManifest, clock: Clock, metrics: number, events: number) {
    this.path = path;
    this.#manifest = manifest;
    this.#clock = clock;
    this.#metrics = metrics;
    this.#events = events;
  }

  /**
   * Makes the directory (and its parents) and writes run.json.
   * @throws RunDirectoryError `RUN_EXISTS` where a run is already there, `RUN_UNWRITABLE` where nothing can be written
   */
  static async create(path: string, options: RunDirectoryOptions): Promise<RunDirectory> {
    const { clock = Date.now, ...settings } = options;
    const now = clock();
    const startedAt = new Date(now).toISOString();
    const manifest: RunManifest = { format: MANIFEST_FORMAT, startedAt, ...settings };
    try {
      mkdirSync(path, { recursive: true });
      refuseExistingRun(path);
      // "ax" fails where the file exists, so that of two runs started at once one is refused.
      const metrics = openSync(join(path, "metrics.jsonl"), "ax");
      const seconds = Math.floor(now / 1000)
        .toString()
        .padStart(10, "0");
      const events = openSync(join(path, `events.out.tfevents.${seconds}.tempered`), "ax");
      writeFileAtomically(join(path, "run.json"), formatManifest(manifest));
      appendFileSync(events, encodeFileHeader(now / 1000));
      return new RunDirectory(path, manifest, clock, metrics, events);
    } catch (error) {
      if (error instanceof RunDirectoryError) throw error;
      if ((error as NodeJS.ErrnoException).syscall === "open") refuseExistingRun(path);
      throw new RunDirectoryError(
        "RUN_UNWRITABLE",
        `Expected a directory to write a run into at ${path}, got: ${(error as Error).message}. Choose another one with --run DIR.`,
        { cause: error },
      );
    }
  }

  /**
   * Opens a run again, to go on behind `positions`: what was written since is cut off, and run.json says again that
   * the run has not ended.
   * @param settings what run.json says from now on, where it does not say it already
   * @throws RunDirectoryError `RUN_NOT_FOUND` where there is none, or its files are shorter than that
   */
  static reopen(
    path: string,
    { metrics, events }: Positions,
    { clock = Date.now, ...settings }: Partial<RunSettings> & { clock?: Clock } = {},
  ): RunDirectory {
    const { manifest } = readRun(path);
    const eventFile = readdirSync(path).find((name) => name.startsWith("events.out.tfevents."));
    if (eventFile === undefined) throw noRun(path, "no event file");
    const { result: _, ...before } = manifest;
    const going = { ...before, ...settings };
    const open = (name: string, length: number) => {
      const file = openSync(join(path, name), "r+");
      const { size } = fstatSync(file);
      if (size < length) {
        closeSync(file);
        throw noRun(path, `${name} of ${size} bytes, where the checkpoint was taken after ${length}`);
      }
      ftruncateSync(file, length);
      closeSync(file);
      return openSync(join(path, name), "a");
    };
    const run = new RunDirectory(path, going, clock, open("metrics.jsonl", metrics), open(eventFile, events));
    writeFileAtomically(join(path, "run.json"), formatManifest(going));
    return run;
  }

  get positions(): Positions {
    return { metrics: fstatSync(this.#metrics).size, events: fstatSync(this.#events).size };
  }

  get manifest(): RunManifest {
    return this.#manifest;
  }

  /**
   * Appends one row.
   * @param step environment steps so far; also written as `time/total_timesteps`
   * @param metrics by name, such as `train/ent_coef`; NaN and infinities are kept
   */
  log(step: number, metrics: Metrics): void {
    if (!this.#open) {
      throw new RunDirectoryError(
        "RUN_CLOSED",
        `Expected an open run to log to, but ${this.path} was closed.`,
      );
    }
    this.#assertThere();
    appendFileSync(this.#metrics, formatMetricsLine(step, metrics));
    const { [STEP]: _axis, ...scalars } = metrics;
    appendFileSync(this.#events, encodeScalars(step, this.#clock() / 1000, scalars));
  }

  /** @throws RunDirectoryError (RUN_GONE): rows would go where nobody finds them */
  #assertThere(): void {
    let found: number | undefined;
    try {
      found = statSync(join(this.path, "metrics.jsonl")).ino;
    } catch {}
    if (found === fstatSync(this.#metrics).ino) return;
    throw new RunDirectoryError(
      "RUN_GONE",
      `Expected the run's files to stay in ${this.path}, but they were removed, renamed or replaced while it trained; ` +
        "what is left of the run is saved there",
    );
  }

  /** Ends the run; the second call does nothing. @param result how it ended, kept in run.json */
  close(result?: Readonly<Record<string, unknown>>): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.#metrics);
    closeSync(this.#events);
    if (result === undefined) return;
    this.#manifest = { ...this.#manifest, result };
    writeFileAtomically(join(this.path, "run.json"), formatManifest(this.#manifest));
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

export interface StoredRun {
  readonly manifest: RunManifest;
  /** Rows of metrics.jsonl in order; a last line cut short is left out. */
  readonly metrics: readonly Metrics[];
}

/** Reads a run that ended, runs, or was killed. @throws RunDirectoryError `RUN_NOT_FOUND` */
export function readRun(path: string): StoredRun {
  const manifest = readRunManifest(path);
  let text: string;
  try {
    text = readFileSync(join(path, "metrics.jsonl"), "utf8");
  } catch (error) {
    throw noRun(path, (error as Error).message, error);
  }
  const metrics = text
    .split("\n")
    .map(parseMetricsLine)
    .filter((row) => row !== undefined);
  return { manifest, metrics };
}

function refuseExistingRun(path: string): void {
  const isRunFile = (name: string) =>
    name === "run.json" || name === "metrics.jsonl" || name.includes("tfevents");
  const found = existsSync(path) ? readdirSync(path).find(isRunFile) : undefined;
  if (found === undefined) return;
  throw new RunDirectoryError(
    "RUN_EXISTS",
    `Expected a directory without a run, but ${path} already holds one (${found}). Choose another with --run DIR, or remove it first.`,
  );
}
