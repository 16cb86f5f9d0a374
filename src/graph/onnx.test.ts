// The ONNX form, run by onnxruntime itself, against the float64 reference; and the forms chosen for speed.

import { fromBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { ModelProtoSchema } from "onnx-buf";
import * as runtime from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { operations, valuesOf } from "../../test/graph/operations.ts";
import { RandomStream } from "../random/index.ts";
import { evaluate, type Values } from "./evaluate.ts";
import { gradients } from "./gradients.ts";
import { defineGraph, type Graph } from "./graph.ts";
import { toOnnx } from "./onnx.ts";
import * as ops from "./ops.ts";
import { constant, input, type Shape, sizeOf, state, type Tensor } from "./tensor.ts";

/** Operators of the model, in order. */
const operators = (graph: Graph) =>
  fromBinary(ModelProtoSchema, toOnnx(graph)).graph!.node.map(({ opType }) => opType);

/** Runs the model in onnxruntime and compares outputs, updates and their shapes with the reference. */
async function check(graph: Graph, inputs: Values, held: Values = {}): Promise<void> {
  const session = await runtime.InferenceSession.create(toOnnx(graph), { logSeverityLevel: 3 });
  const feed = (kind: string, values: Values, tensors: ReadonlyMap<string, Tensor>) =>
    [...tensors].map(([name, { shape }]) => [
      `${kind}:${name}`,
      new runtime.Tensor("float32", Float32Array.from(values[name]!), [...shape]),
    ]);
  const results = await session.run(
    Object.fromEntries([...feed("input", inputs, graph.inputs), ...feed("state", held, graph.state)]),
  );
  await session.release();
  const reference = evaluate(graph, { inputs, state: held });
  for (const [kind, tensors, expected] of [
    ["output", graph.outputs, reference.outputs],
    ["update", graph.updates, reference.updates],
  ] as const) {
    for (const [name, { shape }] of tensors) {
      const result = results[`${kind}:${name}`]!;
      expect(result.dims).toEqual([...shape]);
      (result.data as Float32Array).forEach((value, i) => {
        const exact = expected[name]![i]!;
        if (!(Math.abs(value - exact) <= 2e-6 * Math.max(1, Math.abs(exact)))) {
          expect.fail(`${kind} ${name}[${i}]: ${value} instead of ${exact}`);
        }
      });
    }
  }
}

const ramp = (shape: Shape) =>
  Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 7) % 11) / 4 - 1.2);
const ramps = (tensors: ReadonlyMap<string, Tensor>) =>
  Object.fromEntries([...tensors].map(([name, { shape }]) => [name, ramp(shape)]));
const checkWithRamps = (graph: Graph) => check(graph, ramps(graph.inputs), ramps(graph.state));

describe("onnxruntime computes what the reference does", () => {
  it.each(Object.keys(operations))("%s", async (name) => {
    await fc.assert(
      fc.asyncProperty(operations[name]!, async (use) => {
        const operands = use.operands.map((shape, i) => input(`x${i}`, shape));
        const values = valuesOf(use);
        await check(
          defineGraph({ outputs: { y: use.make(operands) } }),
          Object.fromEntries(values.map((value, i) => [`x${i}`, value])),
        );
      }),
      { numRuns: 10 },
    );
  });

  it("outputs that are inputs, states, constants, or each other", async () => {
    const [x, w] = [input("x", [2, 3]), state("w", [2, 3])];
    const sum = ops.add(x, w);
    await checkWithRamps(
      defineGraph({
        outputs: { x, again: x, w, sum, same: sum, two: constant(2, [3]), reused: ops.tanh(sum) },
        updates: { w: sum },
      }),
    );
    await checkWithRamps(defineGraph({ outputs: {}, updates: { w } }));
  });

  it("states that swap their values", async () => {
    const [a, b] = [state("a", [3]), state("b", [3])];
    await checkWithRamps(
      defineGraph({ outputs: { sum: ops.add(a, b) }, updates: { a: b, b: ops.negate(a) } }),
    );
  });

  it("pieces that are asked for, shared, overlapping, with gaps, and along two axes", async () => {
    const x = input("x", [6, 5]);
    await checkWithRamps(
      defineGraph({
        outputs: { first: ops.slice(x, 0, 1, 2), second: ops.slice(x, 0, 3, 5), whole: ops.sum(x) },
      }),
    );
    await checkWithRamps(defineGraph({ outputs: { a: ops.slice(x, 0, 0, 3), b: ops.slice(x, 0, 2, 6) } }));
    const rows = ops.slice(x, 0, 0, 2);
    await checkWithRamps(
      defineGraph({
        outputs: {
          corner: ops.slice(rows, 1, 0, 3),
          rest: ops.slice(rows, 1, 3, 4),
          column: ops.slice(x, 1, 4, 5),
          rows,
        },
      }),
    );
  });

  it("products with a bias whose parts are asked for or used twice", async () => {
    const [x, w, bias] = [input("x", [4, 3]), state("w", [2, 3]), state("bias", [1, 2])];
    const product = ops.matmul(x, w, { transposeB: true });
    const biased = ops.add(product, bias);
    await checkWithRamps(defineGraph({ outputs: { biased, product } }));
    await checkWithRamps(defineGraph({ outputs: { biased, both: ops.add(biased, product) } }));
    const row = ops.matmul(bias, w);
    await checkWithRamps(
      defineGraph({ outputs: { doubled: ops.add(row, row), sum: ops.add(row, ops.slice(x, 0, 0, 1)) } }),
    );
    const other = ops.matmul(bias, ops.square(w));
    await checkWithRamps(defineGraph({ outputs: { sum: ops.add(row, other) } }));
  });

  it("a column sum of a product that could have been folded", async () => {
    const [x, w] = [input("x", [4, 3]), state("w", [3, 2])];
    const product = ops.matmul(x, w);
    const columns = ops.sum(product, [0], true);
    await checkWithRamps(
      defineGraph({
        outputs: { columns, centred: ops.subtract(product, columns), shifted: ops.add(product, columns) },
      }),
    );
  });
});

