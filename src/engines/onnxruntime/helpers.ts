// The worker threads that have the other shards of a program's batch. Their code is a string (worker.ts, bundled into
// worker.generated.ts), so that no bundler has to find a file.

import { TemperedError } from "../../errors.ts";
import { Exchange, Unanswered } from "./exchange.ts";
import type { Installed } from "./installed.ts";
import type { Shard } from "./shard.ts";
import type { ShardPlan } from "./shard-plan.ts";
import { workerSource } from "./worker.generated.ts";
import type { WorkerData } from "./worker.ts";

export interface Helpers {
  readonly exchange: Exchange;
  /** One run of all shards. @throws TemperedError (THREAD_LOST) if a worker is gone; the states are then corrupted */
  run(shard: Shard, entry: number, statesChanged: boolean): Promise<void>;
  /** Brings Adam's moments in `shard` up to date. @throws TemperedError (THREAD_LOST) */
  collectMoments(shard: Shard): void;
  /** Ends the workers, once no run is in flight. */
  end(): Promise<void>;
}

type WorkerThreads = typeof import("node:worker_threads");
type Worker = InstanceType<WorkerThreads["Worker"]>;

/** Milliseconds that a worker has to say why it failed. */
const LAST_WORDS = 300;

/**
 * Starts a worker for every shard but the first.
 * @throws TemperedError (THREAD_LOST) if one does not start; (OUT_OF_MEMORY)
 */
export async function startHelpers(
  { library, refusal }: Installed,
  plan: ShardPlan,
  module: WebAssembly.Module,
): Promise<Helpers> {
  const threads: WorkerThreads = process.getBuiltinModule("node:worker_threads");
  const buffer = sharedMemory(plan);
  const exchange = new Exchange(plan, 0, buffer);
  let lost: string | undefined;
  const markLost = (reason: string) => {
    lost ??= reason;
    exchange.fail();
  };
  const ends: Promise<void>[] = [];
  const start = (me: number) =>
    new Promise<Worker>((resolve, reject) => {
      const data: WorkerData = {
        ...{ plan, me, module, buffer },
        from: import.meta.url,
        installed: { library, refusal },
      };
      const url = new URL(`data:text/javascript,${encodeURIComponent(workerSource)}`);
      // Flags of this process, such as --input-type, are not for the worker.
      const worker = new threads.Worker(url, { workerData: data, execArgv: [] });
      worker.on("message", () => {
        // A program that nobody uses any more must not keep the process alive.
        worker.unref();
        resolve(worker);
      });
      worker.on("error", (error) => {
        markLost(`a worker failed: ${error}`);
        reject(error);
      });
      const ended = new Promise<void>((resolve) => void worker.on("exit", () => resolve()));
      ends.push(ended);
      void ended.then(() => {
        markLost("a worker has ended");
        reject(new Error("a worker has ended"));
      });
    });
  let workers: Worker[];
  try {
    workers = await Promise.all(Array.from({ length: plan.shards - 1 }, (_, i) => start(i + 1)));
  } catch (cause) {
    exchange.stop();
    throw new TemperedError(
      "THREAD_LOST",
      `Expected ${plan.shards - 1} worker threads to start, but one did not; use the engine with 1 thread`,
      { cause },
    );
  }

  const failure = (cause?: unknown) =>
    new TemperedError(
      "THREAD_LOST",
      `Expected all ${plan.shards} threads to answer, but ${lost}; the program's states are corrupted: ` +
        "compile the graph again and go on from a checkpoint",
      { cause },
    );
  const runAll = async (shard: Shard, entry: number) => {
    try {
      await shard.run(entry);
    } catch (error) {
      const { message } = error as Error;
      if (error instanceof Unanswered) {
        exchange.fail();
        // A worker that failed first says why as soon as this thread has time to listen.
        await Promise.race([...ends, new Promise((resolve) => setTimeout(resolve, LAST_WORDS))]);
      }
      markLost(message);
      throw failure(error);
    }
  };
  return {
    exchange,
    async run(shard, entry, statesChanged) {
      if (lost !== undefined) throw failure();
      const { outputs, states, shards } = plan;
      exchange.start(entry, statesChanged ? { states: shard.view(states), runs: shard.runs } : undefined);
      await runAll(shard, entry);
      const mean = shard.view(outputs);
      for (let at = 0; at < mean.length; at++) {
        for (let i = 1; i < shards; i++) mean[at]! += exchange.outputsOf(i)[at]!;
        mean[at]! /= shards;
      }
    },
    collectMoments(shard) {
      if (lost !== undefined) throw failure();
      exchange.start("collect");
      try {
        shard.collectMoments();
      } catch (error) {
        markLost((error as Error).message);
        throw failure(error);
      }
    },
    async end() {
      lost ??= "the program was disposed";
      exchange.stop();
      // Now the process does wait for them.
      for (const worker of workers) worker.ref();
      await Promise.all(ends);
    },
  };
}

function sharedMemory(plan: ShardPlan): SharedArrayBuffer {
  try {
    return Exchange.memory(plan);
  } catch (cause) {
    throw new TemperedError(
      "OUT_OF_MEMORY",
      `Expected memory that ${plan.shards} threads share, but it could not be allocated; ` +
        "use smaller hidden layers or fewer threads",
      { cause },
    );
  }
}
