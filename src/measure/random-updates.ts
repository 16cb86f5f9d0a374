// The update as an agent does it, on random transitions: learner, replay buffer and random streams, no environment.
// Batch and noise are drawn inside each update, as in every program that it is compared with.

import { createLearner } from "../agent/agent-options.ts";
import type { Hyperparameters } from "../agent/hyperparameters.ts";
import { hyperparameters } from "../agent/options.ts";
import { emptyBatch, ReplayBuffer } from "../agent/replay-buffer.ts";
import { UpdateDraws } from "../agent/update-draws.ts";
import { updateSpec } from "../agent/update-spec.ts";
import type { Engine } from "../engines/engine.ts";
import { RandomStream } from "../random/index.ts";
import { createTemperature, temperatureSettings } from "../sac/temperature.ts";
import type { UpdateSizes } from "./flops.ts";

const CAPACITY = 100_000;

export interface RandomUpdates {
  /** One update, with its batch and its noise drawn. */
  update(): Promise<void>;
  dispose(): Promise<void>;
}

/** @param settings of a variant, see `presets` */
export async function randomUpdates(
  engine: Engine,
  { observationDim, actionDim, hidden, batch: batchSize }: UpdateSizes,
  settings: Partial<Hyperparameters> = {},
): Promise<RandomUpdates> {
  const random = new RandomStream(0, "benchmark");
  const replay = randomReplay(observationDim, actionDim, random);
  const batch = emptyBatch(batchSize, observationDim, actionDim);
  const all = hyperparameters({ hidden, batchSize, ...settings });
  const spec = updateSpec(all, { observationSize: observationDim, actionSize: actionDim });
  const draws = new UpdateDraws(spec);
  const streams = { "update noise": random, "target critics": random, dropout: random };
  const learner = await createLearner({
    engine,
    settings: all,
    temperature: createTemperature(temperatureSettings({}, actionDim)),
    observationSize: observationDim,
    scale: { size: actionDim },
    seed: 0,
  });
  return {
    async update() {
      replay.sample(batch, random);
      await learner.update(batch, draws.draw(streams, learner.movesActor), 0);
    },
    dispose: () => learner.dispose(),
  };
}

/** Full of random transitions that follow each other, as an environment's do; a hundredth of them end an episode. */
function randomReplay(observationSize: number, actionSize: number, random: RandomStream): ReplayBuffer {
  const buffer = new ReplayBuffer({ capacity: CAPACITY, observationSize, actionSize, gamma: 0.99 });
  const [observation, next] = [new Float32Array(observationSize), new Float32Array(observationSize)];
  const action = new Float32Array(actionSize);
  const reward = new Float32Array(1);
  random.fillNormal(observation);
  for (let i = 0; i < CAPACITY; i++) {
    for (const values of [next, reward]) random.fillNormal(values);
    for (let j = 0; j < actionSize; j++) action[j] = random.uniformBetween(-1, 1);
    const terminated = random.below(100) === 0;
    buffer.add(observation, action, reward[0]!, next, terminated);
    if (terminated) random.fillNormal(observation);
    else observation.set(next);
  }
  return buffer;
}
