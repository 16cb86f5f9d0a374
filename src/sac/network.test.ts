// How a network's numbers are stored, that the graph over the blocks is the network, and that acting is the graph.

import { describe, expect, it } from "vitest";
import { ActingPolicy } from "../agent/acting.ts";
import { constant, defineGraph, evaluate, input, state } from "../graph/index.ts";
import { RandomStream } from "../random/index.ts";
import { initialLayers } from "./initial-weights.ts";
import { layerNorm, linear, mlp, relu } from "./layers.ts";
import { network } from "./network.ts";
import type { LayerValues } from "./packing.ts";
import { LOG_STD_MAX, squashedGaussian } from "./policy.ts";

const specs = [
  { name: "equal widths", inputSize: 5, hidden: [8, 8], outputSize: 4 },
  { name: "unequal widths", inputSize: 3, hidden: [7, 4, 6], outputSize: 2 },
  { name: "one hidden layer", inputSize: 4, hidden: [6], outputSize: 2 },
  { name: "outputs wider than hidden", inputSize: 2, hidden: [3, 3], outputSize: 8 },
  { name: "outputs as wide as hidden", inputSize: 6, hidden: [6, 6], outputSize: 6 },
  { name: "one unit", inputSize: 1, hidden: [1], outputSize: 2 },
];

/** The network by loops over torch's layout, in float64. */
function byHand(layers: readonly LayerValues[], x: readonly number[]): number[] {
  return layers.reduce<number[]>(
    (activations, { weight, bias }, layer) =>
      Array.from(bias, (b, j) => {
        const y = activations.reduce((sum, a, i) => sum + a * weight[j * activations.length + i]!, b);
        return layer < layers.length - 1 ? Math.max(y, 0) : y;
      }),
    [...x],
  );
}

describe.each(specs)("a network with $name", ({ name, inputSize, hidden, outputSize }) => {
  const random = new RandomStream(3, name);
  const spec = { name, inputSize, layers: mlp(hidden, outputSize) };
  const layout = network(spec);
  const layers = initialLayers(spec, random).map(({ weight, bias }) => ({
    weight: weight.map((value) => 2 * value),
    bias,
  }));
  const blocks = layout.pack(layers);
  const tensors = layout.blocks.map(({ name, shape }) => state(name, shape));
  const held = Object.fromEntries(layout.blocks.map(({ name }, i) => [name, blocks[i]!]));
  const batch = 5;
  const observations = Float32Array.from({ length: batch * inputSize }, () => random.uniformBetween(-2, 2));
  const row = (values: ArrayLike<number>, i: number, width: number) =>
    Array.from(values).slice(i * width, (i + 1) * width);
  const x = input("x", [batch, inputSize]);

  it("unpacks what was packed", () => {
    expect(layout.unpack(blocks)).toEqual(layers);
    expect(new Set(layout.blocks.map(({ name }) => name)).size).toBe(layout.blocks.length);
  });

  it("is computed by the graph over its blocks", () => {
    const graph = defineGraph({ outputs: { y: layout.apply(tensors, [x]) } });
    const { y } = evaluate(graph, { inputs: { x: observations }, state: held }).outputs;
    for (let i = 0; i < batch; i++) {
      byHand(layers, row(observations, i, inputSize)).forEach((value, j) => {
        expect(y![i * outputSize + j]).toBeCloseTo(value, 12);
      });
    }
  });

  it("acts as the graph does, with and without noise", () => {
    const actions = outputSize / 2;
    const noise = Float32Array.from({ length: batch * actions }, () => random.normal());
    const head = squashedGaussian(actions);
    const output = layout.apply(tensors, [x]);
    const graph = defineGraph({
      outputs: {
        mean: head.mode(output),
        drawn: head.sample(output, input("noise", [batch, actions])).action,
      },
    });
    const expected = evaluate(graph, { inputs: { x: observations, noise }, state: held }).outputs;
    const policy = new ActingPolicy(layout);
    const action = new Float32Array(actions);
    for (let i = 0; i < batch; i++) {
      policy.act(blocks, row(observations, i, inputSize), action);
      action.forEach((value, j) => void expect(value).toBeCloseTo(expected.mean![i * actions + j]!, 6));
      policy.act(blocks, row(observations, i, inputSize), action, row(noise, i, actions));
      action.forEach((value, j) => void expect(value).toBeCloseTo(expected.drawn![i * actions + j]!, 6));
    }
  });
});

