// A small SAC training run whose every part can be broken: the real update graph on a small task, with the
// temperature's step done on plain numbers. It keeps one row every `logEvery` updates, of which the three logging
// styles of the suite are made.

import { onnxruntimeEngine } from "../../src/engines/onnxruntime/index.ts";
import type { Faulty } from "../../src/faults/index.ts";
import { faultyTemperature } from "../../src/faults/temperature.ts";
import { constant, defineGraph, input, state } from "../../src/graph/index.ts";
import { adamStep, initialPowers, nextPowers } from "../../src/sac/adam.ts";
import type { LayerValues } from "../../src/sac/network.ts";
import { sample } from "../../src/sac/policy.ts";
import { sacUpdate, standardParts, updateLayouts } from "../../src/sac/update.ts";
import { random } from "./random.ts";
import type { Task } from "./tasks.ts";

export interface Training {
  readonly task: Task;
  readonly updates: number;
  readonly hidden: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly alphaLearningRate: number;
  readonly lossForm: "alpha" | "log-alpha";
  readonly seed: number;
  readonly rewardScale?: number;
  readonly logEvery?: number;
  /** Updates a step. Default 1. */
  readonly updatesPerStep?: number;
  /** The actor and α are updated every so many updates. Default 1. */
  readonly actorEvery?: number;
  /** Random steps before the first update. Default 500. */
  readonly learningStarts?: number;
}

/** Column by column, one value a row. */
export interface Log {
  readonly names: readonly string[];
  readonly rows: readonly (readonly number[])[];
}

export const COLUMNS = [
  "updates",
  "alpha",
  "alphaLoss",
  "entropy",
  "targetEntropy",
  "actorLoss",
  "criticLoss",
  "q",
  "saturation",
  "return",
  "alphaAfter",
] as const;

