// A study from its plan to its report: queues what is missing, works on it or waits for those who do, and writes down what
// became of every run. All that was done stands in the study's directory, so that the same call again goes on from there.

import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { writeFileAtomically } from "../files/atomic-file.node.ts";
import { RunLock } from "../training/lock.ts";
import { type EndedRun, outcomeOf, type RunOutcome } from "./outcome.ts";
import type { Plan, PlannedRun } from "./plan.ts";
import { Queue, type Segment } from "./queue.ts";
import { type StudyReport, studyReport } from "./report.ts";
import { studyPage } from "./report-page.ts";
import { discardAttempts, progressOf } from "./run-store.ts";
import type { SegmentProgress } from "./segment.ts";
import { failurePath, mustBeWritable, work } from "./worker.ts";

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
  /** Seconds of silence after which a worker is taken for dead. Default 60 */
  readonly expiry?: number | undefined;
  /** Ends the sweep: what is being worked on is brought to its next row of metrics and kept. */
  readonly signal: AbortSignal;
  /** Told what happens. */
  listen(event: SweepEvent): void;
}

/** Milliseconds between two looks at what others have done. */
const LOOK = 1000;
/** Milliseconds between two reports on disk, while runs end. */
const REPORT_EVERY = 60_000;

/** @throws TemperedError (RUN_LOCKED, WORKER, DATABASE, PEER_MISSING) */
export async function sweep(
  plan: Plan,
  { out: given, processes, database, expiry = 60, signal, listen }: SweepOptions,
): Promise<StudyReport> {
  const out = resolve(given);
  mustBeWritable(out);
  mkdirSync(join(out, "runs"), { recursive: true });
  const lock = new RunLock(out);
  let queue: Queue | undefined;
  try {
    queue = await Queue.open(database);
    const ended = new Map<string, EndedRun>();
    const waiting = new Map<string, PlannedRun>();
    for (const run of plan.runs) {
      // Others may be at work where there is a database.
      if (database === undefined) discardAttempts(out, run.id);
      // What could not even begin may be able to now.
      if (progressOf(out, run.id) !== "ended") rmSync(failurePath(out, run.id), { force: true });
      const now = await outcomeOf(out, run);
      if (now.outcome.status === "finished" || now.outcome.status === "failed") ended.set(run.id, now);
      else waiting.set(run.id, run);
    }
    listen({ kind: "started", done: [...ended.values()].map(({ outcome }) => outcome) });
    const study = `${plan.name} ${out}`;
    await queue.submit(
      [...waiting.values()].map(({ id, config }): Segment => {
        const progress = progressOf(out, id);
        const index = progress === "ended" ? 1 : progress + 1;
        return { study, out, id, config, index, length: plan.segment, expiry };
      }),
    );
    let reported = Date.now();
    const report = async () => {
      reported = Date.now();
      return writeReport(out, plan, ended);
    };
    const lost = new Map<string, string>();
    const look = async (id: string) => {
      const run = waiting.get(id);
      if (!run) return;
      const now = await outcomeOf(out, run);
      if (now.outcome.status !== "finished" && now.outcome.status !== "failed") return;
      if (!waiting.delete(id)) return;
      ended.set(id, now);
      listen({ kind: "run", outcome: now.outcome });
      if (Date.now() - reported > REPORT_EVERY) await report();
    };
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
            isOver: () => waiting.size === lost.size,
            listen(event) {
              const { id, out: where } = event.segment;
              if (where !== out) return; // Another study's in the same database.
              if (event.kind === "progress") listen({ kind: "progress", id, progress: event.progress });
              if (event.kind === "dropped") listen({ kind: "dropped", id, reason: event.reason });
              if (event.kind === "committed" && event.ended) looks.push(look(id));
            },
          });
    let failure: unknown;
    working.catch((error) => {
      failure = error;
      over.abort();
    });
    while (waiting.size > lost.size && !stop.aborted) {
      await pause(LOOK, stop);
      for (const id of waiting.keys()) await look(id);
      const state = await queue.state(study);
      for (const { id, message } of state.lost) if (waiting.has(id)) lost.set(id, message);
    }
    over.abort();
    await working.catch(() => {});
    await Promise.all(looks);
    for (const id of waiting.keys()) await look(id);
    if (waiting.size === 0) rmSync(join(out, "work"), { recursive: true, force: true });
    if (failure) {
      // Where nothing could be written, the report cannot be either.
      await report().catch(() => {});
      throw failure;
    }
    const result = await report();
    listen({ kind: "done", report: result, interrupted: signal.aborted && waiting.size > 0 });
    return result;
  } finally {
    await queue?.close();
    lock.release();
  }
}

/** report.json and report.html of the runs as they are now. */
async function writeReport(
  out: string,
  plan: Plan,
  ended: ReadonlyMap<string, EndedRun>,
): Promise<StudyReport> {
  const runs: RunOutcome[] = [];
  for (const run of plan.runs) runs.push((ended.get(run.id) ?? (await outcomeOf(out, run))).outcome);
  const report = studyReport(plan.name, plan.version, runs);
  writeFileAtomically(join(out, "report.json"), `${JSON.stringify(report, undefined, 1)}\n`);
  const logs = new Map([...ended].map(([id, { series }]) => [id, series]));
  writeFileAtomically(join(out, "report.html"), studyPage(report, logs));
  return report;
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
