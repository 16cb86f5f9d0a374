// tempered's own update as a worker for update.ts: batches from a replay of random transitions, noise drawn for every
// update, both inside the timed update as in the other programs.

import { parseArgs } from "node:util";
import { onnxruntimeEngine } from "../src/engines/onnxruntime/index.ts";
import { normalFromUint32 } from "../src/math/index.ts";
import { type InitialWeights, Learner } from "../src/sac/learner.ts";
import type { LayerValues } from "../src/sac/network.ts";
import { temperatureSettings } from "../src/sac/temperature.ts";
import { gemmGflops } from "./gemm.ts";
import { count, sizeOptions, sizesOf } from "./options.ts";
import { serve } from "./serve.ts";

const CAPACITY = 100_000;

const { values } = parseArgs({ options: { ...sizeOptions, threads: { type: "string", default: "1" } } });
const { observationDim, actionDim, hidden, batch: batchSize } = sizesOf(values);
const threads = count("threads", values.threads);
const spec = {
  observationSize: observationDim,
  actionSize: actionDim,
  hidden,
  batchSize,
  gamma: 0.99,
  tau: 0.005,
};

const uint32 = generator(1);
const normal = () => normalFromUint32(uint32());
const filled = (size: number, draw: () => number) => new Float32Array(size).map(draw);

const replay = {
  observation: filled(CAPACITY * observationDim, normal),
  action: filled(CAPACITY * actionDim, () => uint32() / 2 ** 31 - 1),
  reward: filled(CAPACITY, normal),
  nextObservation: filled(CAPACITY * observationDim, normal),
  terminated: filled(CAPACITY, () => (uint32() < 0.01 * 2 ** 32 ? 1 : 0)),
};
const widths = {
  observation: observationDim,
  action: actionDim,
  reward: 1,
  nextObservation: observationDim,
  terminated: 1,
};
const fields = Object.keys(replay) as (keyof typeof replay)[];
const batch = {
  observation: new Float32Array(batchSize * observationDim),
  action: new Float32Array(batchSize * actionDim),
  reward: new Float32Array(batchSize),
  nextObservation: new Float32Array(batchSize * observationDim),
  terminated: new Float32Array(batchSize),
};
const noise = {
  noise: new Float32Array(batchSize * actionDim),
  nextNoise: new Float32Array(batchSize * actionDim),
};

const engine = await onnxruntimeEngine({ threads });
const learner = await Learner.create({
  engine,
  spec,
  temperature: temperatureSettings({}, actionDim),
  learningRate: 3e-4,
  weights: randomWeights(),
});

await serve({
  info: { tempered: engine.name, threads, node: process.version },
  gemm: (seconds) => gemmGflops(engine, seconds),
  async update() {
    for (let i = 0; i < batchSize; i++) copyRow(uint32() % CAPACITY, i);
    for (const draws of [noise.nextNoise, noise.noise]) {
      for (let i = 0; i < draws.length; i++) draws[i] = normal();
    }
    await learner.update(batch, noise, 0);
  },
});
await learner.dispose();
await engine.dispose();

function copyRow(from: number, to: number): void {
  for (const field of fields) {
    const [width, source, target] = [widths[field], replay[field], batch[field]];
    for (let i = 0; i < width; i++) target[to * width + i] = source[from * width + i]!;
  }
}

/** Uniform within 1/√inputs, as torch.nn.Linear starts. */
function randomWeights(): InitialWeights {
  const layers = (inputSize: number, outputSize: number): LayerValues[] => {
    const sizes = [inputSize, ...hidden, outputSize];
    return sizes.slice(1).map((outputs, layer) => {
      const inputs = sizes[layer]!;
      const draw = () => (uint32() / 2 ** 31 - 1) / Math.sqrt(inputs);
      return { weight: filled(outputs * inputs, draw), bias: filled(outputs, draw) };
    });
  };
  const critic = () => layers(observationDim + actionDim, 1);
  return { actor: layers(observationDim, 2 * actionDim), critics: [critic(), critic()] };
}

/** Marsaglia's xorshift32: 0 < x < 2³². */
function generator(seed: number): () => number {
  let x = seed;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >>> 0;
  };
}
