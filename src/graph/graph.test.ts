// What defineGraph keeps, shares and removes, and that none of it changes a value.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate } from "./evaluate.ts";
import { defineGraph, type Graph, topologicalOrder } from "./graph.ts";
import * as ops from "./ops.ts";
import { constant, input, ShapeError, state, type Tensor } from "./tensor.ts";

const kinds = ({ nodes }: Graph) => nodes.map(({ op }) => op.kind);
const [x, y] = [input("x", [2, 3]), input("y", [2, 3])];

describe("defineGraph", () => {
  it("computes equal expressions once", () => {
    const graph = defineGraph({
      outputs: { a: ops.tanh(ops.add(x, y)), b: ops.exp(ops.tanh(ops.add(x, y))) },
    });
    expect(kinds(graph)).toEqual(["input", "input", "add", "tanh", "exp"]);
    expect(graph.nodes.at(-1)!.inputs[0]).toBe(graph.outputs.get("a"));
  });

  it("shares across outputs and updates, and keeps apart what differs in an attribute or the order", () => {
    const w = state("w", [2, 3]);
    const graph = defineGraph({
      outputs: { p: ops.subtract(x, w), q: ops.subtract(w, x), r: ops.clamp(w, 0, 1), s: ops.clamp(w, 0, 2) },
      updates: { w: ops.subtract(x, w) },
    });
    expect(kinds(graph).sort()).toEqual(["clamp", "clamp", "input", "state", "subtract", "subtract"]);
    expect(graph.updates.get("w")).toBe(graph.outputs.get("p"));
  });

  it("leaves out what nobody asked for", () => {
    ops.exp(x);
    const graph = defineGraph({ outputs: { y: ops.square(y) } });
    expect([...graph.inputs.keys()]).toEqual(["y"]);
    expect(kinds(graph)).toEqual(["input", "square"]);
  });

  it("removes expressions that say nothing", () => {
    const w = state("w", [2, 3]);
    const same = [
      ops.add(x, 0),
      ops.add(0, x),
      ops.subtract(x, 0),
      ops.multiply(x, 1),
      ops.multiply(1, x),
      ops.divide(x, 1),
      ops.negate(ops.negate(x)),
      ops.stopGradient(x),
    ];
    const graph = defineGraph({
      outputs: Object.fromEntries(same.map((tensor, i) => [`${i}`, tensor])),
      updates: { w },
    });
    for (const tensor of graph.outputs.values()) expect(tensor.op).toEqual(x.op);
  });

  it("keeps an addition of zero that changes the shape", () => {
    const graph = defineGraph({ outputs: { y: ops.add(input("row", [3]), constant(0, [2, 3])) } });
    expect(graph.outputs.get("y")!.shape).toEqual([2, 3]);
    expect([...evaluate(graph, { inputs: { row: [1, 2, 3] } }).outputs.y!]).toEqual([1, 2, 3, 1, 2, 3]);
  });

  it("gives every node the shape that its operation makes of its inputs' shapes", () => {
    const [row, column] = [input("row", [1, 3]), input("column", [2, 1])];
    const repeat = (tensor: Tensor) => ops.broadcastTo(tensor, [2, 3]);
    const graph = defineGraph({
      outputs: {
        rows: ops.add(repeat(row), repeat(input("other", [1, 3]))),
        constants: ops.multiply(repeat(row), constant(3, [2, 3])),
        swapped: ops.divide(constant(3, [2, 3]), repeat(row)),
        crossed: ops.subtract(repeat(row), repeat(column)),
        itself: ops.multiply(repeat(row), repeat(row)),
      },
    });
    for (const node of graph.nodes) {
      if (node.inputs.length !== 2) continue;
      expect(ops.broadcastShapes(node.inputs[0]!.shape, node.inputs[1]!.shape)).toEqual(node.shape);
    }
  });

  it("keeps constants apart that only look alike", () => {
    const values = [Infinity, -Infinity, Number.NaN, 0, -0, 1];
    const graph = defineGraph({
      outputs: Object.fromEntries(
        values.map((value, i) => [`${i}`, ops.add(ops.tanh(x), constant(value, [2, 1]))]),
      ),
    });
    const zeros = new Float64Array(6);
    const { outputs } = evaluate(graph, { inputs: { x: zeros } });
    values.forEach((value, i) => {
      expect(outputs[i]![0]).toBe(value + 0);
    });
    const bounds = defineGraph({
      outputs: {
        low: ops.clamp(x, -Infinity, -Infinity),
        high: ops.clamp(x, Infinity, Infinity),
        free: ops.clamp(x, -Infinity, Infinity),
      },
    });
    const clamped = evaluate(bounds, { inputs: { x: zeros } }).outputs;
    expect([clamped.low![0], clamped.high![0], clamped.free![0]]).toEqual([-Infinity, Infinity, 0]);
    const signs = defineGraph({ outputs: { p: ops.divide(x, constant(0)), n: ops.divide(x, constant(-0)) } });
    const divided = evaluate(signs, { inputs: { x: zeros.fill(1) } }).outputs;
    expect([divided.p![0], divided.n![0]]).toEqual([Infinity, -Infinity]);
  });

  it("computes only those rows and columns of a product that are asked for", () => {
    const [p, q] = [input("p", [4, 3]), input("q", [3, 5])];
    for (const [transposeA, transposeB] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      const flip = (t: Tensor, is: boolean) =>
        is ? input(`${t.op.kind === "input" && t.op.name}ᵀ`, [...t.shape].reverse()) : t;
      const product = ops.matmul(flip(p, transposeA), flip(q, transposeB), { transposeA, transposeB });
      const corner = ops.slice(ops.slice(product, 0, 1, 3), 1, 2, 5);
      const graph = defineGraph({ outputs: { corner, again: ops.exp(corner) } });
      const products = graph.nodes.filter(({ op }) => op.kind === "matmul");
      expect(products.map(({ shape }) => shape)).toEqual([[2, 3]]);
      const numbers = (shape: readonly number[]) =>
        Float64Array.from({ length: shape[0]! * shape[1]! }, (_, i) => ((i * 5) % 7) - 2);
      const inputs = Object.fromEntries([...graph.inputs].map(([name, { shape }]) => [name, numbers(shape)]));
      const whole = evaluate(defineGraph({ outputs: { product } }), { inputs }).outputs.product!;
      const expected = [1, 2].flatMap((row) => [2, 3, 4].map((column) => whole[5 * row + column]!));
      expect([...evaluate(graph, { inputs }).outputs.corner!]).toEqual(expected);
    }
  });

  it("computes only the rows that are asked for of a product of products", () => {
    const [p, q, r] = [input("p", [4, 3]), input("q", [3, 5]), input("r", [5, 2])];
    const rows = ops.slice(ops.matmul(ops.matmul(p, q), r), 0, 1, 2);
    const graph = defineGraph({
      outputs: { rows, of: ops.slice(ops.matmul(constant(2, [4, 5]), r), 0, 0, 1) },
    });
    const shapes = graph.nodes.filter(({ op }) => op.kind === "matmul").map(({ shape }) => shape);
    expect(shapes).toEqual([
      [1, 5],
      [1, 2],
      [1, 2],
    ]);
    expect(kinds(graph).filter((kind) => kind === "slice")).toHaveLength(1);
  });

  it("is not confused by deep graphs", () => {
    let deep: Tensor = x;
    for (let i = 0; i < 20_000; i++) deep = ops.tanh(deep);
    expect(topologicalOrder([deep])).toHaveLength(20_001);
    expect(defineGraph({ outputs: { deep } }).nodes).toHaveLength(20_001);
  });

  it("keeps the values of random expressions over constants, broadcasts and one variable", () => {
    const leaf = fc.oneof(
      fc.constantFrom<Tensor>(
        x,
        ops.slice(x, 0, 0, 1),
        ops.slice(x, 1, 1, 2),
        ops.broadcastTo(ops.slice(x, 0, 1, 2), [2, 3]),
      ),
      fc
        .constantFrom(-2, -1, 0, 0.5, 1, 3)
        .chain((value) =>
          fc.constantFrom<Tensor>(
            constant(value),
            constant(value, [3]),
            constant(value, [2, 1]),
            constant(value, [2, 3]),
          ),
        ),
    );
    // Away from a division by zero, whose sign may change: x + 0 is not x where x is −0.
    const positive = (tensor: Tensor) => ops.add(ops.square(tensor), 0.5);
    const divide = (a: Tensor, b: Tensor) => ops.divide(a, positive(b));
    const reciprocal = (a: Tensor) => ops.reciprocal(positive(a));
    const binary = fc.constantFrom(ops.add, ops.subtract, ops.multiply, divide, ops.maximum);
    const unary = fc.constantFrom(ops.negate, ops.square, ops.stopGradient, ops.tanh, reciprocal);
    const { tree } = fc.letrec<{ tree: Tensor }>((tie) => ({
      tree: fc.oneof(
        { depthSize: "medium", withCrossShrink: true },
        leaf,
        fc.tuple(binary, tie("tree"), tie("tree")).map(([f, a, b]) => f(a, b)),
        fc.tuple(unary, tie("tree")).map(([f, a]) => f(a)),
      ),
    }));
    const inputs = { x: [0.3, -1.2, 2, 0.7, -0.4, 1.1] };
    fc.assert(
      fc.property(tree, (tensor) => {
        const simplified = evaluate(defineGraph({ outputs: { y: tensor } }), { inputs }).outputs.y!;
        const nodes = topologicalOrder([tensor]);
        const whole: Graph = {
          nodes,
          inputs: new Map(),
          state: new Map(),
          outputs: new Map([["y", tensor]]),
          updates: new Map(),
        };
        const plain = evaluate(whole, { inputs }).outputs.y!;
        expect(simplified).toHaveLength(plain.length);
        plain.forEach((value, i) => {
          const ours = simplified[i]!;
          if (Number.isFinite(value))
            expect(Math.abs(ours - value) / Math.max(1, Math.abs(value))).toBeLessThan(1e-9);
        });
      }),
      { numRuns: 500 },
    );
  });
});

