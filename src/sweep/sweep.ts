// A study from its plan to its report: queues what is missing, works on it or waits for those who do, and writes down what
// became of every run. All that was done stands in the study's directory, so that the same call again goes on from there.

import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { RunLock } from "../training/lock.ts";
import { LocalQueue } from "./local-queue.ts";
import type { RunOutcome } from "./outcome.ts";
import type { Plan } from "./plan.ts";
import { writePlan } from "./plan-file.ts";
import { Queue } from "./queue.ts";
import type { StudyReport } from "./report.ts";
import type { SegmentProgress } from "./segment.ts";
import type { SegmentQueue } from "./segment-queue.ts";
import { mustBeWritable } from "./segment-store.ts";
import { Undertaking } from "./undertaking.ts";
import { work } from "./worker.ts";

/** What happens while a study runs. */
export type SweepEvent =
  /** Everything is there; work begins. @property done runs that had ended before */
  | { readonly kind: "started"; readonly done: readonly RunOutcome[] }
  | { readonly kind: "progress"; readonly id: string; readonly progress: SegmentProgress }
  /** A run has ended. */
  | { readonly kind: "run"; readonly outcome: RunOutcome }
  /** A segment was given back, and will be done again. */
  | { readonly kind: "dropped"; readonly id: string; readonly reason: string }
  /** Work stopped. */
  | { readonly kind: "done"; readonly report: StudyReport; readonly interrupted: boolean };

/** How a study is run. */
export interface SweepOptions {
  /** The study's directory. */
  readonly out: string;
  /** Runs at once in this process's children; 0 leaves all work to others. */
  readonly processes: number;
  /** Of a PostgreSQL that other machines work from. Default: a queue of this process alone */
  readonly database?: string | undefined;
  /** Where workers leave what they have done: in `out`, which they all see, or in the database. Default "directory" */
  readonly store?: "directory" | "database" | undefined;
  /** Seconds of silence after which a worker is taken for dead. Default 60 */
  readonly expiry?: number | undefined;
  /** Ends the sweep: what is being worked on is brought to its next row of metrics and kept. */
  readonly signal: AbortSignal;
  /** Told what happens. */
  listen(event: SweepEvent): void;
}

/** Milliseconds between two looks at what others have done. */
const LOOK = 1000;
/** Milliseconds between two reports on disk. */
const REPORT_EVERY = 60_000;

/** @throws TemperedError (RUN_LOCKED, WORKER, DATABASE, PEER_MISSING, HALVING) */
export async function sweep(
  plan: Plan,
  { out: given, processes, database, store = "directory", expiry = 60, signal, listen }: SweepOptions,
): Promise<StudyReport> {
  const out = resolve(given);
  mustBeWritable(out);
  mkdirSync(join(out, "runs"), { recursive: true });
  const lock = new RunLock(out);
  let queue: SegmentQueue | undefined;
  try {
    queue = database === undefined ? new LocalQueue() : await Queue.open(database);
    const alone = database === undefined;
    const undertaking = new Undertaking(plan, queue, {
      ...{ out, alone, expiry, store: store === "database" ? store : undefined },
      onEnd: (outcome) => listen({ kind: "run", outcome }),
    });
    writePlan(out, plan);
    listen({ kind: "started", done: await undertaking.begin() });
    const over = new AbortController();
    const stop = AbortSignal.any([signal, over.signal]);
    const looks: Promise<void>[] = [];
    const working =
      processes === 0
        ? Promise.resolve()
        : work({
            queue,
            processes,
            signal: stop,
            isOver: () => undertaking.isOver,
            listen(event) {
              const { id, out: where } = event.segment;
              if (where !== out) return; // Another study's in the same database.
              if (event.kind === "progress") listen({ kind: "progress", id, progress: event.progress });
              if (event.kind === "dropped") listen({ kind: "dropped", id, reason: event.reason });
              if (event.kind === "committed" && event.ended) looks.push(undertaking.look(id));
            },
          });
    let failure: unknown;
    working.catch((error) => {
      failure = error;
      over.abort();
    });
    let reported = Date.now();
    try {
      while (!undertaking.isOver && !stop.aborted) {
        await pause(LOOK, stop);
        await undertaking.lookAtAll();
        if (Date.now() - reported < REPORT_EVERY) continue;
        await undertaking.report();
        reported = Date.now();
      }
    } catch (error) {
      failure = error;
    }
    over.abort();
    await working.catch(() => {});
    await Promise.all(looks);
    if (failure) {
      // Where nothing could be written, the report cannot be either.
      await undertaking.report().catch(() => {});
      throw failure;
    }
    await undertaking.lookAtAll();
    await undertaking.tidy();
    if (undertaking.isDone) rmSync(join(out, "work"), { recursive: true, force: true });
    const result = await undertaking.report({ whole: true });
    listen({ kind: "done", report: result, interrupted: signal.aborted && !undertaking.isDone });
    return result;
  } finally {
    await queue?.close();
    lock.release();
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}
