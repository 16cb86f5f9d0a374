// The agent: an environment, a policy that acts in it, and a learner that improves the policy from what happened.
// One loop, told in `learn`: act, store, update, report.

import type { Engine } from "../engines/engine.ts";
import type { Env, StepResult } from "../envs/env.ts";
import type { BoxSpace } from "../envs/spaces.ts";
import { TemperedError } from "../errors.ts";
import { type RandomState, RandomStream } from "../random/index.ts";
import { ActingPolicy } from "./acting.ts";
import { type ActionScale, actionScale, toEnvironment } from "./action-scale.ts";
import { initialLayers } from "./initial-weights.ts";
import { type Batch, Learner, type Noise } from "./learner.ts";
import { type LearnMetrics, MetricsWindow } from "./metrics-window.ts";
import { type Hyperparameters, hyperparameters, type SacOptions } from "./options.ts";
import { emptyBatch, ReplayBuffer } from "./replay-buffer.ts";
import { type TemperatureSettings, temperatureSettings } from "./temperature.ts";
import { type UpdateParts, type UpdateSpec, updateLayouts } from "./update.ts";

export interface LearnOptions {
  /** Environment steps to take. */
  readonly totalTimesteps: number;
  /** Ends learning after the current step; the agent stays usable. */
  readonly signal?: AbortSignal;
  /** Environment steps between two reports. Default 100. */
  readonly logEvery?: number;
}

export interface AgentOptions extends SacOptions {
  /** Runs the updates. */
  readonly engine: Engine;
  /** Whether disposing the agent disposes the engine too. Default false. */
  readonly ownsEngine?: boolean;
  /** Replaced parts of the update: see `src/faults`. */
  readonly parts?: UpdateParts;
}

/** The random streams of an agent; each role draws from its own, so that none disturbs another. */
const roles = ["warm-up actions", "exploration", "replay", "update noise", "prediction"] as const;

export class Agent {
  readonly env: Env;
  readonly seed: number;
  readonly hyperparameters: Hyperparameters;
  readonly temperature: TemperatureSettings;
  readonly observationSpace: BoxSpace;
  readonly learner: Learner;
  readonly engine: Engine;
  /** Environment steps taken so far. */
  steps = 0;

  private readonly ownsEngine: boolean;
  private readonly scale: ActionScale;
  private readonly policy: ActingPolicy;
  private readonly replay: ReplayBuffer;
  private readonly batch: Batch;
  private readonly noise: Noise;
  private readonly random: Record<(typeof roles)[number], RandomStream>;
  private readonly unitAction: Float32Array;
  private readonly actionNoise: Float32Array;
  private readonly environmentAction: Float64Array;

  /**
   * An agent with fresh weights.
   * @throws TemperedError for an environment, hyperparameter or temperature that cannot work, with what would
   */
  static async create(env: Env, options: AgentOptions): Promise<Agent> {
    const { engine, ownsEngine = false, parts, seed = 0, temperature = {}, ...rest } = options;
    const settings = hyperparameters(rest);
    const scale = actionScale(env.actionSpace);
    const spec: UpdateSpec = {
      observationSize: observationSize(env.observationSpace),
      actionSize: scale.size,
      hidden: settings.hidden,
      batchSize: settings.batchSize,
      gamma: settings.gamma,
      tau: settings.tau,
    };
    const tuned = temperatureSettings(temperature, scale.size);
    const random = new RandomStream(seed, "initial weights");
    const { actor, critics } = updateLayouts(spec);
    const learner = await Learner.create({
      engine,
      spec,
      temperature: tuned,
      learningRate: settings.learningRate,
      weights: {
        actor: initialLayers(actor.spec, random),
        critics: [initialLayers(critics[0].spec, random), initialLayers(critics[1].spec, random)],
      },
      ...(parts ? { parts } : {}),
    });
    return new Agent({
      env,
      engine,
      ownsEngine,
      seed,
      hyperparameters: settings,
      temperature: tuned,
      learner,
      scale,
      spec,
    });
  }

  private constructor(made: {
    env: Env;
    engine: Engine;
    ownsEngine: boolean;
    seed: number;
    hyperparameters: Hyperparameters;
    temperature: TemperatureSettings;
    learner: Learner;
    scale: ActionScale;
    spec: UpdateSpec;
  }) {
    const { batchSize, bufferSize } = made.hyperparameters;
    const { observationSize, actionSize } = made.spec;
    this.env = made.env;
    this.engine = made.engine;
    this.ownsEngine = made.ownsEngine;
    this.seed = made.seed;
    this.hyperparameters = made.hyperparameters;
    this.temperature = made.temperature;
    this.learner = made.learner;
    this.observationSpace = made.env.observationSpace;
    this.scale = made.scale;
    this.policy = new ActingPolicy(made.learner.layouts.actor);
    this.replay = new ReplayBuffer({ capacity: bufferSize, observationSize, actionSize });
    this.batch = emptyBatch(batchSize, observationSize, actionSize);
    const draws = () => new Float32Array(batchSize * actionSize);
    this.noise = { noise: draws(), nextNoise: draws() };
    this.random = Object.fromEntries(
      roles.map((role) => [role, new RandomStream(made.seed, role)]),
    ) as typeof this.random;
    this.unitAction = new Float32Array(actionSize);
    this.actionNoise = new Float32Array(actionSize);
    this.environmentAction = new Float64Array(actionSize);
  }

