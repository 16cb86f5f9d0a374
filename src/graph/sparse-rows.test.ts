// Gradients of a minimum by rows: found in SAC's update, and in an ONNX model the same numbers as the reference gives,
// whichever rows belong to whom.

import { afterAll, describe, expect, it } from "vitest";
import { onnxruntimeEngine } from "../engines/onnxruntime/index.ts";
import { RandomStream } from "../random/index.ts";
import { sacUpdate } from "../sac/update.ts";
import {
  add,
  defineGraph,
  evaluate,
  gradients,
  input,
  matmul,
  mean,
  minimum,
  multiply,
  relu,
  sizeOf,
  type Tensor,
} from "./index.ts";
import { sparseRows } from "./sparse-rows.ts";

const [rows, inputs, hidden] = [12, 3, 80];
const x = input("x", [rows, inputs]);

/** A row of outputs of one critic. */
function critic(name: string): Tensor {
  const first = relu(matmul(x, input(`${name}1`, [inputs, hidden])));
  const second = relu(matmul(first, input(`${name}2`, [hidden, hidden])));
  return matmul(input(`${name}3`, [1, hidden]), second, { transposeB: true });
}

/** What the actor is given: the gradient of min(Q₁, Q₂) at the critics' input. */
function gradientOfMinimum(bias: Tensor) {
  const q = minimum(critic("a"), add(critic("b"), bias));
  return defineGraph({ outputs: { gradient: gradients(mean(q), [x])[0]! } });
}

const engine = await onnxruntimeEngine();
afterAll(() => engine.dispose());

describe("rows of a minimum's gradient", () => {
  const graph = gradientOfMinimum(input("bias", []));

  it("are found where two critics meet", () => {
    const found = sparseRows(graph);
    expect(found).toHaveLength(1);
    const [{ sum, sides }] = found as [(typeof found)[0]];
    expect(sum.shape).toEqual([rows, inputs]);
    for (const { mask } of sides) expect(mask.shape).toEqual([1, rows]);
  });

  it("are found once in an update of SAC", () => {
    const spec = { observationSize: 17, actionSize: 6, hidden: [256, 256], batchSize: 64, tau: 0.005 };
    expect(sparseRows(sacUpdate(spec))).toHaveLength(1);
  });

  it("are not looked for where somebody else needs all of them, or it is not worth it", () => {
    const all = gradientOfMinimum(input("bias", []));
    const { sum } = sparseRows(all)[0]!;
    expect(sparseRows(defineGraph({ outputs: { sum, side: multiply(sum.inputs[0]!, 2) } }))).toEqual([]);
  });

  it.each([
    ["some to either", 0],
    ["all to the first", 1e6],
    ["all to the second", -1e6],
  ])("%s: as the reference has them", async (_, bias) => {
    const random = new RandomStream(3, "values");
    const given = Object.fromEntries(
      [...graph.inputs].map(([name, { shape }]) => {
        const values = new Float32Array(sizeOf(shape));
        random.fillNormal(values);
        return [name, name === "bias" ? Float32Array.of(bias) : values.map((value) => 0.3 * value)];
      }),
    );
    const { gradient } = evaluate(graph, { inputs: given }).outputs;
    expect(gradient!.some((value) => value !== 0)).toBe(true);
    const program = await engine.compile(graph);
    const got = (await program.run(given)).gradient!;
    got.forEach((value, i) => {
      expect(value).toBeCloseTo(gradient![i]!, 5);
    });
    await program.dispose();
  });
});
