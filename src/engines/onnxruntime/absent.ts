// What bundlers for pages put in the place of the onnxruntime engine (package.json's "browser"), which only Node can load.

import { TemperedError } from "../../errors.ts";
import type { Engine } from "../engine.ts";

/** @throws TemperedError (ENGINE_MISSING) */
export async function onnxruntimeEngine(): Promise<Engine> {
  throw new TemperedError(
    "ENGINE_MISSING",
    'Expected the wasm engine, which is the one in browsers, got "onnxruntime"; leave `engine` out, or give "wasm"',
  );
}
