// The policy's density against 60-digit arithmetic (test/fixtures/sac/log-prob.py), saturated actions included.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { onnxruntimeEngine } from "../engines/onnxruntime/index.ts";
import { defineGraph, evaluate, input } from "../graph/index.ts";
import { entropyOf, logProb, sumActions } from "./policy.ts";

interface Case {
  readonly mean: number;
  readonly logStd: number;
  readonly u: number;
  readonly logProb: number;
}
const fixture: {
  cases: Case[];
  entropies: { mean: number; logStd: number; entropy: number }[];
} = JSON.parse(readFileSync(new URL("../../test/fixtures/sac/log-prob.json", import.meta.url), "utf8"));

/** log π of one-dimensional actions, [1, count]. */
const density = (count: number) => {
  const gaussian = { mean: input("mean", [count, 1]), logStd: input("logStd", [count, 1]) };
  const rows = logProb(gaussian, input("noise", [count, 1]), input("u", [count, 1]));
  return defineGraph({ outputs: { logProb: rows, entropy: entropyOf(rows) } });
};

describe("log π", () => {
  const { cases } = fixture;
  const graph = density(cases.length);
  const inputs = {
    logStd: Float32Array.from(cases, ({ logStd }) => logStd),
    u: Float32Array.from(cases, ({ u }) => u),
    noise: Float64Array.from(cases, ({ mean, logStd, u }) => (u - mean) / Math.exp(logStd)),
  };

  it("is right to 12 digits in float64", () => {
    evaluate(graph, { inputs }).outputs.logProb!.forEach((value, i) => {
      expect(Math.abs(value / cases[i]!.logProb - 1)).toBeLessThan(1e-12);
    });
  });

  it("is right to 6 digits in float32, saturated actions included", async () => {
    const program = await (await onnxruntimeEngine()).compile(graph);
    const outputs = await program.run({ ...inputs, noise: Float32Array.from(inputs.noise) });
    outputs.logProb!.forEach((value, i) => {
      const { logProb, u } = cases[i]!;
      // Terms as large as 2|u| cancel.
      expect(Math.abs(value - logProb)).toBeLessThan(
        1e-6 * Math.max(Math.abs(logProb), 2 * Math.abs(u)) + 1e-6,
      );
    });
    await program.dispose();
  });

  it("sums over action dimensions, not over the batch", () => {
    const graph = defineGraph({ outputs: { row: sumActions(input("x", [2, 3])) } });
    expect(graph.outputs.get("row")!.shape).toEqual([1, 2]);
    expect([...evaluate(graph, { inputs: { x: [1, 2, 3, 10, 20, 30] } }).outputs.row!]).toEqual([6, 60]);
  });
});

describe("entropy", () => {
  /** −E[log π] by the trapezoid rule over ±10 σ; spectrally accurate for these integrands. */
  const entropy = (mean: number, logStd: number): number => {
    const count = 4001;
    const pitch = 20 / (count - 1);
    const noise = Float64Array.from({ length: count }, (_, i) => -10 + i * pitch);
    const inputs = {
      noise,
      u: noise.map((z) => mean + Math.exp(logStd) * z),
      logStd: new Float64Array(count).fill(logStd),
    };
    const values = evaluate(density(count), { inputs }).outputs.logProb!;
    const weight = (z: number) => (Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI)) * pitch;
    return -values.reduce((total, value, i) => total + value * weight(noise[i]!), 0);
  };

  it("equals quadrature in 60 digits", () => {
    for (const { mean, logStd, entropy: expected } of fixture.entropies) {
      expect(entropy(mean, logStd)).toBeCloseTo(expected, 8);
    }
  });

  it("is largest, 0.684 nats, at σ = 0.875", () => {
    const best = entropy(0, Math.log(0.875));
    expect(best).toBeCloseTo(0.684, 3);
    for (const [mean, std] of [
      [0, 0.86],
      [0, 0.89],
      [0.05, 0.875],
      [-0.2, 0.875],
    ] as const) {
      expect(entropy(mean, Math.log(std))).toBeLessThan(best);
    }
  });

  it("is −1 at two spreads: 0.090 and 2.92", () => {
    expect(entropy(0, Math.log(0.09))).toBeCloseTo(-1, 1);
    expect(entropy(0, Math.log(2.92))).toBeCloseTo(-1, 2);
    expect((entropy(0, Math.log(0.0895)) + 1) * (entropy(0, Math.log(0.0905)) + 1)).toBeLessThan(0);
    expect((entropy(0, Math.log(2.915)) + 1) * (entropy(0, Math.log(2.925)) + 1)).toBeLessThan(0);
  });
});