it("softplus is right where its parts overflow, vanish or cancel", async () => {
  const values = [0, 1e-40, 1e-7, 1e-3, 0.5, 5, 17, 18, 19, 40, 90, 1e4, 3e38].flatMap((x) => [x, -x]);
  const graph = defineGraph({ outputs: { y: ops.softplus(input("x", [values.length])) } });
  await check(graph, { x: Float32Array.from(values) });
});

describe("the gradient of a minimum, made of each side's own rows", () => {
  const [ROWS, WIDTH] = [16, 64];
  const x = input("x", [ROWS, WIDTH]);
  const twin = (name: string, w = state(`${name}/w`, [WIDTH, WIDTH])) =>
    ops.matmul(state(`${name}/out`, [1, WIDTH]), ops.relu(ops.matmul(x, w)), { transposeB: true });
  const w = state("a/w", [WIDTH, WIDTH]);
  const [a, b] = [twin("a", w), twin("b")];
  const slopes = (y: Tensor) => defineGraph({ outputs: { dx: gradients(ops.mean(y), [x])[0]! } });

  const normal = (role: string, shape: Shape) => {
    const values = new Float32Array(sizeOf(shape));
    new RandomStream(7, role).fillNormal(values);
    return values;
  };
  const inputs = { x: normal("x", x.shape) };

  /** Weights of both twins; how they weigh their hidden layers, which have no negative numbers, differs by `shift`. */
  const weights = (graph: Graph, shift: number): Values =>
    Object.fromEntries(
      [...graph.state].map(([name, { shape }]) => [
        name,
        normal(name.replace(/.*out/, "out"), shape).map((w) => w / 8 + (name === "a/out" ? shift : 0)),
      ]),
    );

  it.each([
    ["rows on both sides", 0],
    ["all rows on the first side", -1],
    ["all rows on the second side", 1],
  ])("%s", async (name, shift) => {
    for (const chosen of [ops.minimum(a, b), ops.maximum(a, b)]) {
      const graph = slopes(chosen);
      expect(operators(graph)).toContain("ScatterND");
      const held = weights(graph, shift);
      const { outputs } = evaluate(
        defineGraph({ outputs: { first: ops.sum(ops.step(ops.subtract(b, a))) } }),
        { inputs, state: held },
      );
      const first = outputs.first![0]!;
      if (name === "rows on both sides") expect(first > 0 && first < ROWS).toBe(true);
      else expect(first).toBe(shift < 0 ? ROWS : 0);
      await check(graph, inputs, held);
    }
  });

  it("scales each row by its own factor, where all have one", async () => {
    const share = input("share", [1, ROWS]);
    const equal = operators(slopes(ops.minimum(a, b)));
    const graph = slopes(ops.multiply(ops.minimum(a, b), share));
    expect(operators(graph)).toContain("ScatterND");
    expect(operators(graph).length).toBeGreaterThan(equal.length);
    await check(graph, { ...inputs, share: normal("share", share.shape) }, weights(graph, 0));
  });

  it("ties go to the second side", async () => {
    const graph = slopes(ops.minimum(a, b));
    const held = weights(graph, 0);
    await check(graph, inputs, { ...held, "a/w": held["b/w"]! });
  });

  it("is left whole where a side's rows serve something else, or are hardly worth it", () => {
    const [da] = gradients(ops.mean(ops.minimum(a, b)), [a]);
    const both = ops.add(ops.mean(ops.minimum(a, b)), ops.mean(a));
    expect(operators(slopes(both))).not.toContain("ScatterND");
    expect(operators(defineGraph({ outputs: { da: da! } }))).not.toContain("ScatterND");
    const small = input("small", [ROWS, 4]);
    const [p, q] = ["p", "q"].map((name) =>
      ops.matmul(state(name, [1, 4]), ops.relu(ops.matmul(small, state(`${name}w`, [4, 4]))), {
        transposeB: true,
      }),
    ) as [Tensor, Tensor];
    const graph = defineGraph({
      outputs: { dx: gradients(ops.mean(ops.minimum(p, q)), [small])[0]! },
    });
    expect(operators(graph)).not.toContain("ScatterND");
  });

  it("is left whole where the sides have other shapes than their sum, or the comparison is not of rows", async () => {
    const narrow = ops.sum(x, [1], true);
    const wide = state("wide", [1, WIDTH]);
    const b1 = ops.matmul(wide, ops.relu(ops.matmul(narrow, wide)), { transposeB: true });
    const means = [a, b].map((q) => ops.mean(ops.square(q), [1], true)) as [Tensor, Tensor];
    const row = input("x", [1, WIDTH]);
    const ofRow = (name: string) => ops.matmul(row, state(`${name}/w`, [WIDTH, WIDTH]));
    const one = ops.matmul(state("a/out", [1, WIDTH]), ofRow("a"), { transposeB: true });
    const other = ops.matmul(state("b/out", [1, WIDTH]), ofRow("b"), { transposeB: true });
    for (const [loss, over] of [
      [ops.mean(ops.minimum(a, b1)), x],
      [ops.minimum(...means), x],
      [ops.mean(ops.minimum(one, other)), row],
    ] as const) {
      const graph = defineGraph({ outputs: { dx: gradients(loss, [over])[0]! } });
      await check(graph, { x: normal("x", over.shape) }, weights(graph, 0));
    }
  });

  it("keeps all rows for the gradient of a weight, which adds them up", async () => {
    const [dw, dx] = gradients(ops.mean(ops.minimum(a, b)), [w, x]) as [Tensor, Tensor];
    const graph = defineGraph({ outputs: { dw, dx } });
    expect(operators(graph)).not.toContain("ScatterND");
    await check(graph, inputs, weights(graph, 0));
  });
});

