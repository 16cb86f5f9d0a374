// Gradients against central differences of the float64 reference, for every operation and for random compositions.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { operations, type Use, valuesOf } from "../../test/graph/operations.ts";
import { RandomStream } from "../random/index.ts";
import { evaluate } from "./evaluate.ts";
import { gradients } from "./gradients.ts";
import { defineGraph } from "./graph.ts";
import {
  add,
  clamp,
  concat,
  exp,
  matmul,
  maximum,
  minimum,
  multiply,
  relu,
  reshape,
  slice,
  softplus,
  square,
  step,
  stopGradient,
  subtract,
  sum,
  tanh,
} from "./ops.ts";
import { input, ShapeError, sizeOf, type Tensor } from "./tensor.ts";

const H = 1e-5;

/** Checks d loss / d operand of Σ wᵢ·yᵢ with random weights w, for every element of every operand. */
function checkGradients(use: Use): void {
  const operands = use.operands.map((shape, i) => input(`x${i}`, shape));
  const y = use.make(operands);
  const random = new RandomStream(use.seed, "weights");
  const weights = Float64Array.from({ length: sizeOf(y.shape) }, () => random.uniformBetween(-1, 1));
  const loss = sum(multiply(y, input("w", y.shape)));
  const slopes = gradients(loss, operands);
  slopes.forEach((slope, i) => {
    expect(slope.shape).toEqual(use.operands[i]);
  });
  const graph = defineGraph({
    outputs: { loss, ...Object.fromEntries(slopes.map((slope, i) => [`g${i}`, slope])) },
  });
  const values = valuesOf(use).map((value) => Float64Array.from(value));
  const at = () =>
    evaluate(graph, { inputs: { w: weights, ...Object.fromEntries(values.map((v, i) => [`x${i}`, v])) } })
      .outputs;
  const ours = at();
  values.forEach((value, i) => {
    for (let j = 0; j < value.length; j++) {
      const held = value[j]!;
      const slopeOver = (h: number) => {
        value[j] = held + h;
        const above = at().loss![0]!;
        value[j] = held - h;
        const below = at().loss![0]!;
        value[j] = held;
        return (above - below) / (2 * h);
      };
      const slope = slopeOver(H);
      const errorBeside = (other: number) =>
        Math.abs(ours[`g${i}`]![j]! - other) / Math.max(1, Math.abs(other));
      // A difference over a sharp bend is no slope: over half the width its own error is a quarter.
      if (errorBeside(slope) < 1e-7) continue;
      const half = slopeOver(H / 2);
      const better = (4 * half - slope) / 3;
      if (!(errorBeside(better) < 1e-7))
        expect.fail(`d/dx${i}[${j}]: ${ours[`g${i}`]![j]} instead of ${better}`);
    }
  });
}

