// Which engine runs the updates: onnxruntime, the faster one, where its optional package is installed, and otherwise
// wasm, which is always there. A program that cares names one.

import { TemperedError } from "../errors.ts";
import type { ArithmeticChoice, Engine, EngineName } from "./engine.ts";
import type { ThreadChoice, Work } from "./threads.ts";
import { wasmEngine } from "./wasm/index.ts";
import { canShare } from "./wasm/sharing.ts";

/** Which engine to take, and what it is given. */
export interface EngineChoice {
  /** Default "auto": onnxruntime where it is installed, else wasm. */
  readonly engine?: "auto" | EngineName;
  /** Threads that one program may use. Default "auto": as many as pay for `work` on this machine's cores. */
  readonly threads?: ThreadChoice;
  /** What "auto" chooses the threads for. Without it, one thread. */
  readonly work?: Work | undefined;
  /** Of the wasm engine alone. Default "auto": fused where the runtime and the processor have it, else portable. */
  readonly arithmetic?: ArithmeticChoice;
}

/**
 * @throws TemperedError (ENGINE_MISSING) where onnxruntime is asked for and not installed; (ARITHMETIC) where the fused
 *   arithmetic is asked for and not there
 */
export async function chooseEngine({
  engine = "auto",
  threads = "auto",
  work,
  arithmetic = "auto",
}: EngineChoice = {}): Promise<Engine> {
  const threadsOf = async (name: EngineName) => (threads === "auto" ? threadsThatPay(name, work) : threads);
  const adapts = threads === "auto";
  const wasm = async () => wasmEngine({ threads: await threadsOf("wasm"), arithmetic, adapts });
  if (engine === "wasm") return wasm();
  if (engine === "onnxruntime") return onnxruntime(await threadsOf("onnxruntime"));
  if (engine !== "auto") {
    throw new TemperedError(
      "ENGINE",
      `Expected engine "auto", "onnxruntime" or "wasm", got ${JSON.stringify(engine)}`,
    );
  }
  const inNode = typeof process !== "undefined" && process.versions?.node !== undefined;
  if (!inNode) return wasm();
  try {
    return await onnxruntime(await threadsOf("onnxruntime"));
  } catch (error) {
    if (error instanceof TemperedError && error.code === "ENGINE_MISSING") return wasm();
    throw error;
  }
}

/** By the table, which is fetched where there can be threads at all. */
async function threadsThatPay(engine: EngineName, work: Work | undefined): Promise<number> {
  if (!canShare()) return 1;
  const { threadsFor } = await import("./threads.ts");
  return threadsFor(engine, work);
}

/** Fetched where it is used: pages never do. */
async function onnxruntime(threads: number): Promise<Engine> {
  const { onnxruntimeEngine } = await import("./onnxruntime/index.ts");
  return onnxruntimeEngine({ threads });
}
