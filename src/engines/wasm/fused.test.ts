// The fused arithmetic: every product's sums have the bits that exactly rounded multiply-adds give, which BigInt arithmetic
// computes here; and whoever asks for it where it is not there is told so.

import "./relaxed.fixture.ts";
import { afterAll, describe, expect, it, vi } from "vitest";
import { defineGraph, input, matmul } from "../../graph/index.ts";
import { RandomStream } from "../../random/index.ts";
import { arithmeticOf, hasFused } from "./arithmetic.ts";
import { wasmEngine } from "./index.ts";

const random = new RandomStream(4, "fused");
const draw = (count: number) => {
  const values = new Float32Array(count);
  random.fillNormal(values);
  return values;
};

/** x · y + total, rounded once to float32: exact in units of 2⁻³⁰⁰, as integers. */
function multiplyAdd(x: number, y: number, total: number): number {
  return toFloat32(exact(x, 150) * exact(y, 150) + exact(total, 300));
}

/** A float32 as a multiple of 2⁻ᵇⁱᵗˢ. */
function exact(value: number, bits: number): bigint {
  if (value === 0) return 0n;
  const exponent = Math.floor(Math.log2(Math.abs(value))) - 24;
  return BigInt(value * 2 ** -exponent) << BigInt(exponent + bits);
}

/** To nearest, ties to even. */
function toFloat32(units: bigint): number {
  const sign = units < 0n ? -1 : 1;
  const size = units < 0n ? -units : units;
  const drop = BigInt(Math.max(0, size.toString(2).length - 24));
  let kept = size >> drop;
  const rest = size - (kept << drop);
  const half = drop > 0n ? 1n << (drop - 1n) : 1n;
  if (drop > 0n && (rest > half || (rest === half && (kept & 1n) === 1n))) kept += 1n;
  return sign * Number(kept) * 2 ** (Number(drop) - 300);
}

describe.skipIf(!hasFused())("where the processor has it", () => {
  it("the reference rounds once: hand-computed sums", () => {
    // (1 + 2⁻¹²)² = 1 + 2⁻¹¹ + 2⁻²⁴, of which rounding the product would leave 1 + 2⁻¹¹.
    expect(multiplyAdd(1 + 2 ** -12, 1 + 2 ** -12, -1)).toBe(2 ** -11 + 2 ** -24);
    expect(multiplyAdd(3, 5, 0.5)).toBe(15.5);
    // A tie between 2²⁴ and 2²⁴ + 2 goes to the even one, a little more does not.
    expect(multiplyAdd(1, 1, 2 ** 24)).toBe(2 ** 24);
    expect(multiplyAdd(1 + 2 ** -23, 1, 2 ** 24)).toBe(2 ** 24 + 2);
    expect(multiplyAdd(-1, 1, 1)).toBe(0);
  });

  it.each([
    { n: 13, m: 19, k: 37, transposeA: false, transposeB: false },
    { n: 13, m: 19, k: 37, transposeA: true, transposeB: false },
    { n: 33, m: 19, k: 37, transposeA: false, transposeB: true },
    { n: 1, m: 19, k: 37, transposeA: false, transposeB: false },
    { n: 3, m: 18, k: 8, transposeA: false, transposeB: false },
  ])("$n × $k times $k × $m, sums in ascending order: $transposeA, $transposeB", async (product) => {
    const { n, m, k, transposeA, transposeB } = product;
    const [a, b] = [draw(n * k), draw(k * m)];
    const graph = defineGraph({
      outputs: {
        y: matmul(input("a", transposeA ? [k, n] : [n, k]), input("b", transposeB ? [m, k] : [k, m]), {
          transposeA,
          transposeB,
        }),
      },
    });
    const results: Float32Array[] = [];
    for (const arithmetic of ["fused", "portable"] as const) {
      const engine = await wasmEngine({ arithmetic });
      const program = await engine.compile(graph);
      results.push(program.run({ a, b }).y!.slice());
      await engine.dispose();
    }
    const [fused, portable] = results as [Float32Array, Float32Array];
    const expected = fused.map((_, at) => {
      const [i, j] = [Math.floor(at / m), at % m];
      let total = 0;
      for (let at = 0; at < k; at++) {
        total = multiplyAdd(
          a[transposeA ? at * n + i : i * k + at]!,
          b[transposeB ? j * k + at : at * m + j]!,
          total,
        );
      }
      return total;
    });
    expect(fused).toEqual(expected);
    expect(portable).not.toEqual(expected);
  });

  it("is what auto takes", () => {
    expect(arithmeticOf("auto")).toBe("fused");
    expect(arithmeticOf("portable")).toBe("portable");
  });
});

describe("where it is not there", () => {
  const here = WebAssembly.validate;
  afterAll(() => {
    WebAssembly.validate = here;
  });

  it("auto is portable, and fused is refused with what to do", async () => {
    WebAssembly.validate = () => false;
    vi.resetModules();
    const without = await import("./arithmetic.ts");
    expect(without.arithmeticOf("auto")).toBe("portable");
    expect(() => without.arithmeticOf("fused")).toThrow(
      expect.objectContaining({ code: "ARITHMETIC", message: expect.stringContaining('"portable"') }),
    );
  });

  it("another word is refused", () => {
    expect(() => arithmeticOf("exact" as "auto")).toThrow(
      'Expected arithmetic "auto", "fused" or "portable"',
    );
  });
});
