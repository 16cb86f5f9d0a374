// The memory a program's states live in: one WebAssembly memory, so that ONNX Runtime reads and writes them where
// they stand and the optimiser's kernels (assembly/optimiser.ts) update them in place.

import { TemperedError } from "../../errors.ts";
import { kernels } from "./optimiser.generated.ts";

const PAGE = 65536;
/** A cache line. */
const ALIGNMENT = 64;
const MAX_PAGES = 65536;

interface OptimiserKernels {
  /** See assembly/optimiser.ts; addresses in bytes, `n` in floats. */
  adam(
    parameter: number,
    moment1: number,
    moment2: number,
    gradient: number,
    n: number,
    beta1: number,
    beta2: number,
    size: number,
    epsilon: number,
  ): void;
  polyak(target: number, parameter: number, n: number, tau: number): void;
}

export interface ProgramMemory {
  readonly kernels: OptimiserKernels;
  /** Zeros, as many as asked for; in the order asked for, never overlapping. */
  readonly arrays: readonly Float32Array[];
}

/**
 * Memory that holds arrays of the given lengths.
 * @throws TemperedError (OUT_OF_MEMORY)
 */
export async function programMemory(lengths: readonly number[]): Promise<ProgramMemory> {
  const aligned = lengths.map((length) => Math.ceil((4 * length) / ALIGNMENT) * ALIGNMENT);
  const bytes = aligned.reduce((sum, size) => sum + size, ALIGNMENT);
  const memory = allocate(Math.ceil(bytes / PAGE), bytes);
  const module = Uint8Array.from(atob(kernels), (character) => character.charCodeAt(0));
  const { instance } = await WebAssembly.instantiate(module, { env: { memory } });
  let at = ALIGNMENT;
  const arrays = lengths.map((length, i) => {
    const array = new Float32Array(memory.buffer, at, length);
    at += aligned[i]!;
    return array;
  });
  return { kernels: instance.exports as unknown as OptimiserKernels, arrays };
}

function allocate(pages: number, bytes: number): WebAssembly.Memory {
  try {
    if (pages <= MAX_PAGES) return new WebAssembly.Memory({ initial: pages });
  } catch {
    // Reported below, in our words.
  }
  throw new TemperedError(
    "OUT_OF_MEMORY",
    `Expected ${Math.ceil(bytes / 2 ** 20)} MiB for the program's states to be available, but they could not be ` +
      "allocated (4096 MiB at most); use smaller hidden layers",
  );
}
