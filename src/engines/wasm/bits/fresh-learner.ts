// A learner with weights drawn from a stream, and arrays for the batches and noise that tests will feed it.

import { Learner } from "../../../agent/learner.ts";
import { emptyBatch } from "../../../agent/replay-buffer.ts";
import type { RandomStream } from "../../../random/index.ts";
import { initialLayers } from "../../../sac/initial-weights.ts";
import { temperatureSettings } from "../../../sac/temperature.ts";
import { type UpdateSpec, updateLayouts } from "../../../sac/update.ts";
import type { Engine } from "../../engine.ts";

export async function freshLearner(engine: Engine, spec: UpdateSpec, random: RandomStream) {
  const { observationSize, actionSize, batchSize } = spec;
  const { actor, critics } = updateLayouts(spec);
  const learner = await Learner.create({
    engine,
    spec,
    temperature: temperatureSettings({}, actionSize),
    learningRate: 3e-4,
    weights: {
      actor: initialLayers(actor.spec, random),
      critics: [initialLayers(critics[0].spec, random), initialLayers(critics[1].spec, random)],
    },
  });
  const draws = () => new Float32Array(batchSize * actionSize);
  return {
    learner,
    batch: emptyBatch(batchSize, observationSize, actionSize),
    noise: { noise: draws(), nextNoise: draws() },
  };
}
