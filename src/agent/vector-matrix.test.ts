// Against the same sums in plain JavaScript, to the bit.

import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { expect, it } from "vitest";
import { compile, modules, moduleText } from "../../assembly/compile.js";
import { RandomStream } from "../random/index.ts";
import { addProduct } from "./vector-matrix.ts";

/** y + x·W, row after row, zeros in x left out. */
function plainly(x: Float64Array, w: Float32Array, first: number, y: Float64Array): Float64Array {
  const sum = y.slice();
  x.forEach((factor, i) => {
    for (let j = 0; factor !== 0 && j < y.length; j++) sum[j]! += factor * w[(first + i) * y.length + j]!;
  });
  return sum;
}

it("a product of any size has the bits of the plain sums, and leaves its operands alone", () => {
  const random = new RandomStream(7, "vector matrix");
  const size = fc.integer({ min: 1, max: 70 });
  fc.assert(
    fc.property(size, size, fc.integer({ min: 0, max: 3 }), (inputs, outputs, first) => {
      const x = Float64Array.from({ length: inputs }, () => Math.max(0, random.normal()));
      const w = Float32Array.from({ length: (first + inputs + 2) * outputs }, () => random.normal());
      const y = Float64Array.from({ length: outputs }, () => random.normal());
      const [expected, xBefore, wBefore] = [plainly(x, w, first, y), x.slice(), w.slice()];
      addProduct(x, w, first, y);
      expect(y).toEqual(expected);
      expect([x, w]).toEqual([xBefore, wBefore]);
    }),
  );
});

it("reads a matrix anew every time, and keeps several apart", () => {
  const x = Float64Array.of(2, 0, 1);
  const matrices = [Float32Array.of(1, 2, 3), Float32Array.of(10, 20, 30, 40, 50, 60, 70, 80, 90)];
  const product = (w: Float32Array) => {
    const y = new Float64Array(w.length / 3);
    addProduct(x, w, 0, y);
    return [...y];
  };
  expect(matrices.map(product)).toEqual([[5], [90, 120, 150]]);
  matrices[0]!.fill(4);
  expect(matrices.map(product)).toEqual([[12], [90, 120, 150]]);
});

it("NaN and infinity in a vector or a matrix are not lost", () => {
  for (const [x, w] of [
    [Number.NaN, 1],
    [1, Number.NaN],
    [Number.POSITIVE_INFINITY, -1],
  ] as const) {
    const y = new Float64Array(1);
    addProduct(Float64Array.of(x, 1), Float32Array.of(w, 1), 0, y);
    expect(y[0]).toBe(x * w + 1);
  }
});

it("the committed kernel is what its source compiles to", async () => {
  const module = modules[3];
  const target = new URL(`../../${module.target}`, import.meta.url);
  expect(await readFile(target, "utf8")).toBe(moduleText(await compile(module)));
});
