// A learning rate that moves: how far one update moves a weight is told by Adam's first step, whose ratio is ±1.

import { expect, it } from "vitest";
import { wasmEngine } from "../engines/wasm/index.ts";
import type { Schedule } from "../sac/schedule.ts";
import { createTemperature, temperatureSettings } from "../sac/temperature.ts";
import { Learner } from "./learner.ts";
import { SAC } from "./sac.ts";

const falling: Schedule = { shape: "linear", start: 0.01, end: 0, steps: 100 };
const ones = (n: number) => new Float32Array(n).fill(1);

it.each([
  [0, 0.01],
  [25, 0.0075],
  [50, 0.005],
  [150, 0],
])(
  "at step %i of a fall from 0.01 to 0 over 100, a weight of 2 moves by %d and decays by a tenth of its share",
  async (step, rate) => {
    const engine = await wasmEngine();
    const spec = {
      observationSize: 1,
      actionSize: 1,
      hidden: [1, 1],
      critics: 1,
      batchSize: 1,
      tau: 1,
      decays: true,
    };
    const two = { weight: Float32Array.of(2), bias: Float32Array.of(2) };
    const learner = await Learner.create({
      engine,
      spec,
      temperature: createTemperature(temperatureSettings({}, 1)),
      learningRate: falling,
      weightDecay: 0.1,
      weights: {
        actor: [two, two, { weight: Float32Array.of(0, 0), bias: Float32Array.of(0, 0) }],
        critics: [[{ weight: Float32Array.of(2, 2), bias: Float32Array.of(2) }, two, two]],
      },
    });
    const batch = {
      observation: ones(1),
      action: ones(1),
      reward: ones(1),
      nextObservation: ones(1),
      discount: new Float32Array(1),
    };
    await learner.update(batch, { noise: new Float32Array(1), nextNoise: new Float32Array(1) }, step);
    // All Q's slopes are above 0 and Q, 30, is above its target, 1: every weight goes down. 2 · (1 − rate · 0.1) − rate.
    for (const { weight, bias } of await learner.layersOf(learner.networks.critics[0]!))
      for (const value of [...weight, ...bias]) expect(value).toBeCloseTo(2 * (1 - rate * 0.1) - rate, 6);
    await learner.dispose();
    await engine.dispose();
  },
);

it("is told as it is at a step, saved, and gone on with to the bit", async () => {
  const options = {
    hidden: [8, 8],
    batchSize: 8,
    learningStarts: 10,
    seed: 3,
    engine: await wasmEngine(),
    learningRate: falling,
    temperature: { learningRate: { ...falling, steps: 60 } },
  };
  await using whole = await SAC.create("Pendulum-v1", options);
  await whole.learn({ totalTimesteps: 80 });
  await using first = await SAC.create("Pendulum-v1", options);
  await first.learn({ totalTimesteps: 40 });
  await using second = await SAC.fromBytes(await first.toBytes({ replay: true }), { engine: options.engine });
  expect(second.hyperparameters.learningRate).toEqual(falling);
  await second.learn({
    totalTimesteps: 40,
    logEvery: 20,
    log: (row, step) => expect(row["train/learning_rate"]).toBeCloseTo(0.01 - step / 10_000, 9),
  });
  expect((await second.state()).learner).toEqual((await whole.state()).learner);
  await options.engine.dispose();
});