const GAMMA = 0.99;
const CAPACITY = 20_000;
/** Trains and logs. @param faulty what is broken, if anything */
export async function train(training: Training, faulty: Faulty = {}): Promise<Log> {
  const { task, batchSize, learningRate, hidden, logEvery = 50 } = training;
  const { updatesPerStep = 1, actorEvery = 1, learningStarts = 500 } = training;
  const d = task.actionSize;
  const spec = {
    observationSize: task.observationSize,
    actionSize: d,
    hidden: [hidden, hidden],
    batchSize,
    gamma: GAMMA,
    tau: 0.005,
  };
  const source = random(training.seed);
  const engine = await onnxruntimeEngine({ threads: 1 });
  const update = await engine.compile(sacUpdate(spec, { ...standardParts, ...faulty.parts }));
  const layouts = updateLayouts(spec);
  for (const layout of [layouts.actor, ...layouts.critics]) {
    const values = layout.pack(
      initialLayers([layout.spec.inputSize, hidden, hidden, layout.spec.outputSize]),
    );
    layout.blocks.forEach(({ name }, i) => {
      update.writeState(name, values[i]!);
    });
  }
  layouts.targets.forEach((layout, i) => {
    layout.blocks.forEach(({ name }, j) => {
      update.writeState(name, update.readState(layouts.critics[i]!.blocks[j]!.name));
    });
  });

  const actorBlocks = layouts.actor.blocks.map(({ name, shape }) => state(name, shape));
  const act = await engine.compile(
    defineGraph({
      outputs: {
        action: sample(
          layouts.actor.layers(actorBlocks),
          input("observation", [1, task.observationSize]),
          input("noise", [1, d]),
          () => constant(0, [1, 1]),
        ).action,
      },
      updates: {},
    }),
  );

  function initialLayers(widths: readonly number[]): LayerValues[] {
    return widths.slice(0, -1).map((inputs, i) => {
      const bound = 1 / Math.sqrt(inputs);
      const values = (n: number) =>
        Float32Array.from({ length: n }, () => (source.uniform() * 2 - 1) * bound);
      return { weight: values(inputs * widths[i + 1]!), bias: values(widths[i + 1]!) };
    });
  }

  const o = task.observationSize;
  const buffer = {
    observation: new Float32Array(CAPACITY * o),
    nextObservation: new Float32Array(CAPACITY * o),
    action: new Float32Array(CAPACITY * d),
    reward: new Float32Array(CAPACITY),
    terminated: new Float32Array(CAPACITY),
  };
  const batch = {
    observation: new Float32Array(batchSize * o),
    nextObservation: new Float32Array(batchSize * o),
    action: new Float32Array(batchSize * d),
    reward: new Float32Array(batchSize),
    terminated: new Float32Array(batchSize),
    noise: new Float32Array(batchSize * d),
    nextNoise: new Float32Array(batchSize * d),
    alpha: new Float32Array(1),
    stepSize: new Float32Array(1),
    epsilon: new Float32Array(1),
  };

  let stored = 0;
  let episodeState = task.reset(source);
  let episodeSteps = 0;
  let episodeReturn = 0;
  const returns: number[] = [];
  const observation = new Float32Array(o);
  const noise = new Float32Array(d);

  const interact = async (randomly: boolean) => {
    task.observe(episodeState, observation);
    let action: ArrayLike<number>;
    if (randomly) action = Float32Array.from({ length: d }, () => source.uniform() * 2 - 1);
    else {
      for (let i = 0; i < d; i++) noise[i] = source.normal();
      for (const { name } of layouts.actor.blocks) act.writeState(name, update.readState(name));
      action = (await act.run({ observation, noise })).action!;
    }
    const place = stored % CAPACITY;
    buffer.observation.set(observation, place * o);
    buffer.action.set(action as Float32Array, place * d);
    const { reward, terminated } = task.step(episodeState, action);
    task.observe(episodeState, observation);
    buffer.nextObservation.set(observation, place * o);
    buffer.reward[place] = reward * (training.rewardScale ?? 1);
    buffer.terminated[place] = terminated ? 1 : 0;
    stored++;
    episodeReturn += reward * (training.rewardScale ?? 1);
    if (terminated || ++episodeSteps >= task.limit) {
      returns.push(episodeReturn);
      if (returns.length > 10) returns.shift();
      episodeState = task.reset(source);
      episodeSteps = 0;
      episodeReturn = 0;
    }
  };

  for (let i = 0; i < learningStarts; i++) await interact(true);

  const temperature = faultyTemperature({
    targetEntropy: faulty.targetEntropy?.(d) ?? -d,
    learningRate: training.alphaLearningRate * (faulty.alphaLearningRateFactor ?? 1),
    lossForm: training.lossForm,
    initialAlpha: 1,
    ...faulty.temperature?.(d),
  });
  const offset = faulty.entropyOffset?.(d) ?? 0;
  const rows: number[][] = [];
  let powers = initialPowers;
  let loss = Number.NaN;
  const actorStates = layouts.actor.blocks.flatMap(({ name }) => [
    name,
    `${name}/moment1`,
    `${name}/moment2`,
  ]);

  for (let n = 1; n <= training.updates; n++) {
    if (n % updatesPerStep === 0) await interact(false);
    const size = Math.min(stored, CAPACITY);
    for (let i = 0; i < batchSize; i++) {
      const place = Math.floor(source.uniform() * size);
      for (let j = 0; j < o; j++) {
        batch.observation[i * o + j] = buffer.observation[place * o + j]!;
        batch.nextObservation[i * o + j] = buffer.nextObservation[place * o + j]!;
      }
      for (let j = 0; j < d; j++) {
        batch.action[i * d + j] = buffer.action[place * d + j]!;
        batch.noise[i * d + j] = source.normal();
        batch.nextNoise[i * d + j] = source.normal();
      }
      batch.reward[i] = buffer.reward[place]!;
      batch.terminated[i] = buffer.terminated[place]!;
    }
    powers = nextPowers(powers);
    const { size: stepSize, epsilon } = adamStep(learningRate, powers);
    batch.stepSize[0] = stepSize;
    batch.epsilon[0] = epsilon;
    const alpha = temperature.alpha();
    batch.alpha[0] = alpha;
    const actorRests = n % actorEvery !== 0;
    const kept = actorRests ? actorStates.map((name) => update.readState(name).slice()) : [];
    const output = await update.run(batch);
    kept.forEach((values, i) => {
      update.writeState(actorStates[i]!, values);
    });
    const entropy = output.entropy![0]! + offset;
    const progress = n / training.updates;
    if (!actorRests) loss = temperature.step(entropy, progress);
    if (n % logEvery === 0 || n === 1) {
      const meanReturn = returns.reduce((a, b) => a + b, 0) / returns.length;
      rows.push([
        n,
        alpha,
        loss,
        entropy,
        temperature.targetEntropy,
        output.actorLoss![0]!,
        output.criticLoss![0]!,
        output.q![0]!,
        output.saturation![0]!,
        meanReturn,
        temperature.alpha(),
      ]);
    }
  }
  await update.dispose();
  await act.dispose();
  await engine.dispose();
  return { names: COLUMNS, rows };
}
