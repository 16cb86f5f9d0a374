// The elementary functions against float64, float by float, with the bounds that assembly/math.ts states; and the
// committed module against what its source compiles to.

import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import { expect, it } from "vitest";
import { compile, kernels } from "../../../assembly/compile.js";
import { allocate, compileKernels } from "./module.ts";
import { unaryOperation } from "./tape.ts";

const { owned } = await compileKernels(false, "portable");
const memory = allocate(1 << 20, false);
const instance = await WebAssembly.instantiate(owned, { env: { memory, abort() {}, stalled: () => 0 } });
const unary = instance.exports.unary as (...numbers: number[]) => void;

const COUNT = 65_536;
const [to, from] = [1024, 1024 + 8 * COUNT];
const inputs = new Float32Array(memory.buffer, from, COUNT);
const results = new Float32Array(memory.buffer, to, COUNT);

function apply(operation: number, values: ArrayLike<number>): Float32Array {
  inputs.set(values);
  unary(operation, to, from, 0, values.length, 0, 0);
  return results.subarray(0, values.length);
}

/** Error in units in the last place of the true value rounded to float32. */
function ulps(ours: number, truth: number): number {
  const magnitude = Math.max(Math.abs(truth), 2 ** -126);
  return Math.abs(ours - truth) / 2 ** (Math.floor(Math.log2(magnitude)) - 23);
}

/** Floats over [low, high], evenly spaced with a pitch that meets no special structure. */
function* over(low: number, high: number): Generator<number> {
  const steps = 400_000;
  for (let i = 0; i <= steps; i++) yield Math.fround(low + ((high - low) * i) / steps);
}

/** All signs and exponents of a float, with mantissas spread over each. */
function* everywhere(): Generator<number> {
  const bits = new Uint32Array(1);
  const float = new Float32Array(bits.buffer);
  for (let i = 0; i < 2 ** 32; i += 9973) {
    bits[0] = i;
    if (Number.isFinite(float[0])) yield float[0]!;
  }
}

function worst(operation: number, truth: (x: number) => number, values: Iterable<number>) {
  let found = { error: 0, x: 0 };
  const check = (batch: number[]) => {
    apply(operation, batch).forEach((ours, i) => {
      const expected = truth(batch[i]!);
      const error = Math.fround(expected) === ours ? 0 : ulps(ours, expected);
      if (!(error <= found.error)) found = { error, x: batch[i]! };
    });
  };
  let batch: number[] = [];
  for (const x of values) {
    batch.push(x);
    if (batch.length === COUNT) {
      check(batch);
      batch = [];
    }
  }
  check(batch);
  return found;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const positive = function* () {
  for (const x of everywhere()) if (x > 0) yield x;
};
// Below −87 the sigmoid's e⁻ˣ overflows, and the result is 0 where the truth is denormal.
const aboveUnderflow = function* () {
  for (const x of everywhere()) if (x > -87) yield x;
};

it.each([
  { name: "exp", truth: Math.exp, bound: 1, ranges: [everywhere(), over(-104, 89), over(-1, 1)] },
  { name: "log", truth: Math.log, bound: 1, ranges: [positive(), over(0.01, 4), over(0.9, 1.1)] },
  { name: "tanh", truth: Math.tanh, bound: 1.5, ranges: [everywhere(), over(-10, 10), over(-1, 1)] },
  { name: "sigmoid", truth: sigmoid, bound: 2.5, ranges: [aboveUnderflow(), over(-87, 20), over(-1, 1)] },
  { name: "softplus", truth: softplus, bound: 2.5, ranges: [everywhere(), over(-87, 20), over(-1, 1)] },
] as const)("$name errs by at most $bound ulp", ({ name, truth, bound, ranges }) => {
  for (const values of ranges) {
    const { error, x } = worst(unaryOperation[name], truth, values);
    expect(error, `${name}(${x})`).toBeLessThanOrEqual(bound);
  }
});

it("special values have their special results", () => {
  const values = [Number.NaN, Infinity, -Infinity, 0, -1];
  const results = (name: keyof typeof unaryOperation) => [...apply(unaryOperation[name], values)].slice(0, 4);
  expect(results("exp")).toEqual([Number.NaN, Infinity, 0, 1]);
  expect(results("log")).toEqual([Number.NaN, Infinity, Number.NaN, -Infinity]);
  expect(results("tanh")).toEqual([Number.NaN, 1, -1, 0]);
  expect(results("sigmoid")).toEqual([Number.NaN, 1, 0, 0.5]);
  expect(results("softplus")).toEqual([Number.NaN, Infinity, 0, Math.fround(Math.LN2)]);
});

it.each(["portable", "fused", "masks"] as const)(
  "the committed %s module is what its source compiles to",
  async (set) => {
    const module = kernels[set];
    const committed = readFileSync(new URL(`../../../${module.target}`, import.meta.url), "utf8");
    const packed = /"([^"]+)"/.exec(committed)![1]!;
    // What zlib makes of the same bytes is its version's.
    const same = inflateSync(Buffer.from(packed, "base64")).equals(await compile(module));
    expect(same, "run `npm run build:wasm`").toBe(true);
  },
);
