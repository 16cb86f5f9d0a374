// Workers in Node and in browsers. Their few lines are a string, so that no bundler has to find a file.

import { TemperedError } from "../../errors.ts";
import { type WorkerThreads, workerThreads } from "./sharing.ts";

export interface HelperData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly tapeSlot: number;
  readonly threads: number;
}

export interface Helper {
  end(): Promise<void>;
}

const script = `
const live = ({ module, memory, tapeSlot, threads }, say) => {
  const imports = { env: { memory, abort() {}, stalled: () => 0 } };
  const { serve, fail } = new WebAssembly.Instance(module, imports).exports;
  say("ready");
  try {
    serve(tapeSlot, threads, 0);
  } catch (error) {
    fail();
    say(String(error));
  }
};
`;
const nodeScript = `${script}
const { parentPort, workerData } = process.getBuiltinModule("node:worker_threads");
live(workerData, (message) => parentPort.postMessage(message));
`;
const browserScript = `${script}
onmessage = ({ data }) => live(data, (message) => postMessage(message));
`;

/**
 * Starts a worker that runs a tape whenever the kernels are told to go.
 * @param lost called with a reason if the worker dies
 */
export function startHelper(data: HelperData, lost: (reason: string) => void): Promise<Helper> {
  const threads = workerThreads();
  return threads ? startNodeWorker(threads, data, lost) : startBrowserWorker(data, lost);
}

function startNodeWorker(
  { Worker }: WorkerThreads,
  data: HelperData,
  lost: (reason: string) => void,
): Promise<Helper> {
  return new Promise((resolve, reject) => {
    // Flags of this process, such as --input-type, are not for the worker.
    const worker = new Worker(nodeScript, { eval: true, workerData: data, execArgv: [] });
    worker.on("message", (message: string) => {
      if (message !== "ready") return lost(`a worker failed: ${message}`);
      // A program that nobody uses any more must not keep the process alive.
      worker.unref();
      resolve({ end: async () => void (await worker.terminate()) });
    });
    worker.on("error", (error) => {
      lost(`a worker failed: ${error}`);
      reject(error);
    });
    worker.on("exit", () => {
      lost("a worker has ended");
      reject(new TemperedError("THREAD_LOST", "Expected a worker to start, but it ended"));
    });
  });
}

function startBrowserWorker(data: HelperData, lost: (reason: string) => void): Promise<Helper> {
  return new Promise((resolve, reject) => {
    const url = URL.createObjectURL(new Blob([browserScript], { type: "text/javascript" }));
    const worker = new Worker(url);
    worker.onmessage = ({ data: message }: MessageEvent<string>) => {
      URL.revokeObjectURL(url);
      if (message === "ready") resolve({ end: async () => worker.terminate() });
      else lost(`a worker failed: ${message}`);
    };
    worker.onerror = ({ message }) => {
      lost(`a worker failed: ${message}`);
      reject(new TemperedError("THREAD_LOST", `Expected a worker to start, but it failed: ${message}`));
    };
    worker.postMessage(data);
  });
}
