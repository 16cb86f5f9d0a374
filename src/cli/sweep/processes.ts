// How many trainings this machine takes at once: as many as it has cores for their threads, and memory.

import { availableParallelism, freemem } from "node:os";

/** Bytes of a training with its process, replay buffers of some hundred thousand transitions included. */
const MEMORY = 500_000_000;
/** Of the memory that is free now; the rest is for whoever else wants some. */
const SHARE = 0.8;

export interface Machine {
  readonly cores: number;
  /** Bytes that are free, and that this process may have. */
  readonly memory: number;
}

/** @param threads of one run, each of which wants a core */
export function defaultProcesses(threads: number, machine: Machine = thisMachine()): number {
  const cores = Math.floor(machine.cores / threads);
  return Math.max(1, Math.min(cores, Math.floor((SHARE * machine.memory) / MEMORY)));
}

function thisMachine(): Machine {
  // A container's limit counts, too, where this Node can tell.
  const allowed = "availableMemory" in process ? process.availableMemory() : Number.POSITIVE_INFINITY;
  return { cores: availableParallelism(), memory: Math.min(freemem(), allowed) };
}
