// Ctrl-C, SIGTERM and a terminal that closes ask for an end: the first one lets the run save what was learned, the second
// one ends at once.

import { Interrupted } from "../../training/events.ts";
import { whenOutputCloses } from "../output.ts";
import { exitAtOnce } from "../stray-errors.ts";

export interface Interruption {
  readonly signal: AbortSignal;
  /** Signals do again what they always do. */
  stop(): void;
}

/** Aborts `controller` at the first signal of this process, until `stop`. */
export function catchInterruption(controller = new AbortController()): Interruption {
  let name: NodeJS.Signals | undefined;
  const interrupt = (signal: NodeJS.Signals) => {
    if (name !== undefined) exitAtOnce(1);
    name = signal;
    // What is still written goes nowhere then; nobody must stumble over that.
    if (signal === "SIGHUP")
      for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
    controller.abort(new Interrupted(signal));
  };
  const outputCloses = whenOutputCloses(() => {
    controller.abort(new Interrupted("closed output"));
  });
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, interrupt);
  return {
    signal: controller.signal,
    stop: () => {
      outputCloses();
      for (const signal of signals) process.off(signal, interrupt);
    },
  };
}
