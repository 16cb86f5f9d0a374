// A worker: takes segments from the queue, has them trained in child processes, and gives signs of life meanwhile. What it
// loses, by its death or a silence that was too long, others take over; what it finishes counts once.

import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TemperedError } from "../errors.ts";
import { writeFileAtomically } from "../files/atomic-file.node.ts";
import type { Queue, Segment, Taken } from "./queue.ts";
import { beginAttempt, commitAttempt, discardAttempt, progressOf, runPath } from "./run-store.ts";
import type { SegmentProgress } from "./segment.ts";
import { type Outcome, Trainer } from "./trainer.ts";

/** What a worker ends with that cannot work here: a full disk, a directory that cannot be written. Code: WORKER. */
export class WorkerError extends TemperedError {}

/** What a worker does. */
export type WorkerEvent =
  | { readonly kind: "taken"; readonly segment: Segment }
  | { readonly kind: "progress"; readonly segment: Segment; readonly progress: SegmentProgress }
  /** Its work counts. @property ended whether the run is over, and lies in runs/ */
  | { readonly kind: "committed"; readonly segment: Segment; readonly ended: boolean }
  /** Its work does not count: somebody else will do it, or has. */
  | { readonly kind: "dropped"; readonly segment: Segment; readonly reason: string };

/** How a worker works. */
export interface WorkerOptions {
  readonly queue: Queue;
  /** Segments at once, each in a process of its own. */
  readonly processes: number;
  /** Ends the worker: what it works on is brought to the next row of metrics and counts. */
  readonly signal: AbortSignal;
  /** The study's directory as this machine sees it. Default: as the segment says. */
  readonly out?: string | undefined;
  /** Whether there will never be more to do, asked while there is nothing. Default: never sure */
  isOver?(): boolean | Promise<boolean>;
  /** Told what happens. */
  listen?(event: WorkerEvent): void;
}

/** Milliseconds between two looks into an empty queue. */
const IDLE = 500;

/** Ends with the signal, or where there is no more to do. @throws WorkerError where nothing can be written, and the queue's errors */
export async function work(options: WorkerOptions): Promise<void> {
  const { queue, processes, signal, isOver = () => false } = options;
  const trainers = Array.from({ length: processes }, () => new Trainer());
  const free = [...trainers];
  const atWork = new Set<Promise<void>>();
  let failure: Error | undefined;
  const drain = () => {
    for (const trainer of trainers) trainer.drain();
  };
  signal.addEventListener("abort", drain);
  try {
    while (!signal.aborted && failure === undefined) {
      const taken = free.length === 0 ? [] : await queue.take(free.length);
      for (const each of taken) {
        const trainer = free.pop()!;
        const task: Promise<void> = workOn(each, trainer, options)
          .catch((error: Error) => {
            failure ??= error;
            drain();
          })
          .finally(() => {
            free.push(trainer);
            atWork.delete(task);
          });
        atWork.add(task);
      }
      if (signal.aborted) drain();
      if (taken.length > 0) continue;
      if (atWork.size === 0 && (await isOver())) break;
      await Promise.race([...atWork, pause(IDLE, signal)]);
    }
    await Promise.all(atWork);
  } finally {
    signal.removeEventListener("abort", drain);
    for (const trainer of trainers) trainer.kill();
  }
  if (failure) throw failure;
}

