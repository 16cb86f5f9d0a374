// The threads that share a program's work: this one and workers that run the other tapes in the same memory. Workers
// are started once and wait inside the kernels; a run needs no message.

import { TemperedError } from "../../errors.ts";
import type { Kernels } from "./module.ts";
import { Race } from "./race.ts";
import { canSleep } from "./sharing.ts";
import { type Helper, startHelper } from "./workers.ts";

/** Milliseconds without a sign of life from a thread that others wait for. */
const PATIENCE = 5_000;
/** At most this much of a wait counts at once: the whole process may have been asleep. */
const LONGEST_STEP = 100;

export interface TeamOptions {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Where each thread finds the address of its tape; the first is this thread's own. */
  readonly tapeSlots: readonly number[];
}

export class Team {
  private readonly threads: number;
  private helpers: readonly Helper[] = [];
  private lost: string | undefined;
  private waited = 0;
  private asked = 0;
  private kernels: Kernels | undefined;

  constructor(threads: number) {
    this.threads = threads;
  }

  /** Asked by the kernels when this thread has waited for long: whether to give up. */
  readonly stalled = (times: number): number => {
    const now = performance.now();
    this.waited = times === 0 ? 0 : this.waited + Math.min(now - this.asked, LONGEST_STEP);
    this.asked = now;
    return Number(this.waited > PATIENCE || this.lost !== undefined);
  };

  /** Starts the workers; the tapes must be in memory. @throws TemperedError (THREAD_LOST) if one does not start */
  async start(kernels: Kernels, { module, memory, tapeSlots }: TeamOptions): Promise<void> {
    this.kernels = kernels;
    const markLost = (reason: string) => {
      this.lost ??= reason;
      kernels.fail();
    };
    try {
      this.helpers = await Promise.all(
        tapeSlots
          .slice(1)
          .map((tapeSlot) => startHelper({ module, memory, tapeSlot, threads: this.threads }, markLost)),
      );
    } catch (cause) {
      throw new TemperedError(
        "THREAD_LOST",
        `Expected ${this.threads - 1} worker threads to start, but one did not; use the engine with 1 thread`,
        { cause },
      );
    }
  }

  /** Runs all tapes. @throws TemperedError (THREAD_LOST) if a worker is gone; the states are then corrupted */
  run(kernels: Kernels, tape: number): void {
    if (this.lost === undefined) {
      kernels.go();
      if (kernels.execute(tape, this.threads, canSleep())) return;
      this.lost ??= `a thread gave no sign of script for ${PATIENCE / 1000} s`;
      kernels.fail();
    }
    throw new TemperedError(
      "THREAD_LOST",
      `Expected all ${this.threads} threads to answer, but ${this.lost}; the program's states are corrupted: ` +
        "compile the graph again and go on from a checkpoint",
    );
  }

  /** Between runs of all threads and of this one alone. */
  race(): Race {
    return new Race();
  }

  async dispose(): Promise<void> {
    this.lost ??= "the program was disposed";
    this.kernels?.fail();
    await Promise.all(this.helpers.map((helper) => helper.end()));
  }
}
