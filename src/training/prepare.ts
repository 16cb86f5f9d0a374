// Everything that a run needs before its first step. Whatever is wrong here is wrong with what was asked for.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { Agent } from "../agent/agent.ts";
import { readAgentState } from "../agent/agent-files.node.ts";
import type { AgentState } from "../agent/agent-state.ts";
import { CheckpointStore } from "../agent/checkpoint/store.node.ts";
import { defaultHyperparameters, type Hyperparameters } from "../agent/hyperparameters.ts";
import type { SacOptions } from "../agent/options.ts";
import { within } from "../agent/time-limit.ts";
import { workIn } from "../agent/work.ts";
import { chooseEngine } from "../engines/choose.ts";
import type { Arithmetic, Engine, EngineName } from "../engines/engine.ts";
import type { Env } from "../envs/env.ts";
import { loadEnv, loadVectorEnv } from "../envs/load-env.node.ts";
import type { VectorEnv } from "../envs/vector/vector-env.ts";
import { guard } from "../envs/wrappers/guard-vector.ts";
import { TemperedError } from "../errors.ts";
import type { RunManifest, RunSettings } from "../runs/run-manifest.ts";
import type { DeclaredSettings } from "../runs/series.ts";
import { isSchedule } from "../sac/schedule.ts";
import { placeOfModule } from "./env-place.ts";
import type { BestEvaluation } from "./events.ts";
import { RunLock } from "./lock.ts";
import { originOf } from "./origin.ts";
import { type Positions, RunDirectory, readRun, START_OF_FILES } from "./run-directory.ts";
import { freeRunPath } from "./run-path.ts";
import { type TrainConfig, trainConfig } from "./settings.ts";
import { versions } from "./versions.ts";

export interface Prepared {
  readonly agent: Agent;
  readonly engine: Engine;
  /** Another one than the agent learns in. */
  readonly evaluationEnv: Env;
  readonly run: RunDirectory;
  /** None where the run keeps no checkpoints. */
  readonly checkpoints: CheckpointStore | undefined;
  readonly state: RunState;
  /** What somebody should know: damaged checkpoints that were passed over. */
  readonly notes: readonly string[];
  /** Frees all of it; the run must be closed before. */
  dispose(): Promise<void>;
}

/** What a run keeps from one row to the next beside its agent. */
export interface RunState {
  readonly positions: Positions;
  /** Of learning so far. */
  readonly seconds: number;
  /** At the last row. */
  readonly updates: number;
  /** Environment step of the last evaluation. */
  readonly evaluated: number;
  readonly best: BestEvaluation | undefined;
}

const count = z.int().min(0);
const runStateSchema = z.object({
  positions: z.object({ metrics: count, events: count }),
  seconds: z.number().min(0),
  updates: count,
  evaluated: count,
  best: z.object({ step: count, meanReturn: z.number() }).optional(),
});

function runState(kept: unknown): RunState {
  const { data, error } = runStateSchema.safeParse(kept);
  if (data) return { ...data, best: data.best };
  throw new Error(`what it keeps of the run is damaged (${error.issues[0]!.path.join(".")})`);
}

/** How long an environment may take to close. */
const CLOSE_SECONDS = 10;

const START: Omit<RunState, "positions"> = { seconds: 0, updates: 0, evaluated: 0, best: undefined };

export interface PrepareOptions {
  /** Of the run's directory; without it, a new one below runs/. */
  readonly path: string | undefined;
  /** Goes on from the newest checkpoint in `path`, or begins anew there. */
  readonly resume: boolean;
  /** A run or a saved agent that a new run begins with. */
  readonly initFrom?: string | undefined;
  /** Where the environment is found, if not as the settings name it. */
  readonly environment?: string | undefined;
}

