// Values and gradients beside float64 PyTorch's (torch.nn.functional, gelu with approximate="tanh"), on the graph, in both
// engines, and where the policy acts.

import { expect, it } from "vitest";
import { onnxruntimeEngine } from "../engines/onnxruntime/index.ts";
import { wasmEngine } from "../engines/wasm/index.ts";
import { defineGraph, evaluate, gradients, input, sum } from "../graph/index.ts";
import { activate, activated, activationNames } from "./activations.ts";

const x = [-3, -1, -0.5, 0.25, 1, 2.5];
const torch = {
  relu: [
    [0, 0, 0, 0.25, 1, 2.5],
    [0, 0, 0, 1, 1, 1],
  ],
  tanh: [
    [
      -0.9950547536867305, -0.7615941559557649, -0.4621171572600098, 0.24491866240370913, 0.7615941559557649,
      0.9866142981514303,
    ],
    [
      0.009866037165440166, 0.41997434161402614, 0.7864477329659274, 0.940014848806378, 0.41997434161402614,
      0.02659222668316057,
    ],
  ],
  elu: [
    [-0.950212931632136, -0.6321205588285577, -0.3934693402873666, 0.25, 1, 2.5],
    [0.049787068367863944, 0.36787944117144233, 0.6065306597126334, 1, 1, 1],
  ],
  silu: [
    [
      -0.14227761953270035, -0.2689414213699951, -0.1887703343990727, 0.14054412522144952, 0.7310585786300049,
      2.3103545499468914,
    ],
    [
      -0.08810410601516962, 0.07232948812851325, 0.2600388126973482, 0.6237100215701977, 0.9276705118714869,
      1.0994011113415267,
    ],
  ],
  gelu: [
    [
      -0.0036373920817729943, -0.15880800939172324, -0.15428599017485606, 0.149675350701685,
      0.8411919906082768, 2.484915733910001,
    ],
    [
      -0.011584166630969648, -0.08296408384578252, 0.13263009646535764, 0.6953540951510604,
      1.0829640838457826, 1.037951576212666,
    ],
  ],
} as const;
const engines = [await wasmEngine(), await onnxruntimeEngine()];

it.each(activationNames)("%s is PyTorch's, and so is its gradient", async (kind) => {
  const at = input("x", [1, x.length]);
  const y = activated(kind, at);
  const graph = defineGraph({ outputs: { y, slope: gradients(sum(y), [at])[0]! } });
  const [values, slopes] = torch[kind];
  const close = (got: ArrayLike<number>, expected: readonly number[], error: number) =>
    Array.from(got).forEach((value, i) => {
      expect(Math.abs(value - expected[i]!), `${kind}(${x[i]})`).toBeLessThan(error);
    });

  const { outputs } = evaluate(graph, { inputs: { x } });
  close(outputs.y!, values, 1e-12);
  close(outputs.slope!, slopes, 1e-12);
  for (const engine of engines) {
    const program = await engine.compile(graph);
    const { y: told, slope } = await program.run({ x: Float32Array.from(x) });
    close(told!, values, 2e-6);
    close(slope!, slopes, 2e-6);
    await program.dispose();
  }
  const row = Float64Array.from(x);
  activate(kind, row);
  close(row, values, 1e-14);
});