describe("the gradient equals central differences", () => {
  it.each(Object.keys(operations).filter((name) => name !== "stopGradient"))("of %s", (name) => {
    fc.assert(
      fc.property(operations[name]!, (use) => checkGradients(use)),
      { numRuns: 25 },
    );
  });

  it("of random compositions that share what they compute", () => {
    const recipe = fc.record({
      n: fc.integer({ min: 1, max: 4 }),
      m: fc.integer({ min: 1, max: 4 }),
      steps: fc.array(fc.tuple(fc.nat(10), fc.nat(100), fc.nat(100)), { minLength: 1, maxLength: 10 }),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(recipe, ({ n, m, steps, seed }) => {
        const use: Use = {
          operands: [
            [n, m],
            [n, m],
            [1, m],
            [n, 1],
          ],
          positive: false,
          seed,
          make: (operands) => {
            const pool = operands.map((x) => add(x, multiply(operands[0]!, 0)));
            for (const [kind, a, b] of steps) {
              const [x, y] = [pool[a % pool.length]!, pool[b % pool.length]!];
              const smooth: (() => Tensor)[] = [
                () => add(x, y),
                () => subtract(x, multiply(y, 0.3)),
                () => multiply(x, y),
                () => exp(multiply(x, -0.1)),
                () => softplus(subtract(x, y)),
                () => matmul(matmul(x, y, { transposeB: true }), x),
                () => square(concat([slice(y, 1, m - 1, m), slice(x, 1, 0, 1)], 1)),
                () => multiply(sum(x, [1], true), y),
                () => multiply(x, sum(y, [0], true)),
                () =>
                  reshape(concat([slice(reshape(x, [n * m]), 0, 0, n * m), reshape(y, [n * m])], 0), [
                    2 * n,
                    m,
                  ]),
                () => stopGradient(reshape(x, x.shape)),
              ];
              const made = smooth[kind === 10 ? 0 : kind]!();
              const full = made.shape[0] === n && made.shape[1] === m ? made : multiply(sum(made), pool[0]!);
              pool.push(tanh(full));
            }
            return pool.reduce((total, x) => add(total, x));
          },
        };
        checkGradients(use);
      }),
      { numRuns: 60 },
    );
  });
});

describe("gradients", () => {
  const value = (tensor: Tensor, inputs: Record<string, number[]>) =>
    Array.from(evaluate(defineGraph({ outputs: { y: tensor } }), { inputs }).outputs.y!);

  it("follow the chain rule through a hand-computed example", () => {
    // loss = Σ tanh(w·x)², w = 0.5, x = [1, -2]: d/dw = Σ 2 tanh(u)(1 − tanh²u) x with u = [0.5, −1].
    const [w, x] = [input("w", []), input("x", [2])];
    const [slope] = gradients(sum(square(tanh(multiply(w, x)))), [w]);
    const t = [0.46211715726000974, -0.7615941559557649];
    const byHand = 2 * t[0]! * (1 - t[0]! ** 2) - 4 * t[1]! * (1 - t[1]! ** 2);
    expect(value(slope!, { w: [0.5], x: [1, -2] })[0]).toBeCloseTo(byHand, 14);
  });

  it("see a stopped tensor as a constant", () => {
    const x = input("x", [2]);
    const [slope] = gradients(sum(multiply(stopGradient(square(x)), x)), [x]);
    expect(value(slope!, { x: [3, -2] })).toEqual([9, 4]);
  });

  it("are zero, in the parameter's shape, where the loss does not depend on it", () => {
    const [x, y, z] = [input("x", [2]), input("y", [2, 3]), input("z", [3])];
    const [dy, dz] = gradients(sum(add(sum(x), sum(stopGradient(z)))), [y, z]);
    expect(value(dy!, {})).toEqual([0, 0, 0, 0, 0, 0]);
    expect(dz!.shape).toEqual([3]);
    expect(value(dz!, {})).toEqual([0, 0, 0]);
  });

  it("take any tensor between loss and inputs as a parameter", () => {
    const x = input("x", [2]);
    const between = square(x);
    const [dBetween, dx] = gradients(sum(multiply(between, between)), [between, x]);
    expect(value(dBetween!, { x: [3, -1] })).toEqual([18, 2]);
    expect(value(dx!, { x: [3, -1] })).toEqual([108, -4]);
  });

  it("pass through a stopped tensor that is itself a parameter, and no further", () => {
    const x = input("x", [2]);
    const stopped = stopGradient(x);
    const [dStopped, dx] = gradients(sum(square(stopped)), [stopped, x]);
    expect(value(dStopped!, { x: [3, -1] })).toEqual([6, -2]);
    expect(value(dx!, { x: [3, -1] })).toEqual([0, 0]);
  });

  it("are zero beyond the bounds of clamp and for step everywhere", () => {
    const x = input("x", [3]);
    const [slope] = gradients(sum(multiply(add(clamp(x, -1, 1), step(x)), 5)), [x]);
    expect(value(slope!, { x: [-2, 0.5, 2] })).toEqual([0, 5, 0]);
  });

  it("go to one operand only where minimum or maximum has equal operands", () => {
    const [a, b] = [input("a", [2]), input("b", [2])];
    for (const operation of [minimum, maximum]) {
      const slopes = gradients(sum(operation(a, b)), [a, b]).map((slope) =>
        value(slope, { a: [1, 2], b: [1, 3] }),
      );
      expect(slopes[0]![0]! + slopes[1]![0]!).toBe(1);
      expect(slopes[0]![1]! + slopes[1]![1]!).toBe(1);
    }
  });

  it("of relu are those of its active side", () => {
    const x = input("x", [3]);
    const [slope] = gradients(sum(relu(x)), [x]);
    expect(value(slope!, { x: [-1, 0, 2] })).toEqual([0, 0, 1]);
  });

  it("refuse a loss of more than one element, and say its shape", () => {
    const x = input("x", [2, 3]);
    expect(() => gradients(x, [x])).toThrow(ShapeError);
    expect(() => gradients(x, [x])).toThrow("got shape [2, 3]; sum or mean it first");
  });

  it("take slices of a tensor back to it, side by side or overlapping", () => {
    const x = input("x", [5]);
    const parts = [slice(x, 0, 1, 3), slice(x, 0, 3, 4)];
    const [tiled] = gradients(add(sum(parts[0]!), multiply(sum(parts[1]!), 2)), [x]);
    expect(value(tiled!, {})).toEqual([0, 1, 1, 2, 0]);
    const [overlapping] = gradients(add(sum(slice(x, 0, 0, 3)), sum(slice(x, 0, 2, 5))), [x]);
    expect(value(overlapping!, {})).toEqual([1, 1, 2, 1, 1]);
    const [twice] = gradients(add(sum(slice(x, 0, 0, 2)), sum(square(x))), [x]);
    expect(value(twice!, { x: [1, 2, 3, 4, 5] })).toEqual([3, 5, 6, 8, 10]);
  });
});
