// `tempered worker`: takes segments from a database until it is told to end, and tells what becomes of them.

import { resolve } from "node:path";
import { Queue } from "../../sweep/queue.ts";
import { work } from "../../sweep/worker.ts";
import { asInput } from "../bad-input.ts";
import type { CliContext } from "../context.ts";
import { defaultProcesses } from "../sweep/processes.ts";
import { catchInterruption } from "../train/interruption.ts";

export interface WorkerFlags {
  readonly database: string;
  readonly workers?: number;
  readonly out?: string;
  readonly once: boolean;
  readonly json: boolean;
}

/** Seconds between two offers of a worker to look for silent ones, for the time in which nobody follows the study. */
const MAINTENANCE = 20;
/** Milliseconds between two looks into a queue that has long been empty: a thousand workers look, too. */
const IDLE = 4000;

export default async function workerCommand(this: CliContext, flags: WorkerFlags): Promise<void> {
  const { database, workers = defaultProcesses(1), out, once, json } = flags;
  const { stdout } = this.process;
  const queue = await asInput(() => Queue.open(database, { maintenance: MAINTENANCE }));
  const say = (event: string, content: object, text: string) =>
    void stdout.write(json ? `${JSON.stringify({ event, ...content })}\n` : `${text}\n`);
  const interruption = catchInterruption();
  try {
    say("ready", { workers }, `${workers} at once; SIGTERM or Ctrl-C ends after the next row of metrics`);
    await work({
      queue,
      processes: workers,
      idle: IDLE,
      signal: interruption.signal,
      out: out === undefined ? undefined : resolve(out),
      isOver: () => once,
      listen(event) {
        if (event.kind === "progress") return;
        const { id, index } = event.segment;
        const what = `${id} segment ${index}`;
        if (event.kind === "taken") say("taken", { id, index }, what);
        if (event.kind === "committed")
          say(
            "committed",
            { id, index, ended: event.ended },
            `${what}: ${event.ended ? "the run has ended" : "done"}`,
          );
        if (event.kind === "dropped")
          say("dropped", { id, index, reason: event.reason }, `${what}: given back, ${event.reason}`);
      },
    });
  } finally {
    interruption.stop();
    await queue.close();
  }
}
