// Adam, AdamW and Polyak averaging as operations: against PyTorch's numbers, made of element-wise operations, and in both
// engines, whether they can write over their states or not.

import { afterAll, describe, expect, it } from "vitest";
import { onnxruntimeEngine } from "../engines/onnxruntime/index.ts";
import { optimiserSteps } from "../engines/optimisers.ts";
import { wasmEngine } from "../engines/wasm/index.ts";
import { initialBetaPowers, nextBetaPowers, adamStep as scalarsOf } from "../sac/adam.ts";
import {
  type AdamBlock,
  adamStep,
  add,
  constant,
  defineGraph,
  evaluate,
  type Graph,
  gradients,
  input,
  multiply,
  polyakStep,
  ShapeError,
  state,
  sum,
  withoutOptimisers,
} from "./index.ts";

const shape = [3];
const betas = { beta1: 0.9, beta2: 0.999 };
const block: AdamBlock = {
  parameter: state("p", shape),
  moment1: state("m", shape),
  moment2: state("v", shape),
};
const scalars = { stepSize: input("size", []), epsilon: input("epsilon", []) };
const gradient = input("g", shape);

function graphOf(after: AdamBlock, outputs: Parameters<typeof defineGraph>[0]["outputs"] = {}): Graph {
  const target = polyakStep(state("target", shape), after.parameter, 0.25);
  return defineGraph({
    outputs,
    updates: { p: after.parameter, m: after.moment1, v: after.moment2, target },
  });
}

const keep = input("keep", []);
const graph = graphOf(adamStep(block, gradient, { ...scalars, keep }, betas));
const start = { p: [0.5, -1, 2], m: [0, 0, 0], v: [0, 0, 0], target: [0, 0, 0] };
const steps = [
  [0.3, -2, 1e-6],
  [-0.1, 0.5, 0],
  [1, 1, -1],
];
/** torch.optim.AdamW(lr=0.01, weight_decay=0.1) in float64 after each of `steps`, PyTorch 2.13. */
const adamW = [
  [0.4895000003333333, -0.98900000005, 1.98809900990099],
  [0.48500831479247475, -0.9833163183700835, 1.9795037905222186],
  [0.47749995175818166, -0.981858667508071, 1.983912417440698],
];

function inputsOf(step: number) {
  let powers = initialBetaPowers;
  for (let i = 0; i <= step; i++) powers = nextBetaPowers(powers);
  const { size, epsilon } = scalarsOf(0.01, powers);
  return { g: steps[step]!, size: [size], epsilon: [epsilon], keep: [1 - 0.01 * 0.1] };
}

describe("a step of Adam", () => {
  it("with decay is PyTorch's AdamW", () => {
    let held: Record<string, ArrayLike<number>> = start;
    let [target] = [0];
    for (const [i, expected] of adamW.entries()) {
      held = evaluate(graph, { inputs: inputsOf(i), state: held }).updates;
      expected.forEach((value, j) => {
        expect(held.p![j]).toBeCloseTo(value, 14);
      });
      target += 0.25 * (expected[0]! - target);
      expect(held.target![0]).toBeCloseTo(target, 14);
    }
  });

  it("is the same out of element-wise operations", () => {
    const plain = withoutOptimisers(graph);
    expect(plain.nodes.some(({ op }) => op.kind === "adam" || op.kind === "polyak")).toBe(false);
    // The step's parts are made once.
    expect(plain.nodes.filter(({ op }) => op.kind === "sqrt")).toHaveLength(1);
    const given = { inputs: inputsOf(2), state: { ...start, m: [1, -2, 3], v: [0.1, 2, 3] } };
    expect(evaluate(plain, given)).toEqual(evaluate(graph, given));
  });

  it("lets no gradient through", () => {
    const { parameter } = adamStep(block, multiply(gradient, 2), scalars, betas);
    const [derivative] = gradients(sum(parameter), [gradient]);
    expect(derivative).toMatchObject({ op: { kind: "constant", value: 0 } });
  });

  it("refuses what does not fit", () => {
    expect(() => adamStep(block, input("g", [4]), scalars, betas)).toThrow(ShapeError);
    expect(() => adamStep(block, gradient, { ...scalars, keep: gradient }, betas)).toThrow(ShapeError);
    expect(() => polyakStep(block.parameter, input("other", [2]), 0.1)).toThrow(ShapeError);
  });
});

describe("in place", () => {
  const after = adamStep(block, gradient, scalars, betas);
  const counts = (of: Graph) => {
    const { adam, polyak } = optimiserSteps(of);
    return [adam.length, polyak.length];
  };

  it("are steps whose states take their values", () => {
    expect(counts(graphOf(after))).toEqual([1, 1]);
    // Reformulating the gradient, the scalars or what is done with the parameters changes nothing.
    const other = adamStep(
      block,
      add(gradient, 1),
      { stepSize: constant(0.1), epsilon: constant(1e-8) },
      betas,
    );
    expect(counts(graphOf(other, { total: sum(other.parameter) }))).toEqual([1, 1]);
  });

  it("are none whose old values somebody wants later", () => {
    expect(counts(graphOf(after, { old: block.parameter }))[0]).toBe(0);
    expect(counts(graphOf(after, { both: multiply(block.moment1, after.parameter) }))[0]).toBe(0);
    expect(counts(defineGraph({ outputs: {}, updates: { p: after.parameter } }))).toEqual([0, 0]);
  });
});

const engines = [
  await wasmEngine(),
  await wasmEngine({ threads: 2 }),
  await onnxruntimeEngine(),
  await onnxruntimeEngine({ threads: 2 }),
];
afterAll(async () => {
  for (const engine of engines) await engine.dispose();
});

describe.each(engines.map((engine) => [`${engine.name}, ${engine.threads}`, engine] as const))(
  "on %s",
  (_, engine) => {
    it.each([
      ["in place", graph],
      [
        "beside the old values",
        graphOf(adamStep(block, gradient, { ...scalars, keep }, betas), { old: block.parameter }),
      ],
    ])("%s, AdamW's steps are PyTorch's", async (__, of) => {
      const program = await engine.compile(of);
      for (const [name, values] of Object.entries(start))
        await program.writeState(name, Float32Array.from(values));
      for (const [i, expected] of adamW.entries()) {
        const given = Object.entries(inputsOf(i)).map(([name, values]) => [name, Float32Array.from(values)]);
        await program.run(Object.fromEntries(given));
        const got = await program.readState("p");
        expected.forEach((value, j) => {
          expect(Math.abs(got[j]! - value)).toBeLessThan(3e-7);
        });
      }
      await program.dispose();
    });
  },
);
