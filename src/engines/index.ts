// Engines: what compiles a graph and runs it.

export { chooseEngine, type EngineChoice } from "./choose.ts";
export type { Engine, EngineName, EngineOptions, NamedArrays, Program } from "./engine.ts";
export { onnxruntimeEngine } from "./onnxruntime/index.ts";
export type { WasmEngine } from "./wasm/index.ts";
export { wasmEngine } from "./wasm/index.ts";