  /** Action dimensions. */
  get actionSize(): number {
    return this.scale.size;
  }

  /**
   * The policy's action, in the environment's units.
   * @param observation as the environment gives it, flat
   * @param deterministic tanh(μ) instead of a draw. Default false
   * @throws TemperedError (OBSERVATION) for an observation of the wrong length
   */
  predict(
    observation: ArrayLike<number>,
    { deterministic = false }: { deterministic?: boolean } = {},
  ): number[] {
    const expected = this.learner.layouts.actor.spec.inputSize;
    if (observation.length !== expected) {
      throw new TemperedError(
        "OBSERVATION",
        `Expected an observation of ${expected} numbers, got ${observation.length}`,
      );
    }
    this.act(observation, deterministic ? undefined : this.random.prediction);
    return Array.from(this.environmentAction);
  }

  /** Learns by acting in the environment; yields what there is to see every `logEvery` steps, and at the end. */
  async *learn({
    totalTimesteps,
    signal,
    logEvery = 100,
  }: LearnOptions): AsyncGenerator<LearnMetrics, void, void> {
    const { learningStarts, trainFreq, gradientSteps } = this.hyperparameters;
    const window = new MetricsWindow();
    const end = this.steps + totalTimesteps;
    let reported = this.steps;
    let { observation } = await this.env.reset(this.steps === 0 ? { seed: this.seed } : undefined);
    const current = Float32Array.from(observation);
    let [episodeReturn, episodeLength] = [0, 0];

    while (this.steps < end && !signal?.aborted) {
      if (this.steps < learningStarts) this.drawUniformAction();
      else this.act(current, this.random.exploration);
      const outcome = this.env.step(this.environmentAction);
      const result: StepResult = outcome instanceof Promise ? await outcome : outcome;
      this.replay.add(current, this.unitAction, result.reward, result.observation, result.terminated);
      this.steps += 1;
      episodeReturn += result.reward;
      episodeLength += 1;
      if (result.terminated || result.truncated) {
        window.addEpisode(episodeReturn, episodeLength);
        [episodeReturn, episodeLength] = [0, 0];
        ({ observation } = await this.env.reset());
      } else {
        ({ observation } = result);
      }
      current.set(observation);

      // An agent from the disk has an empty buffer: it acts for a while before it learns on.
      const enough = this.replay.size > Math.min(learningStarts, this.hyperparameters.batchSize);
      if (this.steps > learningStarts && enough && this.steps % trainFreq === 0) {
        const updates = gradientSteps === -1 ? trainFreq : gradientSteps;
        for (let i = 0; i < updates; i++) window.addUpdate(await this.update());
      }
      if (this.steps - reported >= logEvery || this.steps === end || signal?.aborted) {
        reported = this.steps;
        yield window.report(this.progress());
      }
    }
  }

  /** One update from a batch of the replay buffer. */
  private update() {
    this.replay.sample(this.batch, this.random.replay);
    this.random["update noise"].fillNormal(this.noise.nextNoise);
    this.random["update noise"].fillNormal(this.noise.noise);
    return this.learner.update(this.batch, this.noise, this.steps);
  }

  /** @param noise what to draw from; without it the action is tanh(μ) */
  private act(observation: ArrayLike<number>, noise: RandomStream | undefined): void {
    const { program, layouts } = this.learner;
    const blocks = layouts.actor.blocks.map(({ name }) => program.readState(name));
    noise?.fillNormal(this.actionNoise);
    this.policy.act(blocks, observation, this.unitAction, noise && this.actionNoise);
    toEnvironment(this.scale, this.unitAction, this.environmentAction);
  }

  private drawUniformAction(): void {
    const random = this.random["warm-up actions"];
    for (let i = 0; i < this.unitAction.length; i++) this.unitAction[i] = random.uniformBetween(-1, 1);
    toEnvironment(this.scale, this.unitAction, this.environmentAction);
  }

  private progress() {
    return {
      step: this.steps,
      updates: this.learner.updates,
      alpha: this.learner.currentAlpha,
      logAlpha: this.learner.temperature.logAlpha,
    };
  }

  /** Where every random stream stands. */
  randomStates(): RandomState[] {
    return roles.map((role) => this.random[role].state());
  }

  restoreRandomStates(states: readonly RandomState[]): void {
    for (const state of states) this.random[state.role as (typeof roles)[number]]?.restore(state);
  }

  /**
   * Saves weights, log α, the optimisers and the random streams into `directory` (Node only); `SAC.load` reads it.
   * The replay buffer is not saved. What was saved there before is replaced, atomically.
   */
  async save(directory: string): Promise<void> {
    const { saveAgent } = await import("./agent-files.node.ts");
    saveAgent(this, directory);
  }

  async dispose(): Promise<void> {
    await this.learner.dispose();
    if (this.ownsEngine) await this.engine.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}

function observationSize(space: BoxSpace): number {
  return space.shape.reduce((size, dimension) => size * dimension, 1);
}
