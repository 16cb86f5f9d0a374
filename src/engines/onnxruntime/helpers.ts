// The worker threads that have the other parts of a program's batch. Their code is a string (worker.generated.ts), so
// that no bundler has to find a file.

import { TemperedError } from "../../errors.ts";
import { Exchange, Unanswered } from "./exchange.ts";
import type { Installed } from "./installed.ts";
import type { Part } from "./part.ts";
import type { PartPlan } from "./part-plan.ts";
import type { HelperData } from "./serve.ts";
import { workerSource } from "./worker.generated.ts";

export interface Helpers {
  readonly exchange: Exchange;
  /** One run of all parts. @throws TemperedError (THREAD_LOST) if a worker is gone; the states are then corrupted */
  run(part: Part, entry: number, statesChanged: boolean): Promise<void>;
  /** Brings Adam's moments in `part` up to date. @throws TemperedError (THREAD_LOST) */
  collectMoments(part: Part): void;
  /** Ends the workers, once no run is in flight. */
  end(): Promise<void>;
}

type WorkerThreads = typeof import("node:worker_threads");
type Worker = InstanceType<WorkerThreads["Worker"]>;

/** Milliseconds that a worker has to say why it failed. */
const LAST_WORDS = 300;

const life = `
import { createRequire } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
${workerSource}
const require = createRequire(workerData.from);
const { library, refusal } = workerData.installed;
const sessions = library ? cApi(require("koffi"), library) : nodeApi(require("onnxruntime-node"), refusal);
await serve(sessions, workerData, () => parentPort.postMessage("ready"));
`;

/**
 * Starts a worker for every part but the first.
 * @throws TemperedError (THREAD_LOST) if one does not start; (OUT_OF_MEMORY)
 */
export async function startHelpers(
  { library, refusal }: Installed,
  plan: PartPlan,
  module: WebAssembly.Module,
): Promise<Helpers> {
  const threads: WorkerThreads = process.getBuiltinModule("node:worker_threads");
  const buffer = sharedMemory(plan);
  const exchange = new Exchange(plan, 0, buffer);
  let lost: string | undefined;
  const lose = (reason: string) => {
    lost ??= reason;
    exchange.fail();
  };
  const ends: Promise<void>[] = [];
  const start = (me: number) =>
    new Promise<Worker>((resolve, reject) => {
      const data: HelperData & { from: string; installed: Omit<Installed, "sessions"> } = {
        ...{ plan, me, module, buffer },
        from: import.meta.url,
        installed: { library, refusal },
      };
      const url = new URL(`data:text/javascript,${encodeURIComponent(life)}`);
      // Flags of this process, such as --input-type, are not for the worker.
      const worker = new threads.Worker(url, { workerData: data, execArgv: [] });
      worker.on("message", () => {
        // A program that nobody uses any more must not keep the process alive.
        worker.unref();
        resolve(worker);
      });
      worker.on("error", (error) => {
        lose(`a worker failed: ${error}`);
        reject(error);
      });
      const ended = new Promise<void>((resolve) => void worker.on("exit", () => resolve()));
      ends.push(ended);
      void ended.then(() => {
        lose("a worker has ended");
        reject(new Error("a worker has ended"));
      });
    });
  let workers: Worker[];
  try {
    workers = await Promise.all(Array.from({ length: plan.parts - 1 }, (_, i) => start(i + 1)));
  } catch (cause) {
    exchange.stop();
    throw new TemperedError(
      "THREAD_LOST",
      `Expected ${plan.parts - 1} worker threads to start, but one did not; use the engine with 1 thread`,
      { cause },
    );
  }

  const failure = (cause?: unknown) =>
    new TemperedError(
      "THREAD_LOST",
      `Expected all ${plan.parts} threads to answer, but ${lost}; the program's states are corrupted: ` +
        "compile the graph again and go on from a checkpoint",
      { cause },
    );
  const runAll = async (part: Part, entry: number) => {
    try {
      await part.run(entry);
    } catch (error) {
      const { message } = error as Error;
      if (error instanceof Unanswered) {
        exchange.fail();
        // A worker that failed first says why as soon as this thread has time to listen.
        await Promise.race([...ends, new Promise((resolve) => setTimeout(resolve, LAST_WORDS))]);
      }
      lose(message);
      throw failure(error);
    }
  };
  return {
    exchange,
    async run(part, entry, statesChanged) {
      if (lost !== undefined) throw failure();
      const { outputs, states, parts } = plan;
      exchange.start(entry, statesChanged ? { states: part.view(states), runs: part.runs } : undefined);
      await runAll(part, entry);
      const mean = part.view(outputs);
      for (let at = 0; at < mean.length; at++) {
        for (let i = 1; i < parts; i++) mean[at]! += exchange.outputsOf(i)[at]!;
        mean[at]! /= parts;
      }
    },
    collectMoments(part) {
      if (lost !== undefined) throw failure();
      exchange.start("collect");
      try {
        part.collectMoments();
      } catch (error) {
        lose((error as Error).message);
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

function sharedMemory(plan: PartPlan): SharedArrayBuffer {
  try {
    return Exchange.memory(plan);
  } catch (cause) {
    throw new TemperedError(
      "OUT_OF_MEMORY",
      `Expected memory that ${plan.parts} threads share, but it could not be allocated; ` +
        "use smaller hidden layers or fewer threads",
      { cause },
    );
  }
}
