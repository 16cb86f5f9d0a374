// The compiled kernels as a WebAssembly module, in either arithmetic, for memory that threads share or memory that one
// thread owns.

import { bytesOf } from "../../bytes-as-text.ts";
import { TemperedError } from "../../errors.ts";
import type { Arithmetic } from "../engine.ts";

const PAGE = 65536;
const PAGES = 65536;

/** The kernels' exports that programs call. */
export interface Kernels {
  execute(tape: number, threads: number, maySleep: boolean): number;
  go(): void;
  fail(): void;
}

/** Those of an arithmetic, or of the fused one with products with a mask. */
export type KernelSet = Arithmetic | "masks";

/** The kernels for memory that one thread owns and, where asked for, for memory that threads share. */
export interface KernelModules {
  readonly owned: WebAssembly.Module;
  readonly shared?: WebAssembly.Module;
}

/**
 * Compiles the kernels.
 * @param kernels of an arithmetic that is there; see arithmetic.ts
 * @throws TemperedError (WASM_UNSUPPORTED) where WebAssembly, or its SIMD instructions, are missing
 */
export async function compileKernels(alsoShared: boolean, kernels: KernelSet): Promise<KernelModules> {
  if (typeof WebAssembly !== "object") throw unsupported("WebAssembly is not there at all");
  const shared = await unpacked(kernels);
  const owned = unshared(shared);
  if (!WebAssembly.validate(owned)) throw unsupported("its SIMD or atomic instructions are missing");
  return {
    owned: await WebAssembly.compile(owned),
    ...(alsoShared && { shared: await WebAssembly.compile(shared) }),
  };
}

/**
 * Memory of at least `bytes` bytes, all zeros.
 * @throws TemperedError (OUT_OF_MEMORY) if there is not so much
 */
export function allocate(bytes: number, shared: boolean): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE);
  try {
    if (pages > PAGES) throw new RangeError("WebAssembly addresses 4 GiB");
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch (cause) {
    throw new TemperedError(
      "OUT_OF_MEMORY",
      `Expected ${Math.ceil(bytes / 2 ** 20)} MiB of memory for the compiled graph, but they could not be had; ` +
        "use a smaller batch or smaller networks, or dispose of programs that are no longer needed",
      { cause },
    );
  }
}

function unsupported(what: string): TemperedError {
  return new TemperedError(
    "WASM_UNSUPPORTED",
    `Expected WebAssembly with SIMD (Node 20, Chrome 91, Firefox 113, Safari 16.4, or later), but ${what}; ` +
      "update the runtime, or use the onnxruntime engine",
  );
}

const files = {
  portable: () => import("./portable-kernels.generated.ts"),
  fused: () => import("./fused-kernels.generated.ts"),
  masks: () => import("./mask-kernels.generated.ts"),
};

/** Each has a file, so that a page fetches one. */
async function unpacked(set: KernelSet): Promise<Uint8Array<ArrayBuffer>> {
  const { kernels } = await files[set]();
  const stream = new Blob([bytesOf(kernels)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * The module without the flag that says the imported memory is shared. Nothing else differs: atomic instructions work
 * on both kinds of memory. The import reads "memory", kind 2 (memory), flags 3 (shared, with a maximum).
 */
function unshared(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const name = [...new TextEncoder().encode("memory"), 2, 3];
  const at = bytes.findIndex((_, i) => name.every((byte, j) => bytes[i + j] === byte));
  const changed = bytes.slice();
  changed[at + name.length - 1] = 1;
  return changed;
}
