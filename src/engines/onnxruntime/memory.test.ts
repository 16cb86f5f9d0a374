// The states' memory and the kernels that work in it, against the same arithmetic in float64.

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { compile, modules, moduleText } from "../../../assembly/compile.js";
import { RandomStream } from "../../random/index.ts";
import { allocate, kernelsModule, Layout } from "./memory.ts";
import type { Kernels } from "./shard.ts";

const random = new RandomStream(1, "values");

/** Arrays of the given lengths in one memory, and the kernels over it. */
async function programMemory(lengths: readonly number[]) {
  const layout = new Layout();
  const regions = lengths.map((length) => layout.take(length));
  const memory = allocate(layout.pages);
  const { exports } = await WebAssembly.instantiate(await kernelsModule(), { env: { memory } });
  return {
    kernels: exports as unknown as Kernels,
    arrays: regions.map(({ offset, length }) => new Float32Array(memory.buffer, offset, length)),
  };
}

/** Adam's step over a block, its moments and its gradient. */
function adam(kernels: Kernels, blocks: Float32Array[], size: number, epsilon: number, clear: boolean): void {
  const [p, m, v, g] = blocks.map(({ byteOffset }) => byteOffset) as [number, number, number, number];
  kernels.adam(p, m, v, g, blocks[0]!.length, 0.9, 0.999, size, epsilon, 1, clear);
}

const lengths = [1, 2, 3, 4, 5, 31, 64, 130];

it("Adam's step moves a block and its moments in place, and nothing beside them", async () => {
  for (const n of lengths) {
    const { kernels, arrays } = await programMemory([n, n, n, n]);
    const [p, m, v, g] = arrays as [Float32Array, Float32Array, Float32Array, Float32Array];
    for (const array of arrays) for (let i = 0; i < n; i++) array[i] = random.uniformBetween(0.1, 1);
    const before = arrays.map((array) => Float64Array.from(array));
    const beyond = new Float32Array(g.buffer, p.byteOffset + 4 * n, n % 16 === 0 ? 0 : 1).fill(7);
    adam(kernels, [p, m, v, g], 0.01, 1e-4, n % 2 === 0);
    for (let i = 0; i < n; i++) {
      const [p0, m0, v0, g0] = before.map((array) => array[i]!) as [number, number, number, number];
      const [m1, v1] = [0.9 * m0 + g0, 0.999 * v0 + g0 * g0];
      expect(m[i]).toBeCloseTo(m1, 6);
      expect(v[i]).toBeCloseTo(v1, 6);
      expect(p[i]).toBeCloseTo(p0 - (m1 / (Math.sqrt(v1) + 1e-4)) * 0.01, 6);
      expect(g[i]).toBe(Math.fround(g0));
    }
    for (const value of beyond) expect(value).toBe(7);
  }
});

it("moments of a unit without gradient decay to 0, never to denormal numbers, which some processors crawl through", async () => {
  const { kernels, arrays } = await programMemory([4, 4, 4, 4]);
  const [p, m, v, g] = arrays as [Float32Array, Float32Array, Float32Array, Float32Array];
  [p, m].forEach((array) => void array.fill(0.5));
  v.set([1, 1e-20, 1e-30, 0]);
  // Cleared below 2^-100 and then left alone for 63 steps.
  const smallest = 2 ** -100 * 0.9 ** 64;
  for (let i = 0; i < 1000; i++) {
    if (i === 999) g.set([0, 0, 1e-3, Number.NaN]);
    adam(kernels, [p, m, v, g], 1e-9, 1e-8, i % 64 === 63);
    for (const moment of [...m, ...v]) expect(moment === 0 || !(Math.abs(moment) < smallest)).toBe(true);
  }
  expect([m[0], m[1], m[3]]).toEqual([0, 0, Number.NaN]);
  expect(v[0]).toBeCloseTo(0.999 ** 1000, 5);
  expect(m[2]).toBe(Math.fround(1e-3));
});

it("a target moves towards its parameter in place", async () => {
  for (const n of lengths) {
    const { kernels, arrays } = await programMemory([n, n]);
    const [target, parameter] = arrays as [Float32Array, Float32Array];
    for (let i = 0; i < n; i++) [target[i], parameter[i]] = [random.uniform(), random.uniform()];
    const before = Float64Array.from(target);
    kernels.polyak(target.byteOffset, parameter.byteOffset, n, 0.25);
    target.forEach((value, i) => {
      expect(value).toBeCloseTo(before[i]! + 0.25 * (parameter[i]! - before[i]!), 6);
    });
  }
});

it("the mean of blocks takes the region of the first, and leaves the others", async () => {
  for (const n of lengths) {
    for (const count of [1, 2, 3]) {
      const stride = Math.ceil(n / 16) * 16;
      const { kernels, arrays } = await programMemory([stride * count]);
      const blocks = Array.from({ length: count }, (_, i) => arrays[0]!.subarray(i * stride, i * stride + n));
      for (const block of blocks) for (let i = 0; i < n; i++) block[i] = random.uniformBetween(-1, 1);
      const before = blocks.map((block) => Float64Array.from(block));
      kernels.mean(arrays[0]!.byteOffset, 4 * stride, count, n);
      for (let i = 0; i < n; i++) {
        const total = before.reduce((sum, block) => sum + block[i]!, 0);
        expect(blocks[0]![i]).toBeCloseTo(total / count, 6);
        for (let other = 1; other < count; other++) expect(blocks[other]![i]).toBe(before[other]![i]);
      }
    }
  }
});

it("more than WebAssembly can address is refused with what to do", async () => {
  await expect(programMemory([2 ** 30, 2 ** 30])).rejects.toMatchObject({
    code: "OUT_OF_MEMORY",
    message: expect.stringContaining("use smaller hidden layers"),
  });
});

it("the committed kernels are what their source compiles to", async () => {
  const module = modules[1];
  const committed = readFileSync(new URL(`../../../${module.target}`, import.meta.url), "utf8");
  expect(moduleText(await compile(module))).toBe(committed);
});
