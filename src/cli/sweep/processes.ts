// How many trainings this machine takes at once: as many as it has cores for their threads, and memory.

import { availableParallelism, freemem } from "node:os";

/** Bytes of a training with its process, replay buffers of some hundred thousand transitions included. */
const MEMORY = 500_000_000;

/** @param threads of one run */
export function defaultProcesses(threads: number): number {
  const cores = Math.floor(availableParallelism() / threads);
  return Math.max(1, Math.min(cores, Math.floor((0.8 * freemem()) / MEMORY)));
}
