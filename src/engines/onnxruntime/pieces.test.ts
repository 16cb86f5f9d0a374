// A graph in pieces computes what the whole graph does, out of the same numbers.

import { expect, it } from "vitest";
import {
  add,
  defineGraph,
  evaluate,
  gradients,
  input,
  matmul,
  mean,
  sizeOf,
  slice,
  square,
  state,
} from "../../graph/index.ts";
import { RandomStream } from "../../random/index.ts";
import { inPieces } from "./pieces.ts";

const random = new RandomStream(3, "pieces");
const drawn = (length: number) => Float32Array.from({ length }, () => random.normal());

/** x·W + b, in a state of five rows: three of W, one that begins with b, one that nobody reads. */
const rows = state("rows", [5, 4]);
const [weight, bias] = [slice(rows, 0, 0, 3), slice(slice(rows, 0, 3, 4), 1, 0, 1)];
const x = input("x", [2, 3]);
const loss = mean(square(add(matmul(x, weight), bias)));
const slope = gradients(loss, [rows])[0]!;
/** Columns of several rows lie in no one stretch. */
const columns = slice(rows, 1, 1, 3);
const graph = defineGraph({ outputs: { loss, slope, columns } });

it("stretches of a state are inputs, and what is joined for an output are outputs", () => {
  const { graph: cut, inputs, outputs } = inPieces(graph);
  expect([...inputs]).toEqual([
    ["rows[0] as [3,4]", { of: "rows", offset: 0 }],
    ["rows[12] as [1,4]", { of: "rows", offset: 12 }],
    ["rows[12] as [1,1]", { of: "rows", offset: 12 }],
  ]);
  expect([...cut.inputs.keys()].toSorted()).toEqual(["rows[0] as [3,4]", "rows[12] as [1,1]", "x"]);
  expect([...cut.state.keys()]).toEqual(["rows"]);
  expect([...outputs]).toEqual([
    ["slope[0]", { of: "slope", offset: 0 }],
    ["slope[12]", { of: "slope", offset: 12 }],
  ]);
  expect([...cut.outputs.keys()]).toEqual(["loss", "slope[0]", "slope[12]", "columns"]);
});

it("the values are those of the whole graph", () => {
  const values = { inputs: { x: drawn(6) }, state: { rows: drawn(20) } };
  const expected = evaluate(graph, values).outputs;
  const { graph: cut, inputs, outputs } = inPieces(graph);
  const pieces = [...inputs].flatMap(([name, { of, offset }]) => {
    const tensor = cut.inputs.get(name);
    const held = values.state[of as "rows"];
    return tensor ? [[name, held.subarray(offset, offset + sizeOf(tensor.shape))] as const] : [];
  });
  const got = evaluate(cut, {
    ...values,
    inputs: { ...values.inputs, ...Object.fromEntries(pieces) },
  }).outputs;
  const joined = new Float64Array(20);
  for (const [name, { offset }] of outputs) joined.set(got[name]!, offset);
  expect([...joined]).toEqual([...expected.slope!]);
  expect(got.loss).toEqual(expected.loss);
  expect(got.columns).toEqual(expected.columns);
});
