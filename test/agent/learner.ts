// A small learner with fixed weights and a fixed batch, for tests that need some real update.

import { type Batch, Learner, type Noise } from "../../src/agent/learner.ts";
import { emptyBatch } from "../../src/agent/replay-buffer.ts";
import type { Engine } from "../../src/engines/engine.ts";
import { RandomStream } from "../../src/random/index.ts";
import { initialWeights } from "../../src/sac/initial-weights.ts";
import { momentNames, sacNetworks } from "../../src/sac/networks.ts";
import {
  createTemperature,
  type TemperatureOptions,
  temperatureSettings,
} from "../../src/sac/temperature.ts";
import type { UpdateSpec } from "../../src/sac/update.ts";

export interface Task {
  readonly spec: UpdateSpec;
  readonly temperature: TemperatureOptions;
  readonly batch: Batch;
  readonly noise: Required<Pick<Noise, "noise" | "nextNoise">>;
}

const spec: UpdateSpec = {
  observationSize: 3,
  actionSize: 2,
  hidden: [8, 8],
  batchSize: 4,
  tau: 0.005,
};

export const defaultTask: Task = { spec, temperature: {}, ...randomBatch(spec) };

function randomBatch({ batchSize, observationSize, actionSize }: UpdateSpec): Pick<Task, "batch" | "noise"> {
  const random = new RandomStream(1, "batch");
  const batch = emptyBatch(batchSize, observationSize, actionSize);
  for (const values of [batch.observation, batch.nextObservation, batch.reward]) random.fillNormal(values);
  batch.action.forEach((_, i) => {
    batch.action[i] = random.uniformBetween(-1, 1);
  });
  batch.discount.fill(0.99).fill(0, 0, 1);
  const draws = () => {
    const values = new Float32Array(batchSize * actionSize);
    random.fillNormal(values);
    return values;
  };
  return { batch, noise: { noise: draws(), nextNoise: draws() } };
}

export function learnerOf(
  engine: Engine,
  { spec, temperature }: Omit<Task, "batch" | "noise">,
): Promise<Learner> {
  const random = new RandomStream(1, "initial weights");
  return Learner.create({
    engine,
    spec,
    temperature: createTemperature(temperatureSettings(temperature, spec.actionSize)),
    learningRate: 3e-4,
    weights: initialWeights(sacNetworks(spec), random),
  });
}

/** Names of all states: of each trained network's blocks with their moments, then of the targets' blocks. */
export function stateNames({ networks: { actor, critics, targets } }: Learner): string[] {
  const trained = [actor, ...critics].flatMap(({ blocks }) =>
    blocks.flatMap(({ name }) => [name, ...momentNames(name)]),
  );
  return [...trained, ...targets.flatMap(({ blocks }) => blocks.map(({ name }) => name))];
}
