// Runs graphs on our own SIMD kernels (assembly/), compiled to one small WebAssembly module that is part of this
// package. One graph gives the same bits on every machine, in Node and in browsers, whatever the number of threads.

import { TemperedError } from "../../errors.ts";
import type { Graph } from "../../graph/index.ts";
import type { Engine, EngineOptions, Entries } from "../engine.ts";
import { entriesOf } from "../program-checks.ts";
import { compileKernels } from "./module.ts";
import { plan } from "./plan.ts";
import { WasmProgram } from "./program.ts";
import { canShare } from "./workers.ts";

/** An engine whose programs run at once: `run` returns the outputs themselves, not a promise. */
export interface WasmEngine extends Engine {
  compile(graph: Graph | Entries): Promise<WasmProgram>;
}

/**
 * The wasm engine. Threads share memory, which browsers allow only on cross-origin isolated pages; elsewhere, and for
 * small graphs, one thread does everything.
 * @throws TemperedError (WASM_UNSUPPORTED) where WebAssembly or its SIMD instructions are missing; `compile` throws
 *   OUT_OF_MEMORY or THREAD_LOST where memory or workers cannot be had
 */
export async function wasmEngine({ threads = 1 }: EngineOptions = {}): Promise<WasmEngine> {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new TemperedError("THREADS", `Expected a number of threads from 1 up, got ${threads}`);
  }
  const used = canShare() ? threads : 1;
  const modules = await compileKernels(used > 1);
  const programs = new Set<WasmProgram>();
  return {
    name: "wasm",
    threads: used,
    async compile(graph) {
      const program = await WasmProgram.create(plan(entriesOf(graph), used), modules);
      programs.add(program);
      return program;
    },
    async dispose() {
      await Promise.all([...programs].map((program) => program.dispose()));
      programs.clear();
    },
  };
}

export { WasmProgram } from "./program.ts";
