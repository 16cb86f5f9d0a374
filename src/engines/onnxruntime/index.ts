// Runs graphs on ONNX Runtime: the fastest engine on a machine that has the optional package onnxruntime-node, and
// faster yet where koffi is installed beside it.

import { TemperedError } from "../../errors.ts";
import type { Engine, EngineOptions } from "../engine.ts";
import { type Installed, installedRuntime } from "./installed.ts";
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
  return engineOn(await installedRuntime(), threads);
}

/** The engine on what is installed. */
export function engineOn(installed: Installed, threads: number): Engine {
  return {
    name: "onnxruntime",
    threads,
    compile: (graphs) => OnnxProgram.compile(installed, threads, graphs),
    dispose: async () => {},
  };
}
