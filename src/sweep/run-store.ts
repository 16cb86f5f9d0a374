// A study's runs on disk, where many workers may come and go. Whoever works on a segment does so in a directory of its own,
// begun as a copy of what the segments before it left; when it is done, that directory is renamed to its place. A rename
// onto a directory that is there fails: of two workers on the same segment, one of which was given up as dead, the first
// to finish wins, and the other can change nothing.
//
//   DIR/runs/ID/                     a run that has ended
//   DIR/work/ID/segment-3/           what the first three segments of a run left
//   DIR/work/ID/attempt-4-TOKEN/     somebody's work on the fourth

import {
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import type { Metrics } from "../runs/metrics-line.ts";
import { readRun } from "../training/run-directory.ts";

const SEGMENT = /^segment-(\d+)$/;

/** Where a run that has ended lies. */
export function runPath(out: string, id: string): string {
  return join(out, "runs", id);
}

/** How far a run has come: segments that are done, or all of it. */
export function progressOf(out: string, id: string): number | "ended" {
  if (existsSync(join(runPath(out, id), "run.json"))) return "ended";
  return Math.max(0, ...segmentsOf(out, id));
}

/** What the segments so far left; undefined before the first is done. */
export function committedPath(out: string, id: string): string | undefined {
  const last = Math.max(0, ...segmentsOf(out, id));
  return last === 0 ? undefined : segmentPath(out, id, last);
}

/** What the first `index` segments left. */
export function segmentPath(out: string, id: string, index: number): string {
  return join(workPath(out, id), `segment-${index}`);
}

/** Rows of metrics that are certain: of the segments so far, or of the run that has ended. */
export function committedRows(out: string, id: string): readonly Metrics[] {
  const path = progressOf(out, id) === "ended" ? runPath(out, id) : committedPath(out, id);
  return path === undefined ? [] : readRun(path).metrics;
}

/**
 * A directory to work on a segment in. Checkpoints are shared with the segment before as links: their files are never
 * written twice.
 * @param token another one for every attempt
 * @throws the file system's error, also where the segment before is gone because others are further
 */
export function beginAttempt(out: string, id: string, index: number, token: string): string {
  const attempt = join(workPath(out, id), `attempt-${index}-${token}`);
  rmSync(attempt, { recursive: true, force: true });
  mkdirSync(attempt, { recursive: true });
  if (index === 1) return attempt;
  const before = segmentPath(out, id, index - 1);
  for (const { name } of readdirSync(before, { withFileTypes: true })) {
    if (name === "run.lock") continue;
    if (name === "checkpoint") linkAll(join(before, name), join(attempt, name));
    else cpSync(join(before, name), join(attempt, name), { recursive: true });
  }
  return attempt;
}

/**
 * Makes an attempt count: as a segment, or as the run that has ended.
 * @returns whether it does; another's was first where not, and this one is gone
 */
export function commitAttempt(
  out: string,
  id: string,
  index: number,
  attempt: string,
  ended: boolean,
): boolean {
  const overtaken = () => {
    const progress = progressOf(out, id);
    return progress === "ended" || progress >= index;
  };
  if (overtaken()) {
    discardAttempt(attempt);
    return false;
  }
  const place = ended ? runPath(out, id) : segmentPath(out, id, index);
  mkdirSync(join(out, "runs"), { recursive: true });
  try {
    renameSync(attempt, place);
  } catch (error) {
    discardAttempt(attempt);
    if (overtaken()) return false;
    throw error;
  }
  if (ended) rmSync(workPath(out, id), { recursive: true, force: true });
  else for (const old of segmentsOf(out, id)) if (old < index) discardAttempt(segmentPath(out, id, old));
  return true;
}

export function discardAttempt(attempt: string): void {
  rmSync(attempt, { recursive: true, force: true });
}

/** Removes what killed workers left, of a study on which nobody else works. */
export function discardAttempts(out: string, id: string): void {
  for (const name of namesIn(workPath(out, id))) {
    if (name.startsWith("attempt-")) discardAttempt(join(workPath(out, id), name));
  }
}

export function workPath(out: string, id: string): string {
  return join(out, "work", id);
}

function segmentsOf(out: string, id: string): number[] {
  return namesIn(workPath(out, id)).flatMap((name) => Number(SEGMENT.exec(name)?.[1] ?? []));
}

function namesIn(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}

function linkAll(from: string, to: string): void {
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    try {
      linkSync(join(from, name), join(to, name));
    } catch {
      // Some file systems have no links.
      copyFileSync(join(from, name), join(to, name));
    }
  }
}
