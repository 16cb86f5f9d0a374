// Products with a mask times a column times a row, as a layer's gradients behind ReLU are, against the float64 reference, for
// sizes that fill no word, panel or block; where rows have factors of zero and numbers that are none; and the same bits
// whatever the number of threads.

import "./relaxed.fixture.ts";
import { describe, expect, it } from "vitest";
import { defineGraph, evaluate, type Graph, input, matmul, multiply, step } from "../../graph/index.ts";
import { RandomStream } from "../../random/index.ts";
import { hasFused } from "./arithmetic.ts";
import { fuse } from "./fusions.ts";
import { masking } from "./masked.ts";
import { compileKernels } from "./module.ts";
import { plan } from "./plan.ts";
import { WasmProgram } from "./program.ts";
import { rewrite } from "./rewrite.ts";

interface Sizes {
  readonly batch: number;
  readonly units: number;
  readonly before: number;
}

/** What comes back through `units` units with ReLU from one output: to the layer before, behind its gate, and to the weights. */
function gradients({ batch, units, before }: Sizes): Graph {
  const [h, x] = [input("h", [batch, units]), input("x", [batch, before])];
  const column = input("q", [batch, 1]);
  const delta = multiply(multiply(column, input("w", [1, units])), step(h));
  const back = matmul(delta, input("weights", [before, units]), { transposeB: true });
  return defineGraph({
    outputs: {
      toInput: matmul(delta, input("plain", [before, units]), { transposeB: true }),
      gated: multiply(back, step(x)),
      toWeights: matmul(x, delta, { transposeA: true }),
    },
  });
}

function drawn({ batch, units, before }: Sizes): Record<string, Float32Array> {
  const random = new RandomStream(3, "masked");
  const draw = (floats: number) => {
    const values = new Float32Array(floats);
    random.fillNormal(values);
    return values;
  };
  return {
    h: draw(batch * units).map((value) => Math.max(0, value)),
    x: draw(batch * before).map((value) => Math.max(0, value)),
    // A sample of which a critic gets nothing.
    q: draw(batch).map((value, i) => (i % 3 === 0 ? 0 : value)),
    w: draw(units),
    weights: draw(before * units),
    plain: draw(before * units),
  };
}

async function run(graph: Graph, threads: number, inputs: Record<string, Float32Array>) {
  const everything = { program: 0, step: 0 };
  const planned = plan(new Map([["run", graph]]), threads, everything, false, masking);
  const program = await WasmProgram.create(planned, await compileKernels(true, "masks"));
  const results = Object.fromEntries(
    Object.entries(program.run(inputs)).map(([name, values]) => [name, values.slice()]),
  );
  await program.dispose();
  return results;
}

const masked = (graph: Graph, has?: typeof masking) =>
  fuse(rewrite(graph), has).all.filter((fusion) => fusion.kind === "product" && fusion.masked).length;

it("are products like others in the portable arithmetic, whose sums keep their order", () => {
  const graph = gradients({ batch: 64, units: 64, before: 64 });
  expect(masked(graph)).toBe(0);
  expect(masked(graph, masking)).toBe(3);
});

it("leave δ out where nobody else takes it", () => {
  const chains = (has?: typeof masking) =>
    fuse(rewrite(gradients({ batch: 64, units: 64, before: 64 })), has).all.filter(
      ({ kind }) => kind === "chain",
    ).length;
  expect([chains(), chains(masking)]).toEqual([1, 0]);
});

describe.skipIf(!hasFused())("in the fused arithmetic", () => {
  it.each([
    { batch: 64, units: 64, before: 64 },
    { batch: 33, units: 36, before: 32 },
    { batch: 35, units: 40, before: 96 },
    { batch: 270, units: 260, before: 32 },
    { batch: 32, units: 52, before: 160 },
  ])("$batch samples, $units units, $before before", async (sizes) => {
    const graph = gradients(sizes);
    expect(masked(graph, masking)).toBe(3);
    const inputs = drawn(sizes);
    const one = await run(graph, 1, inputs);
    const expected = evaluate(graph, { inputs }).outputs;
    for (const [name, reference] of Object.entries(expected)) {
      const errors = one[name]!.map((ours, i) => Math.abs(ours - reference[i]!));
      expect(Math.max(...errors), name).toBeLessThan(2e-6 * Math.sqrt(sizes.batch + sizes.units) * 3);
    }
    for (const threads of [2, 3]) expect(await run(graph, threads, inputs)).toEqual(one);
  });

  it("what is not a number comes through where it came in, and nowhere else", async () => {
    const sizes = { batch: 40, units: 48, before: 32 };
    const inputs = drawn(sizes);
    inputs.h![7 * sizes.units + 5] = Number.NaN;
    inputs.q![11] = Number.NaN;
    const graph = gradients(sizes);
    const { toInput, toWeights } = await run(graph, 1, inputs);
    const rows = Array.from({ length: sizes.batch }, (_, i) =>
      toInput!.subarray(i * sizes.before, (i + 1) * sizes.before).some(Number.isNaN),
    );
    expect(rows.flatMap((odd, i) => (odd ? [i] : []))).toEqual([7, 11]);
    const column = toWeights!.filter((_, i) => i % sizes.units === 5);
    expect(column.every(Number.isNaN)).toBe(true);
  });
});
