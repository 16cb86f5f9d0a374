// Standard normal numbers in whole blocks, by a WebAssembly kernel (assembly/normals.ts) that gives the bits of
// philox.ts and src/math/normal.ts in little more than half of their time.

import { kernels } from "./normals.generated.ts";

interface Kernel {
  readonly memory: WebAssembly.Memory;
  readonly normals: (
    to: number,
    blocks: number,
    low: number,
    high: number,
    role0: number,
    role1: number,
    key0: number,
    key1: number,
  ) => void;
}

/** Floats that one call of the kernel makes: the size of its memory. */
const ROOM = 16384;

let kernel: Kernel | undefined;

/**
 * Fills `target` with the normals of the blocks from number `first` on.
 * @param target its length a multiple of 4
 */
export function fillBlocks(
  target: Float32Array,
  first: number,
  role0: number,
  role1: number,
  key0: number,
  key1: number,
): void {
  kernel ??= compiled();
  for (let i = 0, n = first; i < target.length; i += ROOM, n += ROOM / 4) {
    const length = Math.min(ROOM, target.length - i);
    kernel.normals(0, length / 4, n | 0, (n / 0x100000000) | 0, role0, role1, key0, key1);
    target.set(new Float32Array(kernel.memory.buffer, 0, length), i);
  }
}

function compiled(): Kernel {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const module = new WebAssembly.Module(
    Uint8Array.from(atob(kernels), (character) => character.charCodeAt(0)),
  );
  const { normals } = new WebAssembly.Instance(module, { env: { memory } }).exports;
  return { memory, normals: normals as Kernel["normals"] };
}
