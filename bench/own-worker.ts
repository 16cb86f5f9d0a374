// tempered's own update as a worker for update.ts: learner, replay buffer and random streams as the agent has them.
// Batch and noise are drawn inside the timed update, as in the other programs.

import { parseArgs } from "node:util";
import { stopIncrementalMarking } from "../src/engines/onnxruntime/collector.node.ts";
import { onnxruntimeEngine } from "../src/engines/onnxruntime/index.ts";
import { RandomStream } from "../src/random/index.ts";
import { initialLayers } from "../src/sac/initial-weights.ts";
import { Learner } from "../src/sac/learner.ts";
import { emptyBatch, ReplayBuffer } from "../src/sac/replay-buffer.ts";
import { temperatureSettings } from "../src/sac/temperature.ts";
import { updateLayouts } from "../src/sac/update.ts";
import { gemmGflops } from "./gemm.ts";
import { count, sizeOptions, sizesOf } from "./options.ts";
import { serve } from "./serve.ts";

const CAPACITY = 100_000;

// As `tempered train` does.
stopIncrementalMarking();

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

const random = new RandomStream(0, "benchmark");
const replay = randomReplay();
const batch = emptyBatch(batchSize, observationDim, actionDim);
const draws = () => new Float32Array(batchSize * actionDim);
const noise = { noise: draws(), nextNoise: draws() };

const engine = await onnxruntimeEngine({ threads });
const { actor, critics } = updateLayouts(spec);
const learner = await Learner.create({
  engine,
  spec,
  temperature: temperatureSettings({}, actionDim),
  learningRate: 3e-4,
  weights: {
    actor: initialLayers(actor.spec, random),
    critics: [initialLayers(critics[0].spec, random), initialLayers(critics[1].spec, random)],
  },
});

await serve({
  info: { tempered: engine.name, threads, node: process.version },
  gemm: (seconds) => gemmGflops(engine, seconds),
  async update() {
    replay.sample(batch, random);
    random.fillNormal(noise.nextNoise);
    random.fillNormal(noise.noise);
    await learner.update(batch, noise, 0);
  },
});
await learner.dispose();
await engine.dispose();

/** Full of random transitions, a hundredth of which end an episode. */
function randomReplay(): ReplayBuffer {
  const sizes = { observationSize: observationDim, actionSize: actionDim };
  const buffer = new ReplayBuffer({ capacity: CAPACITY, ...sizes });
  const [observation, next] = [new Float32Array(observationDim), new Float32Array(observationDim)];
  const action = new Float32Array(actionDim);
  const reward = new Float32Array(1);
  for (let i = 0; i < CAPACITY; i++) {
    for (const values of [observation, next, reward]) random.fillNormal(values);
    for (let j = 0; j < actionDim; j++) action[j] = random.uniformBetween(-1, 1);
    buffer.add(observation, action, reward[0]!, next, random.below(100) === 0);
  }
  return buffer;
}
