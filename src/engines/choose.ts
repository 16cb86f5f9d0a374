// Which engine runs the updates: onnxruntime, the faster one, where its optional package is installed, and otherwise
// wasm, which is always there. A program that cares names one.

import { TemperedError } from "../errors.ts";
import type { Engine, EngineName } from "./engine.ts";
import { onnxruntimeEngine } from "./onnxruntime/index.ts";
import { wasmEngine } from "./wasm/index.ts";

/** Which engine to take, and what it is given. */
export interface EngineChoice {
  /** Default "auto": onnxruntime where it is installed, else wasm. */
  readonly engine?: "auto" | EngineName;
  /** Threads that one program may use. Default 1. */
  readonly threads?: number;
}

/** @throws TemperedError (ENGINE_MISSING) where onnxruntime is asked for and not installed */
export async function chooseEngine({ engine = "auto", threads = 1 }: EngineChoice = {}): Promise<Engine> {
  if (engine === "wasm") return wasmEngine({ threads });
  if (engine === "onnxruntime") return onnxruntimeEngine({ threads });
  if (engine !== "auto") {
    throw new TemperedError(
      "ENGINE",
      `Expected engine "auto", "onnxruntime" or "wasm", got ${JSON.stringify(engine)}`,
    );
  }
  const inNode = typeof process !== "undefined" && process.versions?.node !== undefined;
  if (!inNode) return wasmEngine({ threads });
  try {
    return await onnxruntimeEngine({ threads });
  } catch (error) {
    if (error instanceof TemperedError && error.code === "ENGINE_MISSING") return wasmEngine({ threads });
    throw error;
  }
}
