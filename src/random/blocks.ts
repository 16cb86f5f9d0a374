// Standard normal numbers in whole blocks, whose words come from a WebAssembly kernel (assembly/philox.ts): those of
// philox.ts in a fraction of the time.

import { bytesOf } from "../base64.ts";
import { normalFromUint32 } from "../math/index.ts";
import { kernels } from "./philox.generated.ts";

interface Kernel {
  /** All of its memory. */
  readonly words: Uint32Array;
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
}

/** Words that one call of the kernel makes: the size of its memory. */
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
  const { words, blocks } = kernel;
  for (let i = 0, n = first; i < target.length; i += ROOM, n += ROOM / 4) {
    const length = Math.min(ROOM, target.length - i);
    blocks(0, length / 4, n | 0, (n / 0x100000000) | 0, role0, role1, key0, key1);
    for (let j = 0; j < length; j++) target[i + j] = normalFromUint32(words[j]!);
  }
}

function compiled(): Kernel {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const module = new WebAssembly.Module(bytesOf(kernels));
  const { blocks } = new WebAssembly.Instance(module, { env: { memory } }).exports;
  return { words: new Uint32Array(memory.buffer), blocks: blocks as Kernel["blocks"] };
}