describe("the model", () => {
  const [x, w, bias] = [input("x", [4, 3]), state("w", [3, 2]), state("bias", [1, 2])];

  it("adds a bias inside Gemm", () => {
    expect(operators(defineGraph({ outputs: { y: ops.relu(ops.add(ops.matmul(x, w), bias)) } }))).toEqual([
      "Gemm",
      "Relu",
    ]);
  });

  it("takes all slices of a tensor with one Split", () => {
    const parts = { a: ops.slice(x, 0, 0, 1), b: ops.slice(x, 0, 1, 2), c: ops.slice(x, 0, 3, 4) };
    expect(operators(defineGraph({ outputs: parts }))).toEqual(["Split"]);
  });

  it("scales a matrix by a column and a row without laying their product down", async () => {
    const [column, row, x] = [input("column", [1, 5]), input("row", [1, 3]), input("x", [5, 3])];
    const outer = ops.matmul(column, row, { transposeA: true });
    for (const y of [ops.multiply(outer, x), ops.multiply(x, outer)]) {
      const graph = defineGraph({ outputs: { y } });
      expect(operators(graph)).toEqual(["Mul", "Reshape", "Mul"]);
      await checkWithRamps(graph);
    }
    for (const outputs of [
      { y: ops.multiply(outer, x), outer },
      { y: ops.multiply(outer, outer) },
      { y: ops.multiply(outer, input("scale", [1, 3])) },
    ]) {
      const graph = defineGraph({ outputs });
      expect(operators(graph)).toContain("Gemm");
      await checkWithRamps(graph);
    }
  });

  it("sums columns as a product with ones", () => {
    expect(operators(defineGraph({ outputs: { y: ops.sum(x, [0], true) } }))).toEqual(["Gemm"]);
    expect(operators(defineGraph({ outputs: { y: ops.sum(x, [0]) } }))).toEqual(["ReduceSum"]);
  });

  it("names its values, and copies only what it must", () => {
    const graph = defineGraph({ outputs: { y: ops.tanh(x), x }, updates: { w: ops.multiply(w, 0.5) } });
    const model = fromBinary(ModelProtoSchema, toOnnx(graph)).graph!;
    expect(model.input.map(({ name }) => name)).toEqual(["input:x", "state:w"]);
    expect(model.output.map(({ name }) => name)).toEqual(["output:y", "output:x", "update:w"]);
    expect(model.node.map(({ opType }) => opType).sort()).toEqual(["Identity", "Mul", "Tanh"]);
  });
});