async function workOn(
  taken: Taken,
  trainer: Trainer,
  { queue, out: here, listen, signal }: WorkerOptions,
): Promise<void> {
  const segment = here === undefined ? taken.segment : { ...taken.segment, out: here };
  const { out, id, index, config, length } = segment;
  listen?.({ kind: "taken", segment });
  const progress = progressOf(out, id);
  // Whoever had it before may have finished it and died before it could say so.
  if (isFurther(progress, index)) {
    await queue.complete(taken, progress === "ended" ? undefined : { ...taken.segment, index: progress + 1 });
    return listen?.({ kind: "dropped", segment, reason: "another worker has done it" });
  }
  let [lost, training] = [false, true];
  const signs = setInterval(() => {
    void queue.keep(taken).then(
      (mine) => {
        // An answer that comes late must not end what the process does next.
        if (mine || lost || !training) return;
        lost = true;
        trainer.kill();
      },
      () => {}, // The next one tells.
    );
  }, 250 * segment.expiry);
  let attempt: string | undefined;
  try {
    attempt = beginAttempt(out, id, index, randomUUID().slice(0, 8));
    const trained = trainer.train({
      path: attempt,
      config,
      length,
      onProgress: (progress) => listen?.({ kind: "progress", segment, progress }),
    });
    if (signal.aborted) trainer.drain();
    const outcome = await trained;
    training = false;
    const kept = settle(outcome, segment, attempt);
    if (kept === undefined) {
      // A run's files go where others are further, and a worker that was stopped for long hears of it like this.
      const isTaken = lost || isFurther(progressOf(out, id), index);
      const reason = isTaken ? "another worker has taken it" : (outcome as { message: string }).message;
      discardAttempt(attempt);
      listen?.({ kind: "dropped", segment, reason });
      await queue.giveBack(taken, reason);
      if (outcome.kind === "failed" && !isTaken) throw cannotWork(out, outcome.message);
      return;
    }
    await queue.complete(taken, kept.ended ? undefined : { ...taken.segment, index: index + 1 });
    if (kept.counts) listen?.({ kind: "committed", segment, ended: kept.ended });
    else listen?.({ kind: "dropped", segment, reason: "another worker has done it" });
  } catch (error) {
    if (attempt) discardAttempt(attempt);
    if (!("errno" in (error as Error))) throw error;
    // The segment before is gone where others are further.
    if (isFurther(progressOf(out, id), index)) {
      listen?.({ kind: "dropped", segment, reason: "another worker has done it" });
      return queue.giveBack(taken, "done by another worker");
    }
    await queue.giveBack(taken, (error as Error).message);
    throw cannotWork(out, (error as Error).message);
  } finally {
    clearInterval(signs);
  }
}

/** Whether a run has come to the end of a segment. */
function isFurther(progress: number | "ended", index: number): boolean {
  return progress === "ended" || progress >= index;
}

interface Settled {
  /** The run is over. */
  readonly ended: boolean;
  /** Nobody else had done the segment before. */
  readonly counts: boolean;
}

/** Makes what was done count. @returns nothing where nothing does: the machine failed, not the run */
function settle(outcome: Outcome, { out, id, index }: Segment, attempt: string): Settled | undefined {
  if (outcome.kind === "done") {
    const { ended } = outcome.end;
    return { ended, counts: commitAttempt(out, id, index, attempt, ended) };
  }
  if (outcome.kind === "gone" || outcome.system) return undefined;
  // A run that fails by itself has ended: it would fail again.
  if (outcome.begun) return { ended: true, counts: commitAttempt(out, id, index, attempt, true) };
  discardAttempt(attempt);
  recordFailure(out, id, outcome.message);
  return { ended: true, counts: true };
}

/** Where a run that could not even begin says why. */
export function failurePath(out: string, id: string): string {
  return join(out, "runs", `${id}.failed.json`);
}

function recordFailure(out: string, id: string, message: string): void {
  mkdirSync(join(runPath(out, id), ".."), { recursive: true });
  writeFileAtomically(failurePath(out, id), `${JSON.stringify({ message })}\n`);
}

function cannotWork(out: string, reason: string): WorkerError {
  return new WorkerError(
    "WORKER",
    `Expected to be able to work in ${out}, got: ${reason}; put that right and start again, which goes on where this ended`,
  );
}

/** @throws WorkerError at once where nothing can be written */
export function mustBeWritable(out: string): void {
  try {
    mkdirSync(out, { recursive: true });
    const probe = join(out, `.probe-${process.pid}`);
    writeFileSync(probe, "x".repeat(65_536));
    rmSync(probe);
  } catch (error) {
    throw cannotWork(out, (error as Error).message);
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end, { once: true });
    function end() {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    }
  });
}
