// Operations check their shapes where they are written down; the messages name every shape involved.

import { describe, expect, it } from "vitest";
import * as ops from "./ops.ts";
import { constant, input, ShapeError, state } from "./tensor.ts";

const [a, b] = [input("a", [2, 3]), input("b", [4, 3])];

describe("a shape that does not fit is refused, and named", () => {
  const { add, subtract, multiply, divide, minimum, maximum } = ops;
  const binary = { add, subtract, multiply, divide, minimum, maximum };
  it.each(Object.entries(binary))("%s", (name, operation) => {
    expect(() => operation(a, b)).toThrow(ShapeError);
    expect(() => operation(a, b)).toThrow(`Expected shapes that broadcast to ${name}, got [2, 3] and [4, 3]`);
  });

  it.each([
    ["matmul", () => ops.matmul(a, b), "Expected matmul of [n, k] and [k, m], got [2, 3] and [4, 3]"],
    [
      "matmul, transposed",
      () => ops.matmul(a, b, { transposeA: true, transposeB: true }),
      "got [2, 3] transposed and [4, 3] transposed",
    ],
    ["matmul of no matrix", () => ops.matmul(input("v", [3]), b), "got [3] and [4, 3]"],
    ["sum", () => ops.sum(a, [2]), "Expected sum axes within shape [2, 3], got [2]"],
    ["sum over half an axis", () => ops.sum(a, [0.5]), "Expected sum axes within shape [2, 3], got [0.5]"],
    ["broadcastTo", () => ops.broadcastTo(a, [4, 3]), "[2, 3] broadcasts to, got [4, 3]"],
    ["broadcastTo a smaller shape", () => ops.broadcastTo(a, [3]), "[2, 3] broadcasts to, got [3]"],
    ["reshape", () => ops.reshape(a, [4]), "6 elements to reshape [2, 3], got [4]"],
    ["reshape to negative dimensions", () => ops.reshape(a, [-2, -3]), "got [-2, -3]"],
    ["slice", () => ops.slice(a, 1, 2, 4), "Expected a slice within axis 1 of [2, 3], got from 2 to 4"],
    ["slice of nothing", () => ops.slice(a, 1, 2, 2), "got from 2 to 2"],
    ["slice of an axis that is not there", () => ops.slice(a, 2, 0, 1), "axis 2 of [2, 3]"],
    ["slice of half an element", () => ops.slice(a, 1, 0, 1.5), "got from 0 to 1.5"],
    ["concat", () => ops.concat([a, b], 1), "along axis 1 of shapes equal elsewhere, got [2, 3] and [4, 3]"],
    ["concat of different ranks", () => ops.concat([a, input("v", [3])], 0), "got [2, 3] and [3]"],
    ["concat along an axis that is not there", () => ops.concat([a, a], 2), "axis 2 of shapes"],
    ["concat along a negative axis", () => ops.concat([a, a], -1), "axis -1 of shapes"],
    ["concat of nothing", () => ops.concat([], 0), "at least one tensor to concat, got none"],
    ["clamp", () => ops.clamp(a, 1, -1), "min ≤ max, got min 1 and max -1"],
    ["clamp to NaN", () => ops.clamp(a, Number.NaN, 1), "got min NaN and max 1"],
    ["input", () => input("x", [2, 0]), 'every dimension of input "x" to be a positive integer, got [2, 0]'],
    ["state", () => state("x", [1.5]), 'every dimension of state "x" to be a positive integer, got [1.5]'],
    ["constant", () => constant(1, [-1]), "every dimension of constant to be a positive integer, got [-1]"],
  ])("%s", (_, build, message) => {
    expect(build).toThrow(ShapeError);
    expect(build).toThrow(message);
  });
});

describe("shapes follow NumPy", () => {
  it.each([
    [[], [], []],
    [[3], [], [3]],
    [
      [2, 1],
      [1, 3],
      [2, 3],
    ],
    [[3], [2, 1], [2, 3]],
    [
      [4, 1, 2],
      [3, 1],
      [4, 3, 2],
    ],
  ])("%j with %j gives %j", (left, right, result) => {
    expect(ops.broadcastShapes(left, right)).toEqual(result);
    expect(ops.add(input("a", left), input("b", right)).shape).toEqual(result);
  });

  it("for reductions, products and pieces", () => {
    const x = input("x", [2, 3, 4]);
    expect(ops.sum(x).shape).toEqual([]);
    expect(ops.sum(x, [1]).shape).toEqual([2, 4]);
    expect(ops.sum(x, [2, 0, 2], true).shape).toEqual([1, 3, 1]);
    expect(ops.mean(x, [0, 1]).shape).toEqual([4]);
    expect(ops.slice(x, 1, 1, 3).shape).toEqual([2, 2, 4]);
    expect(ops.concat([x, x, x], 2).shape).toEqual([2, 3, 12]);
    expect(ops.matmul(a, b, { transposeB: true }).shape).toEqual([2, 4]);
  });

  it("and operations that change nothing give the tensor itself", () => {
    expect(ops.reshape(a, [2, 3])).toBe(a);
    expect(ops.broadcastTo(a, [2, 3])).toBe(a);
    expect(ops.slice(a, 1, 0, 3)).toBe(a);
    expect(ops.concat([a], 0)).toBe(a);
    expect(ops.sum(a, [])).toBe(a);
  });
});
