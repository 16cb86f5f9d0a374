// Batch renorm beside loops: statistics, bounds of r and d, warm-up, and slopes that see r and d as constants.

import { describe, expect, it } from "vitest";
import { defineGraph, evaluate, gradients, input, multiply, sum } from "../graph/index.ts";
import { ByBatch, byRunning } from "./batch-renorm.ts";

const [batch, units] = [4, 3];
/** The units: like the running statistics, far wider, and far away. */
const x = [0.1, 9, 50, -0.4, -12, 52, 0.9, 3, 47, 0.2, -7, 51];
const running = { mean: [0.3, 1, -2], variance: [0.5, 0.2, 2] };
const [gain, bias] = [
  [1.5, 0.7, -2],
  [0.1, -0.3, 0.4],
];
const weights = x.map((_, i) => Math.sin(i + 1));

function byLoops(values: readonly number[], warm: boolean, constants = values) {
  const column = (of: readonly number[], j: number) => of.filter((_, at) => at % units === j);
  const moments = (of: readonly number[]) => {
    const mean = of.reduce((a, b) => a + b) / batch;
    return { mean, variance: of.reduce((total, value) => total + (value - mean) ** 2, 0) / batch };
  };
  const factors = Array.from({ length: units }, (_, j) => {
    const held = moments(column(constants, j));
    const deviation = Math.sqrt(running.variance[j]! + 1e-3);
    const r = Math.sqrt(held.variance + 1e-3) / deviation;
    const d = (held.mean - running.mean[j]!) / deviation;
    return { r: Math.min(Math.max(r, 1 / 3), 3), d: Math.min(Math.max(d, -5), 5) };
  });
  return values.map((value, at) => {
    const j = at % units;
    const { mean, variance } = moments(column(values, j));
    const normalized = (value - mean) / Math.sqrt(variance + 1e-3);
    const { r, d } = warm ? factors[j]! : { r: 1, d: 0 };
    return (normalized * r + d) * gain![j]! + bias![j]!;
  });
}

const row = input("row", [1, 2 * units]);
const [xs, gains, biases] = [
  input("x", [batch, units]),
  input("gain", [1, units]),
  input("bias", [1, units]),
];
const place = { units, offset: 0 };
const given = { x, gain: gain!, bias: bias!, row: [...running.mean, ...running.variance], weights };

describe.each([true, false])("with its warm-up over: %s", (warm) => {
  const normalizer = new ByBatch(row, input("warm", []));
  const y = normalizer.normalize(xs, place, gains, biases);
  const loss = sum(multiply(y, input("weights", [batch, units])));
  const [slope] = gradients(loss, [xs]);
  const graph = defineGraph({ outputs: { y, slope: slope!, row: normalizer.row } });
  const { outputs } = evaluate(graph, { inputs: { ...given, warm: [warm ? 1 : 0] } });

  it("a batch is normalized as loops do it", () => {
    byLoops(x, warm).forEach((value, i) => {
      expect(outputs.y![i]).toBeCloseTo(value, 10);
    });
  });

  it("the slope is that of central differences, with r and d held", () => {
    const total = (values: readonly number[]) =>
      byLoops(values, warm, x).reduce((sum, value, i) => sum + value * weights[i]!, 0);
    x.forEach((_, i) => {
      const moved = (by: number) => total(x.map((value, at) => (at === i ? value + by : value)));
      expect(outputs.slope![i]).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 6);
    });
  });

  it("running statistics move by a hundredth of the way", () => {
    // The first unit's mean is 0.2, its variance 0.215.
    expect(outputs.row![0]).toBeCloseTo(0.3 + 0.01 * (0.2 - 0.3), 12);
    expect(outputs.row![3]).toBeCloseTo(0.5 + 0.01 * (0.215 - 0.5), 12);
  });
});

it("by running statistics, each unit is what these make of it", () => {
  const graph = defineGraph({ outputs: { y: byRunning(row).normalize(xs, place, gains, biases) } });
  const { y } = evaluate(graph, { inputs: given }).outputs;
  x.forEach((value, at) => {
    const j = at % units;
    const normalized = (value - running.mean[j]!) / Math.sqrt(running.variance[j]! + 1e-3);
    expect(y![at]).toBeCloseTo(normalized * gain![j]! + bias![j]!, 10);
  });
});
