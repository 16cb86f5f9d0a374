// Words and standard normal numbers in whole blocks, from a WebAssembly kernel (assembly/philox.ts): those of philox.ts and
// src/math/normal.ts, to the bit, in a fraction of the time.

import { bytesOfHex } from "../bytes-as-text.ts";
import { kernels } from "./philox.generated.ts";

interface Kernel {
  /** All of its memory. */
  readonly words: Uint32Array;
  readonly floats: Float32Array;
  readonly blocks: (
    to: number,
    count: number,
    low: number,
    high: number,
    role0: number,
    role1: number,
    key0: number,
    key1: number,
  ) => void;
  readonly normals: (at: number, count: number) => void;
}

/** A stream: its role and its seed, as Philox takes them. */
export type Stream = readonly [role0: number, role1: number, key0: number, key1: number];

/** Words that one call of the kernel makes: the size of its memory. */
const ROOM = 16384;

let kernel: Kernel | undefined;

/**
 * Fills `target` with the normals of the blocks from number `first` on.
 * @param target its length a multiple of 4
 */
export function fillBlocks(target: Float32Array, first: number, stream: Stream): void {
  kernel ??= compiled();
  for (let i = 0, n = first; i < target.length; i += ROOM, n += ROOM / 4) {
    const length = Math.min(ROOM, target.length - i);
    kernel.blocks(0, length / 4, n | 0, (n / 0x100000000) | 0, ...stream);
    kernel.normals(0, length / 4);
    target.set(kernel.floats.subarray(0, length), i);
  }
}

/** The words of some blocks, at most `ROOM` / 4, from number `first` on; they stay until the next call. */
export function wordsOf(first: number, count: number, stream: Stream): Uint32Array {
  kernel ??= compiled();
  kernel.blocks(0, Math.min(count, ROOM / 4), first | 0, (first / 0x100000000) | 0, ...stream);
  return kernel.words.subarray(0, 4 * Math.min(count, ROOM / 4));
}

function compiled(): Kernel {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const module = new WebAssembly.Module(bytesOfHex(kernels));
  const { blocks, normals } = new WebAssembly.Instance(module, { env: { memory } }).exports;
  return {
    words: new Uint32Array(memory.buffer),
    floats: new Float32Array(memory.buffer),
    blocks: blocks as Kernel["blocks"],
    normals: normals as Kernel["normals"],
  };
}
