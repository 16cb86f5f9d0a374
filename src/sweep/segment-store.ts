// Where a worker finds what the segments before left, and where what it does counts: a directory that all machines share,
// or the database of the queue for those that share none.

import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { TemperedError } from "../errors.ts";
import { writeFileAtomically } from "../files/atomic-file.node.ts";
import { STEP } from "../runs/metrics-line.ts";
import { readRun } from "../training/run-directory.ts";
import { beginAttempt, commitAttempt, committedRows, progressOf } from "./run-store.ts";
import type { Commitment, StoredSegments } from "./stored-segments.ts";

export interface SegmentStore {
  /** How far a run has come: segments that are done, or all of it. */
  progress(id: string): Promise<number | "ended">;
  /** Environment steps of the segments that are done. */
  steps(id: string): Promise<number>;
  /** A new directory on this machine with what the segments before `index` left. @throws also where others are further */
  begin(id: string, index: number): Promise<string>;
  /**
   * Makes an attempt count, and removes its directory.
   * @returns whether it does; another's was first where not
   */
  commit(id: string, index: number, attempt: string, as: Commitment): Promise<boolean>;
  /** A run that could not even begin has failed. */
  fail(id: string, message: string): Promise<void>;
}

/** What a worker ends with that cannot work here: a full disk, a directory that cannot be written. Code: WORKER. */
export class WorkerError extends TemperedError {}

/** @param out the study's directory */
export function directoryStore(out: string): SegmentStore {
  return {
    progress: async (id) => progressOf(out, id),
    steps: async (id) => committedRows(out, id).at(-1)?.[STEP] ?? 0,
    begin: async (id, index) => beginAttempt(out, id, index, randomUUID().slice(0, 8)),
    commit: async (id, index, attempt, as) => commitAttempt(out, id, index, attempt, as === "ended"),
    fail: async (id, message) => recordFailure(out, id, message),
  };
}

/** Attempts are worked on below this machine's directory for temporary files. */
export function databaseStore(stored: StoredSegments): SegmentStore {
  return {
    async progress(id) {
      const progress = await stored.progressOf(id);
      return progress?.as === "ended" ? "ended" : (progress?.index ?? 0);
    },
    steps: async (id) => (await stored.progressOf(id))?.steps ?? 0,
    async begin(id, index) {
      const attempt = mkdtempSync(join(tmpdir(), `tempered-${id}-${index}-`));
      try {
        if (index > 1) await stored.fetch(id, index - 1, attempt);
      } catch (error) {
        rmSync(attempt, { recursive: true, force: true });
        throw error;
      }
      return attempt;
    },
    async commit(id, index, attempt, as) {
      const steps = readRun(attempt).metrics.at(-1)?.[STEP] ?? 0;
      const counts = await stored.commit(id, { index, steps, as }, attempt, randomUUID());
      rmSync(attempt, { recursive: true, force: true });
      return counts;
    },
    fail: (id, message) => stored.fail(id, message),
  };
}

/** Where a run that could not even begin says why. */
export function failurePath(out: string, id: string): string {
  return join(out, "runs", `${id}.failed.json`);
}

export function recordFailure(out: string, id: string, message: string): void {
  mkdirSync(join(out, "runs"), { recursive: true });
  writeFileAtomically(failurePath(out, id), `${JSON.stringify({ message })}\n`);
}

export function cannotWork(out: string, reason: string): WorkerError {
  return new WorkerError(
    "WORKER",
    `Expected to be able to work in ${out}, got: ${reason}; put that right and start again, which goes on where this ended`,
  );
}

/** As mkdir -p; Node's own never ends where a parent takes no directories but says that it is not there, such as /proc. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  }
}

/** @throws WorkerError at once where nothing can be written */
export function mustBeWritable(out: string): void {
  try {
    makeDirectory(out);
    const probe = join(out, `.probe-${process.pid}`);
    writeFileSync(probe, "x".repeat(65_536));
    rmSync(probe);
  } catch (error) {
    throw cannotWork(out, (error as Error).message);
  }
}
