// A small training run of our own agent of which every part can be broken: see src/faults. It keeps one row every
// `logEvery` updates, of which the three logging styles of the suite are made.

import { Agent } from "../../src/agent/agent.ts";
import { wasmEngine } from "../../src/engines/wasm/index.ts";
import type { Faulty } from "../../src/faults/index.ts";
import { faultyTemperature } from "../../src/faults/temperature.ts";
import { standardParts } from "../../src/sac/losses.ts";
import type { Temperature } from "../../src/sac/temperature.ts";
import { TaskEnv } from "./task-env.ts";
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
  /** The actor and α are updated every so many updates, with one update a step. Default 1. */
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

/** Trains and logs. @param faulty what is broken, if anything */
export async function train(training: Training, faulty: Faulty = {}): Promise<Log> {
  const { task, updates, hidden, batchSize, learningRate, seed, logEvery = 50 } = training;
  const { updatesPerStep = 1, actorEvery = 1, learningStarts = 500 } = training;
  const d = task.actionSize;
  const temperature = faultyTemperature(
    {
      targetEntropy: faulty.targetEntropy?.(d) ?? -d,
      learningRate: training.alphaLearningRate * (faulty.alphaLearningRateFactor ?? 1),
      lossForm: training.lossForm,
      initialAlpha: 1,
      entropyOffset: faulty.entropyOffset?.(d) ?? 0,
      ...faulty.temperature?.(d),
    },
    updates,
  );
  const env = new TaskEnv(task, training.rewardScale ?? 1);
  await using agent = await Agent.create(env, {
    engine: await wasmEngine(),
    ownsEngine: true,
    seed,
    temperature,
    parts: { ...standardParts, ...faulty.parts },
    hidden: [hidden, hidden],
    batchSize,
    learningRate,
    learningStarts,
    gradientSteps: updatesPerStep,
    bufferSize: 20_000,
  });
  const rows: number[][] = [];
  const rest = actorEvery > 1 ? restorer(agent, temperature) : undefined;
  let alpha = temperature.alpha;
  const totalTimesteps = learningStarts + Math.ceil(updates / updatesPerStep);
  for await (const now of agent.learn({ totalTimesteps, logEvery: 1 })) {
    if (now.updates % actorEvery !== 0) await rest?.undo();
    else await rest?.keep();
    if (now.updates > 0 && (now.updates % logEvery === 0 || now.updates === 1)) {
      const { targetEntropy, entropyGap, alphaLoss, actorLoss, criticLoss, qMean, actionSaturation } = now;
      rows.push([
        now.updates,
        alpha,
        alphaLoss,
        targetEntropy + entropyGap,
        targetEntropy,
        actorLoss,
        criticLoss,
        qMean,
        actionSaturation,
        env.recentReturn,
        temperature.alpha,
      ]);
    }
    alpha = temperature.alpha;
  }
  return { names: COLUMNS, rows };
}

/** An actor that rests: the update's work on it, and on α, is undone. */
function restorer({ learner }: Agent, temperature: Temperature) {
  const { program, networks } = learner;
  const names = networks.actor.blocks.flatMap(({ name }) => [name, `${name}/moment1`, `${name}/moment2`]);
  const kept = new Map<string, Float32Array>();
  let keptTemperature = temperature.state();
  const keep = async () => {
    for (const name of names) kept.set(name, await program.readState(name));
    keptTemperature = temperature.state();
  };
  const undo = async () => {
    for (const [name, values] of kept) await program.writeState(name, values);
    temperature.restore(keptTemperature);
  };
  return { keep, undo };
}