export async function prepare(
  config: TrainConfig,
  { path, resume, initFrom, environment = config.env }: PrepareOptions,
): Promise<Prepared> {
  const disposals: (() => unknown)[] = [];
  const dispose = async () => {
    for (const disposal of disposals.splice(0).reverse()) await disposal();
  };
  const closedAtEnd = <T extends Env | VectorEnv>(env: T): T => {
    // One that never closes must not keep the run from ending.
    disposals.push(() =>
      within(Promise.resolve(env.close?.()), CLOSE_SECONDS, () => `the end of ${env.id}`).catch(() => {}),
    );
    return env;
  };
  try {
    const directory = path ?? freeRunPath(config.env, config.seed, new Date());
    const goesOn = resume && existsSync(join(directory, "run.json"));
    const before = goesOn ? readRun(directory).manifest : undefined;
    if (before) mustBeSameRun(config, before);
    const env = guard(
      closedAtEnd(
        config.envs === 1 ? await loadEnv(environment) : await loadVectorEnv(environment, config.envs),
      ),
    );
    const evaluationEnv = guard(closedAtEnd(await loadEnv(environment)));
    const engine = await engineFor(config, env, before);
    disposals.push(() => engine.dispose());
    const kept = async (making: Promise<Agent>) => {
      const agent = await making;
      disposals.push(() => agent.dispose());
      return agent;
    };
    const parts = { engine, evaluationEnv, dispose };
    if (!goesOn) {
      const fresh = { ...sacOptions(config), engine };
      const agent = await kept(
        initFrom === undefined ? Agent.create(env, fresh) : Agent.restore(env, warmStart(initFrom), fresh),
      );
      const run = await RunDirectory.create(directory, settingsOf(config, agent, engine, directory));
      const lock = new RunLock(directory);
      disposals.push(() => lock.release());
      const checkpoints = checkpointsOf(config, directory);
      return { ...parts, agent, run, checkpoints, state: { ...START, positions: run.positions }, notes: [] };
    }
    const lock = new RunLock(directory);
    disposals.push(() => lock.release());
    const checkpoints = new CheckpointStore(join(directory, "checkpoint"));
    const { checkpoint, damaged } = checkpoints.read(runState);
    const agent = await kept(
      checkpoint
        ? Agent.restore(env, checkpoint.agent, { engine })
        : Agent.create(env, { ...sacOptions(config), engine }),
    );
    const positions = checkpoint?.run.positions ?? START_OF_FILES;
    const run = RunDirectory.reopen(directory, positions, { config: { ...config }, ...ran(engine) });
    return {
      ...parts,
      agent,
      run,
      checkpoints: config.checkpointEvery > 0 ? checkpoints : undefined,
      state: checkpoint?.run ?? { ...START, positions },
      notes: damaged.map((what) => `a damaged checkpoint was passed over: ${what}`),
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/**
 * What another agent has learned, as the beginning of a new run: weights, optimisers and α, but no steps.
 * @param path of a run, whose best agent it is, else the last; or of an agent itself
 */
function warmStart(path: string): AgentState {
  const folders = ["best", "agent", "."].map((name) => join(path, name));
  const directory = folders.find((each) => existsSync(join(each, "agent.json"))) ?? path;
  const { learner, ...state } = readAgentState(directory);
  return { ...state, steps: 0, random: [], learner: { ...learner, updates: 0 } };
}

function checkpointsOf({ checkpointEvery }: TrainConfig, directory: string): CheckpointStore | undefined {
  return checkpointEvery > 0 ? new CheckpointStore(join(directory, "checkpoint")) : undefined;
}

/** An engine for `env`; a run that goes on has its own again, because engines differ in the last bits of what they compute. */
async function engineFor(config: TrainConfig, env: Env | VectorEnv, before?: RunManifest): Promise<Engine> {
  const work = workIn(env, config);
  if (before === undefined) return chooseEngine({ ...config, work });
  const { engine } = before;
  // The wasm engine's results do not depend on them.
  const free = engine === "wasm" && config.threads === "auto";
  try {
    return await chooseEngine({
      engine: engine as EngineName,
      threads: free ? "auto" : (before.threads ?? config.threads),
      work,
      arithmetic: arithmeticOfRun(before) ?? "auto",
    });
  } catch (error) {
    if (!(error instanceof TemperedError && error.code === "ARITHMETIC")) throw error;
    throw new TemperedError(
      "ARITHMETIC",
      "Expected the fused arithmetic, with which the run was begun, but this runtime or processor has none; go on where it " +
        "was begun or with Node 22 or later, or begin another run with --arithmetic portable",
      { cause: error },
    );
  }
}

/** Older versions had one arithmetic, and did not say so. */
function arithmeticOfRun({ engine, arithmetic = "portable" }: RunManifest): Arithmetic | undefined {
  return engine === "wasm" ? (arithmetic as Arithmetic) : undefined;
}

/** What run.json says of the engine beside its name. */
function ran({ threads, arithmetic }: Engine): Pick<RunSettings, "threads" | "arithmetic"> {
  return { threads, ...(arithmetic && { arithmetic }) };
}

/** Settings that may change when a run goes on; all others decide what was learned so far. */
const FREE: readonly (keyof TrainConfig)[] = ["steps", "checkpointEvery", "evalEvery", "evalEpisodes"];

/** @throws TemperedError (RESUME) that names the settings that differ */
function mustBeSameRun(config: TrainConfig, before: RunManifest): void {
  const text = (value: unknown) => JSON.stringify(value) ?? "none";
  // Settings that there were not when the run was begun had the effect of their defaults.
  const earlier: Record<string, unknown> = { ...trainConfig({ env: config.env }), ...before.config };
  const now: Record<string, unknown> = { ...config };
  // What was chosen automatically stays as it was chosen, and may be named.
  const chosen = { threads: before.threads ?? earlier.threads, arithmetic: arithmeticOfRun(before) };
  for (const name of ["threads", "arithmetic"] as const) {
    if (now[name] === "auto" || chosen[name] === undefined) now[name] = earlier[name];
    else earlier[name] = chosen[name];
  }
  const differing = Object.keys({ ...earlier, ...now })
    .filter((name) => !FREE.includes(name as keyof TrainConfig))
    .filter((name) => text(earlier[name]) !== text(now[name]));
  if (differing.length === 0) return;
  const told = differing.map((name) => `${name} was ${text(earlier[name])} and is ${text(now[name])}`);
  throw new TemperedError(
    "RESUME",
    `Expected the settings that the run was begun with, but ${told.join(", ")}; ` +
      "give the same ones, or begin another run with --run DIR",
  );
}

function settingsOf(config: TrainConfig, agent: Agent, engine: Engine, directory: string): RunSettings {
  const origin = originOf(config.env);
  const module = placeOfModule(config.env, directory);
  const { observationNames } = agent.env;
  return {
    env: config.env,
    seed: config.seed,
    engine: engine.name,
    ...ran(engine),
    config: { ...config },
    declared: declared(config, agent),
    ...(observationNames && { observationNames }),
    versions: versions(engine.name),
    ...(module && { module }),
    ...(origin !== undefined && { origin }),
  };
}

export function sacOptions(config: TrainConfig): SacOptions {
  const names = Object.keys(defaultHyperparameters) as (keyof Hyperparameters)[];
  return {
    seed: config.seed,
    ...Object.fromEntries(names.map((name) => [name, config[name]])),
    temperature: {
      alpha: config.alpha,
      targetEntropy: config.targetEntropy,
      targetEntropyShare: config.targetEntropyShare,
      targetEntropyPerDimension: config.targetEntropyPerDimension,
      learningRate: config.alphaLearningRate,
      initialAlpha: config.initialAlpha,
      loss: config.alphaLoss,
      min: config.alphaMin,
      max: config.alphaMax,
    },
  };
}

function declared(config: TrainConfig, agent: Agent): DeclaredSettings {
  const targetEntropy = agent.temperature?.targetEntropy;
  const { alphaLearningRate: rate } = config;
  return {
    env: config.env,
    ...(agent.choices
      ? { discreteActions: agent.choices.reduce((product, n) => product * n, 1) }
      : { actionDim: agent.actionSize }),
    gamma: config.gamma,
    updatesPerStep:
      (config.gradientSteps === -1 ? 1 : config.gradientSteps / config.trainFreq) / config.policyDelay,
    ...(config.policyDelay > 1 && { policyDelay: config.policyDelay }),
    ...(typeof targetEntropy === "number" && { targetEntropy }),
    ...(config.alpha === "auto" && {
      ...(isSchedule(rate)
        ? { alphaLearningRate: rate.start, alphaLearningRateEnd: rate.end }
        : { alphaLearningRate: rate }),
      initialAlpha: config.initialAlpha,
      lossForm: config.alphaLoss,
      ...(config.alphaMin !== undefined && { alphaMin: config.alphaMin }),
      ...(config.alphaMax !== undefined && { alphaMax: config.alphaMax }),
    }),
  };
}