describe("a critic", () => {
  it("gives its single output as a row, over inputs side by side", () => {
    const spec = { name: "q", inputSize: 3, layers: mlp([4, 4], 1) };
    const layout = network(spec);
    const layers = initialLayers(spec, new RandomStream(1, "q"));
    const blocks = layout.pack(layers);
    const tensors = layout.blocks.map(({ name, shape }) => state(name, shape));
    const graph = defineGraph({
      outputs: { q: layout.applyRows(tensors, [input("s", [2, 2]), constant(0.5, [2, 1])]) },
    });
    expect(graph.outputs.get("q")!.shape).toEqual([1, 2]);
    const held = Object.fromEntries(layout.blocks.map(({ name }, i) => [name, blocks[i]!]));
    const { q } = evaluate(graph, { inputs: { s: [1, -1, 0.2, 2] }, state: held }).outputs;
    expect(q![0]).toBeCloseTo(byHand(layers, [1, -1, 0.5])[0]!, 12);
    expect(q![1]).toBeCloseTo(byHand(layers, [0.2, 2, 0.5])[0]!, 12);
  });
});

describe("a layer norm", () => {
  const spec = {
    name: "n",
    inputSize: 2,
    layers: [linear(3), layerNorm, relu, linear(3), layerNorm, relu, linear(2)],
  };
  const layout = network(spec);
  // x·Wᵀ = [1, 2, 6]: mean 3, variance 14/3, so [−2, −1, 3] / √(14/3 + 1e-5); gain and bias make of it what follows.
  const values: LayerValues[] = [
    { weight: Float32Array.of(1, 0, 0, 1, 2, 2), bias: Float32Array.of(0, 0, 0) },
    { weight: Float32Array.of(1, 2, 1), bias: Float32Array.of(1, 1, -1) },
    { weight: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), bias: Float32Array.of(0, 0, 0) },
    { weight: Float32Array.of(1, 1, 1), bias: Float32Array.of(0, 0, 0) },
    { weight: Float32Array.of(1, 0, 0, 0, 0, 1), bias: Float32Array.of(0, 0) },
  ];
  const norm = (x: readonly number[]) => {
    const mean = x.reduce((a, b) => a + b) / x.length;
    const variance = x.reduce((sum, y) => sum + (y - mean) ** 2, 0) / x.length;
    return x.map((y) => (y - mean) / Math.sqrt(variance + 1e-5));
  };
  const [a, b, c] = norm([1, 2, 6]) as [number, number, number];
  const hidden = norm([a + 1, 2 * b + 1, c - 1].map((y) => Math.max(y, 0))).map((y) => Math.max(y, 0));

  it("is torch.nn.LayerNorm, in the graph and in acting", () => {
    const blocks = layout.pack(values);
    expect(layout.unpack(blocks)).toEqual(values);
    const tensors = layout.blocks.map(({ name, shape }) => state(name, shape));
    const graph = defineGraph({ outputs: { y: layout.apply(tensors, [input("x", [1, 2])]) } });
    const held = Object.fromEntries(layout.blocks.map(({ name }, i) => [name, blocks[i]!]));
    const { y } = evaluate(graph, { inputs: { x: [1, 2] }, state: held }).outputs;
    expect(y![0]).toBeCloseTo(hidden[0]!, 12);
    expect(y![1]).toBeCloseTo(hidden[2]!, 12);
    const action = new Float32Array(1);
    new ActingPolicy(layout).act(blocks, [1, 2], action);
    expect(action[0]).toBeCloseTo(Math.tanh(hidden[0]!), 6);
  });

  it("starts with gain 1 and bias 0", () => {
    const layers = initialLayers(spec, new RandomStream(1, "w"));
    expect([...layers[1]!.weight, ...layers[3]!.bias]).toEqual([1, 1, 1, 0, 0, 0]);
  });
});

describe("initial weights", () => {
  it("are uniform within 1/√inputs, biases too, and belong to the stream", () => {
    const spec = { name: "n", inputSize: 100, layers: mlp([200], 4) };
    const [first, last] = initialLayers(spec, new RandomStream(1, "w"));
    expect(initialLayers(spec, new RandomStream(1, "w"))[0]).toEqual(first);
    expect(Math.max(...first!.weight.map(Math.abs))).toBeLessThanOrEqual(0.1);
    expect(Math.max(...first!.weight)).toBeGreaterThan(0.0999);
    expect(Math.max(...last!.weight.map(Math.abs))).toBeLessThanOrEqual(1 / Math.sqrt(200));
    const variance = first!.weight.reduce((sum, w) => sum + w * w, 0) / first!.weight.length;
    expect(variance / (0.01 / 3)).toBeCloseTo(1, 1);
    expect(Math.max(...first!.bias.map(Math.abs))).toBeLessThanOrEqual(0.1);
  });
});

it("log σ is bounded, so that no weight makes an action NaN", () => {
  const layout = network({ name: "n", inputSize: 1, layers: mlp([1], 2) });
  const blocks = layout.pack([
    { weight: Float32Array.of(1), bias: Float32Array.of(0) },
    { weight: Float32Array.of(0, 1000), bias: Float32Array.of(0, 0) },
  ]);
  const action = new Float32Array(1);
  new ActingPolicy(layout).act(blocks, [1], action, [0.1]);
  expect(action[0]).toBeCloseTo(Math.tanh(0.1 * Math.exp(LOG_STD_MAX)), 6);
});
