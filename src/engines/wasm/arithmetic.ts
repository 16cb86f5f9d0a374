// The two arithmetics in which sums of products are computed: portable, each product rounded before it is added, and fused,
// by the processor's multiply-add, which rounds once and is faster. Each gives the same bits on every machine that has it.
// WebAssembly has the fused one in relaxed SIMD, where a processor without it may round twice: one sum tells.

import { bytesOfHex } from "../../bytes-as-text.ts";
import { TemperedError } from "../../errors.ts";
import type { Arithmetic, ArithmeticChoice } from "../engine.ts";
import { kernels as probe } from "./fused-probe.generated.ts";

/** (1 + 2⁻¹²)² = 1 + 2⁻¹¹ + 2⁻²⁴, whose last term is what rounding to float32 takes away. */
const FACTOR = 1 + 2 ** -12;
const ROUNDED = -(1 + 2 ** -11);

let fused: boolean | undefined;

/** Whether this runtime and this processor have the fused arithmetic. */
export function hasFused(): boolean {
  fused ??= probedFused();
  return fused;
}

function probedFused(): boolean {
  if (typeof WebAssembly !== "object") return false;
  const bytes = bytesOfHex(probe);
  if (!WebAssembly.validate(bytes)) return false;
  const { multiplyAdd } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as {
    multiplyAdd(x: number, y: number, total: number): number;
  };
  return multiplyAdd(FACTOR, FACTOR, ROUNDED) === 2 ** -24;
}

/** @throws TemperedError (ARITHMETIC) where the fused one is asked for and not there */
export function arithmeticOf(choice: ArithmeticChoice): Arithmetic {
  if (choice !== "auto" && choice !== "fused" && choice !== "portable") {
    throw new TemperedError(
      "ARITHMETIC",
      `Expected arithmetic "auto", "fused" or "portable", got ${JSON.stringify(choice)}`,
    );
  }
  if (choice === "portable") return "portable";
  if (hasFused()) return "fused";
  if (choice === "auto") return "portable";
  throw new TemperedError(
    "ARITHMETIC",
    "Expected WebAssembly's fused multiply-add (relaxed SIMD: Node 22, Chrome 114, or later, on a processor " +
      'that has it), but it is not there; update the runtime, or use arithmetic "portable", whose last bits differ',
  );
}
