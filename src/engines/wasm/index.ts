// Runs graphs on our own SIMD kernels (assembly/), compiled to one small WebAssembly module that is part of this
// package. One graph gives the same bits on every machine, in Node and in browsers, whatever the number of threads.

import { TemperedError } from "../../errors.ts";
import type { Graph } from "../../graph/index.ts";
import type { Engine, EngineOptions } from "../engine.ts";
import { allocate, compileKernels, type Kernels } from "./module.ts";
import { plan } from "./plan.ts";
import { WasmProgram } from "./program.ts";
import { Team } from "./team.ts";
import { canShare } from "./workers.ts";

/** An engine whose programs run at once: `run` returns the outputs themselves, not a promise. */
export interface WasmEngine extends Engine {
  compile(graph: Graph): Promise<WasmProgram>;
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
  const modules = new Map([[false, await compileKernels(false)]]);
  if (used > 1) modules.set(true, await compileKernels(true));
  const programs = new Set<WasmProgram>();
  return {
    name: "wasm",
    threads: used,
    async compile(graph) {
      const planned = plan(graph, used);
      const shared = planned.tapes.length > 1;
      const module = modules.get(shared)!;
      const memory = allocate(planned.bytes, shared);
      const team = shared ? new Team(planned.tapes.length) : undefined;
      const imports = { env: { memory, abort() {}, stalled: team?.stalled ?? (() => 0) } };
      const instance = await WebAssembly.instantiate(module, imports);
      const kernels = instance.exports as unknown as Kernels;
      const program = new WasmProgram(planned, memory, kernels, team);
      await team?.start(kernels, { module, memory, tapes: planned.tapeAddresses });
      programs.add(program);
      return program;
    },
    async dispose() {
      await Promise.all([...programs].map((program) => program.dispose()));
    },
  };
}

export { WasmProgram } from "./program.ts";
