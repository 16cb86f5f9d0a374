// The reference evaluator on numbers worked out by hand: everything else is tested against it.

import { describe, expect, it } from "vitest";
import { evaluate } from "./evaluate.ts";
import { defineGraph } from "./graph.ts";
import * as ops from "./ops.ts";
import { constant, input, ShapeError, state, type Tensor } from "./tensor.ts";

const run = (y: Tensor, inputs: Record<string, number[]> = {}) =>
  Array.from(evaluate(defineGraph({ outputs: { y } }), { inputs }).outputs.y!);

describe("evaluate", () => {
  const x = input("x", [2, 3]);
  const numbers = { x: [1, 2, 3, 4, 5, 6] };

  it.each<[string, Tensor, number[]]>([
    ["adds a row", ops.add(x, input("row", [3])), [11, 22, 33, 14, 25, 36]],
    ["subtracts a column", ops.subtract(x, input("column", [2, 1])), [0, 1, 2, 2, 3, 4]],
    ["divides", ops.divide(6, x), [6, 3, 2, 1.5, 1.2, 1]],
    ["multiplies matrices", ops.matmul(x, x, { transposeB: true }), [14, 32, 32, 77]],
    [
      "multiplies transposed matrices",
      ops.matmul(x, x, { transposeA: true }),
      [17, 22, 27, 22, 29, 36, 27, 36, 45],
    ],
    ["sums rows", ops.sum(x, [0]), [5, 7, 9]],
    ["sums columns", ops.sum(x, [1], true), [6, 15]],
    ["averages", ops.mean(x), [3.5]],
    ["takes columns", ops.slice(x, 1, 1, 3), [2, 3, 5, 6]],
    ["joins along columns", ops.concat([ops.slice(x, 1, 2, 3), x], 1), [3, 1, 2, 3, 6, 4, 5, 6]],
    ["repeats", ops.broadcastTo(ops.slice(x, 0, 1, 2), [2, 3]), [4, 5, 6, 4, 5, 6]],
    ["keeps the order in a reshape", ops.reshape(x, [3, 2]), [1, 2, 3, 4, 5, 6]],
    ["clamps", ops.clamp(x, 2, 4.5), [2, 2, 3, 4, 4.5, 4.5]],
    ["takes the smaller", ops.minimum(x, 3), [1, 2, 3, 3, 3, 3]],
    ["takes the larger", ops.maximum(x, 3), [3, 3, 3, 4, 5, 6]],
    ["bends", ops.relu(ops.subtract(x, 4)), [0, 0, 0, 0, 1, 2]],
    ["steps", ops.step(ops.subtract(x, 4)), [0, 0, 0, 0, 1, 1]],
  ])("%s", (_, y, expected) => {
    const inputs = { ...numbers, row: [10, 20, 30], column: [1, 2] };
    run(y, inputs).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 14);
    });
  });

  it("knows its functions", () => {
    const one = (f: (x: Tensor) => Tensor, at: number) => run(f(input("x", [])), { x: [at] })[0]!;
    expect(one(ops.exp, 1)).toBeCloseTo(Math.E, 14);
    expect(one(ops.log, 2)).toBeCloseTo(Math.LN2, 14);
    expect(one(ops.tanh, 0.5)).toBeCloseTo(0.46211715726000974, 14);
    expect(one(ops.sigmoid, 2)).toBeCloseTo(0.8807970779778823, 14);
    expect(one(ops.softplus, 1)).toBeCloseTo(1.3132616875182228, 14);
    expect(one(ops.softplus, 800)).toBe(800);
    expect(one(ops.softplus, -800)).toBe(0);
    expect(one(ops.reciprocal, 4)).toBe(0.25);
    expect(one(ops.sqrt, 9)).toBe(3);
    expect(one(ops.relu, Number.NaN)).toBeNaN();
  });

  it("gives the new value of states and leaves what it was handed alone", () => {
    const [w, x] = [state("w", [2]), input("x", [2])];
    const graph = defineGraph({ outputs: { old: w }, updates: { w: ops.add(w, x) } });
    const held = new Float32Array([1, 2]);
    const { outputs, updates } = evaluate(graph, { inputs: { x: [10, 20] }, state: { w: held } });
    expect([...outputs.old!, ...updates.w!, ...held]).toEqual([1, 2, 11, 22, 1, 2]);
  });

  it("says which value is missing or has the wrong length", () => {
    const graph = defineGraph({ outputs: { y: ops.add(x, state("w", [3])) } });
    expect(() => evaluate(graph, { inputs: numbers })).toThrow(
      'Expected state "w" with 3 elements for shape [3], got none',
    );
    expect(() => evaluate(graph, { inputs: { x: [1] }, state: { w: [1, 2, 3] } })).toThrow(
      'Expected input "x" with 6 elements for shape [2, 3], got 1',
    );
    expect(() => evaluate(graph, {})).toThrow(ShapeError);
  });

  it("fills constants", () => {
    expect(run(ops.concat([constant(2, [2]), constant(-1, [1])], 0))).toEqual([2, 2, -1]);
  });
});
