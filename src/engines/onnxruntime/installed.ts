// What is installed of ONNX Runtime, and the fastest way to it.

import { TemperedError } from "../../errors.ts";
import { cApi, type Koffi } from "./c-api.ts";
import { refusalOf } from "./in-place.ts";
import { nodeApi, type Runtime, type Sessions } from "./session.ts";

export interface Installed {
  readonly sessions: Sessions;
  /** ONNX Runtime's library, where it is called directly. */
  readonly library?: string | undefined;
  /** How onnxruntime-node refuses to return outputs (in-place.ts), where it is used and does so. */
  readonly refusal?: string | undefined;
}

/**
 * ONNX Runtime by its C API where the optional package koffi is installed too, else by onnxruntime-node.
 * @throws TemperedError (ENGINE_MISSING) where onnxruntime-node is not installed
 */
export async function installedRuntime(): Promise<Installed> {
  return byCApi() ?? byNodeApi();
}

/** The library is loaded once for all engines. */
let direct: Installed | undefined;

/** undefined where koffi is not installed, the library cannot be found or used, or the system is none that it was tried on. */
export function byCApi(): Installed | undefined {
  direct ??= loadLibrary();
  return direct;
}

function loadLibrary(): Installed | undefined {
  // Older versions of Node find no module without an import, which no browser could follow.
  if (globalThis.process?.platform !== "linux" || process.getBuiltinModule === undefined) return undefined;
  const require = process.getBuiltinModule("node:module").createRequire(import.meta.url);
  try {
    const koffi: Koffi = require("koffi");
    const library = libraryOf(require.resolve("onnxruntime-node"));
    return { sessions: cApi(koffi, library), library };
  } catch {
    return undefined;
  }
}

/** @throws TemperedError (ENGINE_MISSING) where it is not installed */
export async function byNodeApi(): Promise<Installed> {
  const runtime = await loadRuntime();
  const refusal = await refusalOf(runtime);
  return { sessions: nodeApi(runtime, refusal), refusal };
}

/** The path of the library that onnxruntime-node, whose main file is at `main`, would load. */
function libraryOf(main: string): string {
  const { readdirSync } = process.getBuiltinModule("node:fs");
  const { dirname, join } = process.getBuiltinModule("node:path");
  const bin = join(dirname(main), "..", "bin");
  const folder = join(
    bin,
    readdirSync(bin).find((name) => name.startsWith("napi-"))!,
    process.platform,
    process.arch,
  );
  return join(folder, readdirSync(folder).find((name) => name.startsWith("libonnxruntime.so"))!);
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
