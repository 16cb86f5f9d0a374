// Runs that were ended before their time, by halving or by the doctor. Such a run lies among those that have ended, with
// its checkpoint and a note of why; where the plan has changed its mind, it goes on from there.

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomically } from "../files/atomic-file.node.ts";
import { committedPath, progressOf, runPath, segmentPath } from "./run-store.ts";

/** Why a run was stopped before its end. */
export type Stopped =
  | {
      readonly by: "halving";
      readonly step: number;
      /** 1 is the first. */
      readonly rung: number;
      /** Of the setting. */
      readonly score: number | null;
      /** What the last that went on had. */
      readonly needed: number | null;
    }
  | { readonly by: "doctor"; readonly step: number; readonly finding: string };

interface Note {
  readonly stopped: Stopped;
  /** Segments that were done. */
  readonly segments: number;
}

/** In the run's directory. */
const NOTE = "stopped.json";

export function stoppedOf(out: string, id: string): Stopped | undefined {
  return noteOf(out, id)?.stopped;
}

/** Writes into an attempt, before it is committed, why it is the run's last. */
export function noteStop(directory: string, stopped: Stopped, segments: number): void {
  writeFileAtomically(
    join(directory, NOTE),
    `${JSON.stringify({ stopped, segments } satisfies Note, undefined, 1)}\n`,
  );
}

/** Ends a run that waits between two segments. */
export function stopRun(out: string, id: string, stopped: Stopped): void {
  const progress = progressOf(out, id);
  const path = committedPath(out, id);
  if (progress === "ended" || path === undefined) return;
  noteStop(path, stopped, progress);
  mkdirSync(join(out, "runs"), { recursive: true });
  renameSync(path, runPath(out, id));
  rmSync(join(path, ".."), { recursive: true, force: true });
}

/** Lets a stopped run go on: it waits again behind the segment that was its last. */
export function reopenRun(out: string, id: string): void {
  const note = noteOf(out, id);
  if (!note) return;
  const place = segmentPath(out, id, note.segments);
  rmSync(join(place, ".."), { recursive: true, force: true });
  mkdirSync(join(place, ".."), { recursive: true });
  renameSync(runPath(out, id), place);
  rmSync(join(place, NOTE));
}

function noteOf(out: string, id: string): Note | undefined {
  const path = join(runPath(out, id), NOTE);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Note) : undefined;
}
