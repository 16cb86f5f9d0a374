// Runs graphs on ONNX Runtime through its public Node API: the fastest engine on a machine that has the optional
// package onnxruntime-node.

import { TemperedError } from "../../errors.ts";
import type { Engine, EngineOptions } from "../engine.ts";
import { refusalOf } from "./in-place.ts";
import type { Runtime } from "./part.ts";
import { OnnxProgram } from "./program.ts";

/**
 * The onnxruntime engine.
 * @throws TemperedError (ENGINE_MISSING) where the optional package onnxruntime-node is not installed; (THREADS) unless
 *   threads is a positive integer
 */
export async function onnxruntimeEngine({ threads = 1 }: EngineOptions = {}): Promise<Engine> {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new TemperedError("THREADS", `Expected threads to be a positive integer, got ${threads}`);
  }
  const runtime = await loadRuntime();
  const installed = { runtime, refusal: await refusalOf(runtime) };
  return {
    name: "onnxruntime",
    threads,
    compile: (graph, options) => OnnxProgram.compile(installed, threads, graph, options),
    dispose: async () => {},
  };
}

async function loadRuntime(): Promise<Runtime> {
  try {
    const module: Runtime & { default?: Runtime } = await import("onnxruntime-node");
    return module.default ?? module;
  } catch (cause) {
    throw new TemperedError(
      "ENGINE_MISSING",
      "Expected the optional package onnxruntime-node to be installed for the onnxruntime engine, but it could not be " +
        "loaded; install it with `npm install onnxruntime-node --onnxruntime-node-install=skip`, or use the wasm engine",
      { cause },
    );
  }
}
