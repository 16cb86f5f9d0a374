// The process that trains: it does one segment after the other for the worker that made it, and ends when that worker does.

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { TrainConfig } from "../training/settings.ts";
import { type SegmentEnd, type SegmentOptions, type SegmentProgress, trainSegment } from "./segment.ts";

/** What is to be trained, where. */
export interface TrainingOrder extends Pick<SegmentOptions, "path" | "length" | "until" | "stopWhenBroken"> {
  readonly config: TrainConfig;
}

export type ToProcess = ({ readonly kind: "segment" } & TrainingOrder) | { readonly kind: "drain" };

export type FromProcess =
  | { readonly kind: "progress"; readonly progress: SegmentProgress }
  | { readonly kind: "done"; readonly end: SegmentEnd }
  /** @property begun whether there is a run that says how it failed; @property system whether the machine is at fault */
  | { readonly kind: "failed"; readonly message: string; readonly begun: boolean; readonly system: boolean };

/** Codes of errors that say nothing of the run: somebody else, or the same machine later, may do what this one could not. */
const SYSTEM: ReadonlySet<string> = new Set([
  ...["ENOSPC", "EDQUOT", "EROFS", "EIO", "EACCES", "EPERM", "EMFILE", "ENFILE", "ENOMEM", "ESTALE"],
  ...["THREAD_LOST", "RUN_GONE", "RUN_UNWRITABLE", "RUN_LOCKED"],
]);

/** Milliseconds between two messages about progress. */
const QUIET = 200;

let drain = new AbortController();

if (process.send) {
  process.on("message", (message: ToProcess) => {
    if (message.kind === "drain") drain.abort();
    else void work(message);
  });
  // The worker is gone, and somebody else may take what it had: nothing may be written any more.
  process.on("disconnect", () => process.exit(1));
  // Ctrl-C in a terminal reaches the whole group; the worker says what to do.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
}

async function work({ path, config, length, until, stopWhenBroken }: TrainingOrder): Promise<void> {
  drain = new AbortController();
  let told = 0;
  try {
    const end = await trainSegment(config, {
      path,
      length,
      until,
      stopWhenBroken,
      drain: drain.signal,
      onProgress(progress) {
        if (Date.now() - told < QUIET) return;
        told = Date.now();
        tell({ kind: "progress", progress });
      },
    });
    tell({ kind: "done", end });
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    const begun = existsSync(join(path, "run.json"));
    const system = SYSTEM.has(code ?? "");
    tell({ kind: "failed", message, begun, system });
  }
}

function tell(message: FromProcess): void {
  process.send?.(message);
}
