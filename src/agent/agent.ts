// The agent: an environment, a policy that acts in it, and a learner that improves the policy from what happened.
// One loop, told in `learn`: act, store, update, report.

import type { Engine } from "../engines/engine.ts";
import type { Env } from "../envs/env.ts";
import { type BoxSpace, sizeOf } from "../envs/spaces.ts";
import type { VectorEnv } from "../envs/vector/vector-env.ts";
import { type RandomState, RandomStream } from "../random/index.ts";
import { initialLayers } from "../sac/initial-weights.ts";
import { type TemperatureSettings, temperatureSettings } from "../sac/temperature.ts";
import { type UpdateParts, type UpdateSpec, updateLayouts } from "../sac/update.ts";
import { type ActionScale, actionScale } from "./action-scale.ts";
import { Actor } from "./actor.ts";
import { asVector, Collector } from "./collector.ts";
import { EventLoopTurns } from "./event-loop.ts";
import { type Batch, Learner, type Noise } from "./learner.ts";
import { type LearnMetrics, MetricsWindow } from "./metrics-window.ts";
import { ObservationNormalizer } from "./observation-normalizer.ts";
import { type Hyperparameters, hyperparameters, type SacOptions } from "./options.ts";
import { emptyBatch, ReplayBuffer } from "./replay-buffer.ts";

export interface LearnOptions {
  /** Environment steps to take, all environments together; up to N − 1 more where N step at once. */
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
  readonly env: Env | VectorEnv;
  readonly seed: number;
  readonly hyperparameters: Hyperparameters;
  readonly temperature: TemperatureSettings;
  readonly observationSpace: BoxSpace;
  readonly learner: Learner;
  readonly engine: Engine;
  /** Where the agent normalizes its observations: by what. */
  readonly normalizer: ObservationNormalizer | undefined;
  /** Environment steps taken so far, all environments together. */
  steps = 0;

  private readonly ownsEngine: boolean;
  private readonly scale: ActionScale;
  private readonly actor: Actor;
  private readonly replay: ReplayBuffer;
  private readonly collector: Collector;
  private readonly batch: Batch;
  private readonly noise: Noise;
  private readonly random: Record<(typeof roles)[number], RandomStream>;

  /**
   * An agent with fresh weights.
   * @param env one environment, or several that step together
   * @throws TemperedError for an environment, hyperparameter or temperature that cannot work, with what would
   */
  static async create(env: Env | VectorEnv, options: AgentOptions): Promise<Agent> {
    const { engine, ownsEngine = false, parts, seed = 0, temperature = {}, ...rest } = options;
    const settings = hyperparameters(rest);
    const scale = actionScale(env.actionSpace);
    const vector = asVector(env);
    const spec: UpdateSpec = {
      observationSize: sizeOf(env.observationSpace),
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
      vector,
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
    env: Env | VectorEnv;
    vector: VectorEnv;
    engine: Engine;
    ownsEngine: boolean;
    seed: number;
    hyperparameters: Hyperparameters;
    temperature: TemperatureSettings;
    learner: Learner;
    scale: ActionScale;
    spec: UpdateSpec;
  }) {
    const { batchSize, bufferSize, normalizeObservation } = made.hyperparameters;
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
    this.replay = new ReplayBuffer({ capacity: bufferSize, observationSize, actionSize });
    this.normalizer = normalizeObservation ? new ObservationNormalizer(observationSize) : undefined;
    this.actor = new Actor(made.learner, made.scale, this.normalizer);
    this.collector = new Collector({
      env: made.vector,
      scale: made.scale,
      observationSize,
      replay: this.replay,
      statistics: this.normalizer?.statistics,
    });
    this.batch = emptyBatch(batchSize, observationSize, actionSize);
    const draws = () => new Float32Array(batchSize * actionSize);
    this.noise = { noise: draws(), nextNoise: draws() };
    this.random = Object.fromEntries(
      roles.map((role) => [role, new RandomStream(made.seed, role)]),
    ) as typeof this.random;
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
    return this.actor.environmentAction(observation, deterministic ? undefined : this.random.prediction);
  }

  /**
   * Learns by acting in the environment; yields what there is to see every `logEvery` steps, and at the end. Other
   * work of the process gets its turn every 50 ms.
   */
  async *learn({
    totalTimesteps,
    signal,
    logEvery = 100,
  }: LearnOptions): AsyncGenerator<LearnMetrics, void, void> {
    const { collector } = this;
    const { learningStarts, overlapActing } = this.hyperparameters;
    const window = new MetricsWindow();
    const turns = new EventLoopTurns();
    const end = this.steps + totalTimesteps;
    let reported = this.steps;
    let owed = 0;
    const payUpdates = async () => {
      for (; owed > 0; owed--) window.addUpdate(await this.update());
    };
    await collector.begin(this.steps === 0 ? this.seed : undefined);

    while (this.steps < end && !signal?.aborted) {
      collector.observations.forEach((observation, i) => {
        const unitAction = collector.unitActions[i]!;
        if (this.steps < learningStarts) this.drawUniformAction(unitAction);
        else this.actor.act(observation, unitAction, this.random.exploration);
      });
      const stepping = collector.step();
      if (overlapActing) {
        stepping.catch(() => {}); // It is awaited below, after the updates.
        await payUpdates();
      }
      const before = this.steps;
      this.steps += collector.store(await stepping, window);
      owed = this.updatesAfter(before);

      const isLast = this.steps >= end || signal?.aborted === true;
      if (!overlapActing || isLast) await payUpdates();
      if (this.steps - reported >= logEvery || isLast) {
        reported = this.steps;
        yield window.report(this.progress());
      }
      await turns.due();
    }
  }

  /** Updates that are due now that the steps have gone from `before` to what they are. */
  private updatesAfter(before: number): number {
    const { learningStarts, batchSize, trainFreq, gradientSteps } = this.hyperparameters;
    // An agent from the disk has an empty buffer: it acts for a while before it learns on.
    const enough = this.replay.size > Math.min(learningStarts, batchSize);
    if (this.steps <= learningStarts || !enough) return 0;
    const from = Math.max(before, learningStarts);
    const rounds = Math.floor(this.steps / trainFreq) - Math.floor(from / trainFreq);
    return rounds * (gradientSteps === -1 ? trainFreq : gradientSteps);
  }

  /** One update from a batch of the replay buffer. */
  private update() {
    const { batch, noise, random, normalizer } = this;
    this.replay.sample(batch, random.replay);
    normalizer?.normalize(batch.observation, batch.observation);
    normalizer?.normalize(batch.nextObservation, batch.nextObservation);
    random["update noise"].fillNormal(noise.nextNoise);
    random["update noise"].fillNormal(noise.noise);
    return this.learner.update(batch, noise, this.steps);
  }

  private drawUniformAction(unitAction: Float32Array): void {
    const random = this.random["warm-up actions"];
    for (let i = 0; i < unitAction.length; i++) unitAction[i] = random.uniformBetween(-1, 1);
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
   * The replay buffer is not saved. What was saved there before is replaced, atomically. While the agent learns, what
   * is saved is what it is after the update under way.
   */
  async save(directory: string): Promise<void> {
    const { saveAgent } = await import("./agent-files.node.ts");
    while (this.learner.underWay !== undefined) {
      try {
        // Nothing that takes longer than this may stand here: the next update would have begun.
        await this.learner.underWay;
      } catch {
        // Whoever asked for the update hears of it.
      }
    }
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
