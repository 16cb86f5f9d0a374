// A worker: takes segments from the queue, has them trained in child processes, and gives signs of life meanwhile. What it
// loses, by its death or a silence that was too long, others take over; what it finishes counts once.

import { discardAttempt } from "./run-store.ts";
import type { SegmentProgress } from "./segment.ts";
import type { Segment, SegmentQueue, Taken } from "./segment-queue.ts";
import { cannotWork, databaseStore, directoryStore, type SegmentStore } from "./segment-store.ts";
import { noteStop } from "./stopped.ts";
import type { Commitment } from "./stored-segments.ts";
import { type Outcome, Trainer } from "./trainer.ts";

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
  readonly queue: SegmentQueue;
  /** Segments at once, each in a process of its own. */
  readonly processes: number;
  /** Ends the worker: what it works on is brought to the next row of metrics and counts. */
  readonly signal: AbortSignal;
  /** The study's directory as this machine sees it. Default: as the segment says. */
  readonly out?: string | undefined;
  /** Milliseconds between two looks into a queue that stays empty; it begins with half a second. Default 500 */
  readonly idle?: number | undefined;
  /** Whether there will never be more to do, asked while there is nothing. Default: never sure */
  isOver?(): boolean | Promise<boolean>;
  /** Told what happens. */
  listen?(event: WorkerEvent): void;
}

/** Milliseconds between the first two looks into an empty queue. */
const IDLE = 500;

/** Ends with the signal, or where there is no more to do. @throws WorkerError where nothing can be written, and the queue's errors */
export async function work(options: WorkerOptions): Promise<void> {
  const { queue, processes, signal, idle = IDLE, isOver = () => false } = options;
  const trainers = Array.from({ length: processes }, () => new Trainer());
  const free = [...trainers];
  const atWork = new Set<Promise<void>>();
  let failure: Error | undefined;
  let rest = IDLE;
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
      if (taken.length > 0) {
        rest = IDLE;
        continue;
      }
      if (atWork.size === 0 && (await isOver())) break;
      await Promise.race([...atWork, pause(rest, signal)]);
      rest = Math.min(2 * rest, idle);
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
  const { out, id, index, config, length, until, stopWhenBroken } = segment;
  const stored = segment.store === "database" ? queue.stored(segment.study) : undefined;
  const store = stored ? databaseStore(stored) : directoryStore(out);
  listen?.({ kind: "taken", segment });
  const progress = await store.progress(id);
  // Whoever had it before may have finished it and died before it could say so.
  if (isFurther(progress, index)) {
    await queue.complete(taken, progress === "ended" ? undefined : { ...taken.segment, index: progress + 1 });
    return listen?.({ kind: "dropped", segment, reason: "another worker has done it" });
  }
  if (until !== undefined && (await store.steps(id)) >= until) {
    await queue.complete(taken, undefined);
    return listen?.({ kind: "dropped", segment, reason: "it waits for others at its rung" });
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
    attempt = await store.begin(id, index);
    const trained = trainer.train({
      path: attempt,
      config,
      length,
      until,
      stopWhenBroken,
      onProgress: (progress) => listen?.({ kind: "progress", segment, progress }),
    });
    if (signal.aborted) trainer.drain();
    const outcome = await trained;
    training = false;
    const kept = await settle(outcome, segment, attempt, store);
    if (kept === undefined) {
      // A run's files go where others are further, and a worker that was stopped for long hears of it like this.
      const isTaken = lost || isFurther(await store.progress(id), index);
      const reason = isTaken ? "another worker has taken it" : (outcome as { message: string }).message;
      discardAttempt(attempt);
      listen?.({ kind: "dropped", segment, reason });
      await queue.giveBack(taken, reason);
      if (outcome.kind === "failed" && !isTaken) throw cannotWork(out, outcome.message);
      return;
    }
    const { as, counts } = kept;
    await queue.complete(taken, as === "going" ? { ...taken.segment, index: index + 1 } : undefined);
    if (counts) listen?.({ kind: "committed", segment, ended: as === "ended" });
    else listen?.({ kind: "dropped", segment, reason: "another worker has done it" });
  } catch (error) {
    if (attempt) discardAttempt(attempt);
    if (!("errno" in (error as Error))) throw error;
    // The segment before is gone where others are further.
    if (isFurther(await store.progress(id), index)) {
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
  readonly as: Commitment;
  /** Nobody else had done the segment before. */
  readonly counts: boolean;
}

/** Makes what was done count. @returns nothing where nothing does: the machine failed, not the run */
async function settle(
  outcome: Outcome,
  { id, index, until }: Segment,
  attempt: string,
  store: SegmentStore,
): Promise<Settled | undefined> {
  if (outcome.kind === "done") {
    const { ended, step, broken } = outcome.end;
    if (broken) noteStop(attempt, { by: "doctor", step, finding: broken }, index);
    const as = ended || broken ? "ended" : step >= (until ?? Number.POSITIVE_INFINITY) ? "waiting" : "going";
    return { as, counts: await store.commit(id, index, attempt, as) };
  }
  if (outcome.kind === "gone" || outcome.system) return undefined;
  // A run that fails by itself has ended: it would fail again.
  if (outcome.begun) return { as: "ended", counts: await store.commit(id, index, attempt, "ended") };
  discardAttempt(attempt);
  await store.fail(id, outcome.message);
  return { as: "ended", counts: true };
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
