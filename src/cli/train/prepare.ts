// Everything that a run needs before its first step. Whatever is wrong here is wrong with what was asked for.

import { Agent } from "../../agent/agent.ts";
import { defaultHyperparameters, type Hyperparameters, type SacOptions } from "../../agent/options.ts";
import { chooseEngine } from "../../engines/choose.ts";
import type { Engine } from "../../engines/engine.ts";
import type { Env } from "../../envs/env.ts";
import { loadEnv, loadVectorEnv } from "../../envs/load-env.node.ts";
import type { VectorEnv } from "../../envs/vector/vector-env.ts";
import { guard } from "../../envs/wrappers/guard.ts";
import { RunDirectory } from "../../runs/run-directory.node.ts";
import type { DeclaredSettings } from "../../runs/series.ts";
import type { TrainConfig } from "../config/schema.ts";
import { versions } from "../versions.ts";
import { freeRunPath } from "./run-path.ts";

export interface Prepared {
  readonly agent: Agent;
  readonly engine: Engine;
  /** Another one than the agent learns in. */
  readonly evaluationEnv: Env;
  readonly run: RunDirectory;
  /** Frees all of it; the run must be closed before. */
  dispose(): Promise<void>;
}

/** @param path of the run's directory; without it, a new one below runs/ */
export async function prepare(config: TrainConfig, path: string | undefined): Promise<Prepared> {
  const disposals: (() => unknown)[] = [];
  const dispose = async () => {
    for (const disposal of disposals.toReversed()) await disposal();
  };
  try {
    const engine = await chooseEngine(config);
    disposals.push(() => engine.dispose());
    const closedAtEnd = <T extends Env | VectorEnv>(env: T): T => {
      disposals.push(() => env.close?.());
      return env;
    };
    const env = closedAtEnd(
      config.envs === 1 ? await loadEnv(config.env) : await loadVectorEnv(config.env, config.envs),
    );
    const agent = await Agent.create(guard(env), { ...sacOptions(config), engine });
    disposals.push(() => agent.dispose());
    const evaluationEnv = guard(closedAtEnd(await loadEnv(config.env)));
    const run = await RunDirectory.create(path ?? freeRunPath(config.env, config.seed, new Date()), {
      env: config.env,
      seed: config.seed,
      engine: engine.name,
      config: { ...config },
      declared: declared(config, agent),
      versions: versions(engine.name),
    });
    return { agent, engine, evaluationEnv, run, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

export function sacOptions(config: TrainConfig): SacOptions {
  const names = Object.keys(defaultHyperparameters) as (keyof Hyperparameters)[];
  return {
    seed: config.seed,
    ...Object.fromEntries(names.map((name) => [name, config[name]])),
    temperature: {
      alpha: config.alpha,
      targetEntropy: config.targetEntropy,
      learningRate: config.alphaLearningRate,
      initialAlpha: config.initialAlpha,
      loss: config.alphaLoss,
      ...(config.alphaMin !== undefined && { min: config.alphaMin }),
      ...(config.alphaMax !== undefined && { max: config.alphaMax }),
    },
  };
}

function declared(config: TrainConfig, agent: Agent): DeclaredSettings {
  const targetEntropy = agent.temperature?.targetEntropy;
  return {
    env: config.env,
    actionDim: agent.actionSize,
    gamma: config.gamma,
    updatesPerStep: config.gradientSteps === -1 ? 1 : config.gradientSteps / config.trainFreq,
    ...(typeof targetEntropy === "number" && { targetEntropy }),
    ...(config.alpha === "auto" && {
      alphaLearningRate: config.alphaLearningRate,
      initialAlpha: config.initialAlpha,
      lossForm: config.alphaLoss,
      ...(config.alphaMin !== undefined && { alphaMin: config.alphaMin }),
      ...(config.alphaMax !== undefined && { alphaMax: config.alphaMax }),
    }),
  };
}
