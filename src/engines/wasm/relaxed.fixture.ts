// Node 20 has relaxed SIMD behind a flag, which may be set until WebAssembly is first used.

import { setFlagsFromString } from "node:v8";

if (Number(process.versions.node.split(".")[0]) < 22) setFlagsFromString("--experimental-wasm-relaxed-simd");
