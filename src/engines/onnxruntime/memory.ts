// The memory a program's arrays live in: one WebAssembly memory, so that ONNX Runtime reads and writes them where
// they stand and the optimiser's kernels (assembly/optimiser.ts) update them in place.

import { bytesOfHex } from "../../bytes-as-text.ts";
import { TemperedError } from "../../errors.ts";
import { kernels } from "./optimiser.generated.ts";

const PAGE = 65536;
/** A cache line. */
const ALIGNMENT = 64;
const MAX_PAGES = 65536;

/** Where an array stands. */
export interface Region {
  /** In bytes. */
  readonly offset: number;
  /** In floats. */
  readonly length: number;
}

/** Hands out regions one after the other, never overlapping. */
export class Layout {
  private end = ALIGNMENT;

  take(length: number): Region {
    const region = { offset: this.end, length };
    this.end += Math.ceil((4 * length) / ALIGNMENT) * ALIGNMENT;
    return region;
  }

  /** A region for each of several arrays, by name. */
  takeAll(lengths: Iterable<readonly [string, number]>): Group {
    const start = this.end;
    const regions = new Map([...lengths].map(([name, length]) => [name, this.take(length)]));
    return { regions, all: { offset: start, length: (this.end - start) / 4 } };
  }

  get pages(): number {
    return Math.ceil(this.end / PAGE);
  }
}

export interface Group {
  readonly regions: ReadonlyMap<string, Region>;
  /** The stretch of memory that holds them all. */
  readonly all: Region;
}

/**
 * Memory of so many pages, all zeros.
 * @throws TemperedError (OUT_OF_MEMORY)
 */
export function allocate(pages: number): WebAssembly.Memory {
  try {
    if (pages <= MAX_PAGES) return new WebAssembly.Memory({ initial: pages });
  } catch {
    // Reported below, in our words.
  }
  throw new TemperedError(
    "OUT_OF_MEMORY",
    `Expected ${Math.ceil((pages * PAGE) / 2 ** 20)} MiB for the program's states to be available, but they could not ` +
      "be allocated (4096 MiB at most); use smaller hidden layers",
  );
}

/** The optimiser's kernels, to be instantiated over a memory. */
export function kernelsModule(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(bytesOfHex(kernels));
}
