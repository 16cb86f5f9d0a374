// What this place allows threads: memory of several, sleep. Node's worker_threads come from `process.getBuiltinModule`, so
// that browsers' bundlers never see an import of them.

export type WorkerThreads = typeof import("node:worker_threads");

/** Whether memory can be shared between threads here. */
export function canShare(): boolean {
  return workerThreads() !== undefined || globalThis.crossOriginIsolated === true;
}

/** Whether this thread may sleep while it waits: a browser's main thread may not. */
export function canSleep(): boolean {
  return typeof document === "undefined";
}

/** Node's threads; undefined in a browser. */
export function workerThreads(): WorkerThreads | undefined {
  return globalThis.process?.getBuiltinModule?.("node:worker_threads");
}
