// A learner with weights drawn from a stream, and arrays for the batches and noise that tests will feed it.

import { Learner } from "../../../agent/learner.ts";
import { emptyBatch } from "../../../agent/replay-buffer.ts";
import type { RandomStream } from "../../../random/index.ts";
import { initialWeights } from "../../../sac/initial-weights.ts";
import { sacNetworks } from "../../../sac/networks.ts";
import { createTemperature, temperatureSettings } from "../../../sac/temperature.ts";
import type { UpdateSpec } from "../../../sac/update.ts";
import type { Engine } from "../../engine.ts";

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
