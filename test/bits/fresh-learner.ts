// A learner with weights drawn from a stream, and arrays for the batches and noise that tests will feed it.

import { Learner } from "../../src/agent/learner.ts";
import { emptyBatch } from "../../src/agent/replay-buffer.ts";
import type { Engine } from "../../src/engines/engine.ts";
import type { RandomStream } from "../../src/random/index.ts";
import { initialWeights } from "../../src/sac/initial-weights.ts";
import { sacNetworks } from "../../src/sac/networks.ts";
import { createTemperature, temperatureSettings } from "../../src/sac/temperature.ts";
import type { UpdateSpec } from "../../src/sac/update.ts";

export async function freshLearner(engine: Engine, spec: UpdateSpec, random: RandomStream) {
  const { observationSize, actionSize, batchSize } = spec;
  const learner = await Learner.create({
    engine,
    spec,
    temperature: createTemperature(temperatureSettings({}, actionSize)),
    learningRate: 3e-4,
    weights: initialWeights(sacNetworks(spec), random),
  });
  const draws = () => new Float32Array(batchSize * actionSize);
  return {
    learner,
    batch: emptyBatch(batchSize, observationSize, actionSize),
    noise: { noise: draws(), nextNoise: draws() },
  };
}
