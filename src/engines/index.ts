// Engines: what compiles a graph and runs it.

export { chooseEngine, type EngineChoice } from "./choose.ts";
export type {
  Arithmetic,
  ArithmeticChoice,
  Engine,
  EngineName,
  EngineOptions,
  NamedArrays,
  Program,
} from "./engine.ts";
export { onnxruntimeEngine } from "./onnxruntime/index.ts";
export type { ThreadChoice, Work } from "./threads.ts";
export { hasFused } from "./wasm/arithmetic.ts";
export { type WasmEngine, type WasmEngineOptions, wasmEngine } from "./wasm/index.ts";