describe("defineGraph refuses", () => {
  it("two inputs of one name and different shapes", () => {
    const clash = { outputs: { a: ops.sum(x), b: ops.sum(input("x", [4])) } };
    expect(() => defineGraph(clash)).toThrow(
      'Expected input names to be unique, got "x" with shapes [2, 3] and [4]',
    );
    expect(() => defineGraph(clash)).toThrow(expect.objectContaining({ code: "GRAPH" }));
  });

  it("two states of one name and different shapes, but lets a state and an input share one", () => {
    const [w, other] = [state("x", [2, 3]), state("x", [1])];
    expect(() => defineGraph({ outputs: { a: ops.add(w, other) } })).toThrow(
      "Expected state names to be unique",
    );
    expect(defineGraph({ outputs: { a: ops.add(w, x) } }).nodes).toHaveLength(3);
  });

  it("an update of a state that is not there", () => {
    expect(() => defineGraph({ outputs: {}, updates: { v: ops.add(state("w", []), 1) } })).toThrow(
      'Expected the update of "v" to name a state that the graph reads, got states: w',
    );
  });

  it("an update of another shape", () => {
    const w = state("w", [2]);
    const build = () => defineGraph({ outputs: {}, updates: { w: ops.sum(w, [0], true) } });
    expect(build).toThrow(ShapeError);
    expect(build).toThrow('Expected the update of state "w" to have its shape [2], got [1]');
  });
});
