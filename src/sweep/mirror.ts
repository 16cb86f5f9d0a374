// The study's directory beside what its workers have put into the database: runs that have ended, or wait at a rung, are
// brought here, and what stands here alone is brought there before somebody goes on with it.

import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { STEP } from "../runs/metrics-line.ts";
import {
  commitAttempt,
  committedPath,
  committedRows,
  discardAttempt,
  progressOf,
  workPath,
} from "./run-store.ts";
import { recordFailure } from "./segment-store.ts";
import type { StoredProgress, StoredSegments } from "./stored-segments.ts";

export class Mirror {
  private readonly out: string;
  private readonly stored: StoredSegments;

  constructor(out: string, stored: StoredSegments) {
    this.out = out;
    this.stored = stored;
  }

  prepare(): Promise<void> {
    return this.stored.prepare();
  }

  /** Brings here what is decided or to be decided of these runs. */
  async pull(ids: readonly string[]): Promise<void> {
    for (const [id, { index, as }] of await this.stored.progress(ids)) {
      const here = progressOf(this.out, id);
      if (as === "going" || here === "ended" || (as === "waiting" && here >= index)) continue;
      const failure = as === "ended" ? await this.stored.failureOf(id) : undefined;
      if (failure !== undefined) recordFailure(this.out, id, failure);
      else if (await this.bring(id, index, as)) {
        if (as === "ended") await this.stored.forget(id);
      } else await this.forget(id);
    }
  }

  /** @returns the segment that comes next, with all that it needs in the database */
  async nextOf(id: string): Promise<number> {
    const there = await this.stored.progressOf(id);
    const here = progressOf(this.out, id);
    const local = here === "ended" ? 0 : here;
    if (there && there.as !== "ended" && there.index >= local) return there.index + 1;
    // It was stopped and goes on again, or had been worked on without the database.
    if (there) await this.forget(id);
    const path = committedPath(this.out, id);
    if (local > 0 && path !== undefined) {
      const steps = committedRows(this.out, id).at(-1)?.[STEP] ?? 0;
      await this.stored.commit(id, { index: local, steps, as: "going" }, path, randomUUID());
    }
    return local + 1;
  }

  /** Removes what is still there of runs that have ended here. */
  tidy(ids: readonly string[]): Promise<void> {
    return this.stored.removePieces(ids);
  }

  /** What is in the database of a run is of no use any more. */
  forget(id: string): Promise<void> {
    return this.stored.forget(id, { andThatItEnded: true });
  }

  /** @returns whether it was there */
  private async bring(id: string, index: number, as: StoredProgress["as"]): Promise<boolean> {
    const attempt = join(workPath(this.out, id), `attempt-${index}-${randomUUID().slice(0, 8)}`);
    mkdirSync(attempt, { recursive: true });
    try {
      await this.stored.fetch(id, index, attempt);
    } catch (error) {
      discardAttempt(attempt);
      if ((error as { code?: string }).code === "ENOENT") return false;
      throw error;
    }
    commitAttempt(this.out, id, index, attempt, as === "ended");
    return true;
  }
}
