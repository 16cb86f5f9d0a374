// Runs graphs on our own SIMD kernels (assembly/), compiled to one small WebAssembly module that is part of this
// package. One graph gives the same bits on every machine, in Node and in browsers, whatever the number of threads.

import type { Graph } from "../../graph/index.ts";
import type { Engine, EngineOptions } from "../engine.ts";
import { allocate, compileKernels, type Kernels } from "./module.ts";
import { plan } from "./plan.ts";
import { WasmProgram } from "./program.ts";

export async function wasmEngine({ threads = 1 }: EngineOptions = {}): Promise<Engine> {
  const module = await compileKernels(false);
  return {
    name: "wasm",
    threads,
    compile: async (graph: Graph) => {
      const planned = plan(graph, 1);
      const memory = allocate(planned.bytes, false);
      const instance = await WebAssembly.instantiate(module, {
        env: { memory, stalled: () => 0, abort() {} },
      });
      return new WasmProgram(planned, memory, instance.exports as unknown as Kernels);
    },
    dispose: async () => {},
  };
}
