// Runs graphs on our own SIMD kernels (assembly/), compiled to one small WebAssembly module that is part of this
// package. In either arithmetic one graph gives the same bits on every machine that has it, in Node and in browsers,
// whatever the number of threads.

import { TemperedError } from "../../errors.ts";
import { type Graph, sizeOf } from "../../graph/index.ts";
import type { Arithmetic, ArithmeticChoice, Engine, EngineOptions, Entries } from "../engine.ts";
import { entriesOf } from "../program-checks.ts";
import { arithmeticOf } from "./arithmetic.ts";
import { compileKernels, type KernelModules } from "./module.ts";
import { plan } from "./plan.ts";
import { WasmProgram } from "./program.ts";
import { canShare } from "./sharing.ts";

/** An engine whose programs run at once: `run` returns the outputs themselves, not a promise. */
export interface WasmEngine extends Engine {
  readonly arithmetic: Arithmetic;
  compile(graph: Graph | Entries): Promise<WasmProgram>;
}

export interface WasmEngineOptions extends EngineOptions {
  /** How sums of products round. Default "auto": fused where the runtime and the processor have it, else portable. */
  readonly arithmetic?: ArithmeticChoice;
  /**
   * Whether one thread does the work while that is faster, as on a busy machine, or where others cannot be started. The
   * results are the same. Default false
   */
  readonly adapts?: boolean;
}

/**
 * The wasm engine. Threads share memory, which browsers allow only on cross-origin isolated pages; elsewhere, and for
 * small graphs, one thread does everything.
 * @throws TemperedError (WASM_UNSUPPORTED) where WebAssembly or its SIMD instructions are missing; (ARITHMETIC) where the
 *   fused arithmetic is asked for and not there; `compile` throws OUT_OF_MEMORY or THREAD_LOST where memory or workers cannot be had
 */
export async function wasmEngine({
  threads = 1,
  arithmetic: choice = "auto",
  adapts = false,
}: WasmEngineOptions = {}): Promise<WasmEngine> {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new TemperedError("THREADS", `Expected a number of threads from 1 up, got ${threads}`);
  }
  let used = canShare() ? threads : 1;
  const arithmetic = arithmeticOf(choice);
  const modules = await compileKernels(used > 1, arithmetic);
  let masks: Promise<KernelModules> | undefined;
  const programs = new Set<WasmProgram>();
  return {
    name: "wasm",
    get threads() {
      return used;
    },
    arithmetic,
    async compile(graph) {
      const entries = entriesOf(graph);
      const large = arithmetic === "fused" && [...entries.values()].some(hasLargeProducts);
      const { masking } = large ? await import("./masked.ts") : {};
      if (large) masks ??= compileKernels(used > 1, "masks");
      const kernels = (await masks) ?? modules;
      const create = () => WasmProgram.create(plan(entries, used, undefined, adapts, masking), kernels);
      const program = await create().catch((error: unknown) => {
        if (!(adapts && error instanceof TemperedError && error.code === "THREAD_LOST")) throw error;
        used = 1;
        return create();
      });
      programs.add(program);
      return program;
    },
    async dispose() {
      await Promise.all([...programs].map((program) => program.dispose()));
      programs.clear();
    },
  };
}

/** Multiplications from which products with a mask pay for being fetched: batches and layers of 256 have four times as many. */
const LARGE = 2 ** 22;

function hasLargeProducts({ nodes }: Graph): boolean {
  return nodes.some(
    ({ op, inputs, shape }) =>
      op.kind === "matmul" && sizeOf(shape) * inputs[0]!.shape[op.transposeA ? 0 : 1]! >= LARGE,
  );
}

export { WasmProgram } from "./program.ts";
