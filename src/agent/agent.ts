// The agent: an environment, a policy that acts in it, and a learner that improves the policy from what happened.
// How it learns is told in learning-loop.ts.

import type { Engine } from "../engines/engine.ts";
import type { Env } from "../envs/env.ts";
import { type BoxSpace, sizeOf } from "../envs/spaces.ts";
import type { VectorEnv } from "../envs/vector/vector-env.ts";
import { TemperedError } from "../errors.ts";
import {
  createTemperature,
  type Temperature,
  type TemperatureSettings,
  temperatureOptions,
  temperatureSettings,
} from "../sac/temperature.ts";
import { type ActionScale, actionScale, chosenFrom } from "./action-scale.ts";
import type { PredictOptions } from "./actor.ts";
import { type AgentOptions, createLearner } from "./agent-options.ts";
import type { AgentState } from "./agent-state.ts";
import { agentStorage } from "./agent-storage.ts";
import { agentText } from "./agent-text.ts";
import { asVector } from "./collector.ts";
import { EventLoopTurns } from "./event-loop.ts";
import { Exclusive } from "./exclusive.ts";
import type { Hyperparameters } from "./hyperparameters.ts";
import { type LearnOptions, learnOptions } from "./learn-options.ts";
import type { Learner } from "./learner.ts";
import { Learning, told } from "./learning.ts";
import { LearningLoop } from "./learning-loop.ts";
import type { LearnMetrics } from "./metrics-window.ts";
import type { ObservationNormalizer } from "./observation-normalizer.ts";
import { hyperparameters } from "./options.ts";
import { STEP_SECONDS } from "./time-limit.ts";

interface Members {
  readonly env: Env | VectorEnv;
  readonly vector: VectorEnv;
  readonly engine: Engine;
  readonly ownsEngine: boolean;
  readonly seed: number;
  readonly hyperparameters: Hyperparameters;
  readonly temperature: TemperatureSettings | undefined;
  readonly learner: Learner;
  readonly scale: ActionScale;
}

/**
 * An agent and the environment that it acts in: acts, collects, learns, and gives its state away. `SAC.create`
 * makes one.
 */
export class Agent {
  readonly env: Env | VectorEnv;
  readonly seed: number;
  readonly hyperparameters: Hyperparameters;
  /** What the temperature was made of; undefined where one was handed in. */
  readonly temperature: TemperatureSettings | undefined;
  readonly observationSpace: BoxSpace;
  readonly learner: Learner;
  readonly engine: Engine;

  private readonly ownsEngine: boolean;
  private readonly scale: ActionScale;
  private readonly loop: LearningLoop;
  /** A step with its updates is one piece; the state is whole between two. */
  private readonly pieces = new Exclusive();
  private learning = false;

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
    const tuned = "update" in temperature ? undefined : temperatureSettings(temperature, chosenFrom(scale));
    const learner = await createLearner({
      engine,
      settings,
      temperature: tuned ? createTemperature(tuned) : (temperature as Temperature),
      observationSize: sizeOf(env.observationSpace),
      scale,
      seed,
      parts,
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
    });
  }

  /**
   * The agent that `state` was taken of, at that point: it learns on as that one does, to the bit.
   * @param env of the same kind as the one that it learned in
   * @param options the engine; what else is given takes the place of what the state says
   * @throws TemperedError (SNAPSHOT, REPLAY_STATE, COLLECTOR_STATE and those of `create`)
   */
  static async restore(env: Env | VectorEnv, state: AgentState, options: AgentOptions): Promise<Agent> {
    const { hyperparameters, temperature, seed } = state;
    const { size: actionSize, choices } = actionScale(env.actionSpace);
    const { mustFit } = await import("./fitting-spaces.ts");
    mustFit(state, { env: env.id, observationSize: sizeOf(env.observationSpace), actionSize, choices });
    const agent = await Agent.create(env, {
      ...hyperparameters,
      ...(temperature && { temperature }),
      seed,
      ...options,
    });
    try {
      await agent.restoreState(state);
    } catch (error) {
      await agent.dispose();
      throw error;
    }
    return agent;
  }

  private constructor(members: Members) {
    const { env, vector, learner, scale, seed, hyperparameters } = members;
    this.env = env;
    this.engine = members.engine;
    this.ownsEngine = members.ownsEngine;
    this.seed = seed;
    this.hyperparameters = hyperparameters;
    this.temperature = members.temperature;
    this.learner = learner;
    this.observationSpace = env.observationSpace;
    this.scale = scale;
    this.loop = new LearningLoop({ seed, hyperparameters, learner, env: vector, scale });
  }

  /** Where the agent normalizes its observations: by what. */
  get normalizer(): ObservationNormalizer | undefined {
    return this.loop.normalizer;
  }

  /** Environment steps taken so far, all environments together. */
  get steps(): number {
    return this.loop.steps;
  }

  /** Numbers of an action: dimensions, or choices made at once. */
  get actionSize(): number {
    return this.scale.size;
  }

  /** How many actions each choice has, where actions are discrete. */
  get choices(): readonly number[] | undefined {
    return this.scale.choices;
  }

  /**
   * The policy's action, in the environment's units; of an array of observations, an action for each.
   * @param observation as the environment gives it, flat
   * @throws TemperedError (OBSERVATION) for an observation of the wrong length, or with what is no finite number
   */
  predict(observation: ArrayLike<number>, options?: PredictOptions): number[];
  predict(observations: readonly ArrayLike<number>[], options?: PredictOptions): number[][];
  predict(
    observation: ArrayLike<number> | readonly ArrayLike<number>[],
    { deterministic = false }: PredictOptions = {},
  ): number[] | number[][] {
    const { actor, random } = this.loop;
    return actor.environmentAction(observation, deterministic ? undefined : random.prediction);
  }

  /**
   * Learns by acting in the environment: `await` it whole, which gives the last report, or loop over its reports, one every
   * `logEvery` steps and one at the end. Nothing happens before. Another call goes on where this one ended, in the middle
   * of an episode too. Other work of the process gets its turn every 50 ms.
   * @throws TemperedError (LEARN_OPTIONS) at once; (LEARNING) when it begins while another call has not ended
   */
  learn(options: LearnOptions): Learning {
    const checked = learnOptions(options, this.env);
    return new Learning(told(this, this.reports(checked), checked), () => this.loop.peek());
  }

  private async *reports(options: LearnOptions): AsyncGenerator<LearnMetrics, void, void> {
    const { totalTimesteps, signal, logEvery = 100, stepSeconds = STEP_SECONDS } = options;
    if (this.learning) {
      throw new TemperedError(
        "LEARNING",
        "Expected one call of learn at a time, got a second before the first has ended; await the first " +
          "(await agent.learn({ totalTimesteps })), or end it with its signal",
      );
    }
    this.learning = true;
    try {
      const turns = new EventLoopTurns();
      const end = this.steps + totalTimesteps;
      const isOver = () => this.steps >= end || signal?.aborted === true;
      while (!isOver()) {
        const report = await this.pieces.run(() => this.loop.iterate({ logEvery, stepSeconds, isOver }));
        if (report) yield report;
        await turns.due();
      }
    } finally {
      this.learning = false;
    }
  }

  /**
   * Everything that decides the agent's future; while it learns, as it is after the step in flight.
   */
  state({
    replay = true,
    replaySince = 0,
  }: {
    /** With the replay buffer, of which a copy is made, and the episodes in progress. Default true. */
    replay?: boolean;
    /**
     * Leaves out of the replay buffer what was stored before this transition, of all that ever were: for whoever has the rest
     * already. Default 0.
     */
    replaySince?: number;
  } = {}): Promise<AgentState> {
    return this.pieces.run(async () => {
      const { env, seed, steps, actionSize, choices, hyperparameters, temperature } = this;
      return {
        env: env.id,
        seed,
        ...(this.engine.arithmetic && { arithmetic: this.engine.arithmetic }),
        observationSize: this.learner.networks.actor.spec.inputSize,
        actionSize,
        ...(choices && { choices }),
        actionBounds: { low: [...this.scale.low], high: [...this.scale.high] },
        hyperparameters,
        ...(temperature && { temperature: temperatureOptions(temperature, steps) }),
        steps,
        learner: await this.learner.state(),
        ...this.loop.state(replay, replaySince),
      };
    });
  }

  private async restoreState(state: AgentState): Promise<void> {
    if (this.normalizer && state.observationStatistics === undefined) {
      throw new TemperedError(
        "SNAPSHOT",
        "Expected observationStatistics in the saved agent, because it normalizes its observations, got none; save it again",
      );
    }
    await this.learner.restore(state.learner);
    await this.loop.restore(state);
  }

  /**
   * Saves weights, log α, the optimisers and the random streams; `SAC.load` reads them. What was saved under that name before is
   * replaced, atomically. While the agent learns, what is saved is what it is after the step in flight.
   * @param name a directory in Node; in a browser a name in the Origin Private File System, which outlives the page
   * @param replay with the replay buffer and the episodes in progress, so that it learns on to the bit. Default false
   * @throws TemperedError (SNAPSHOT) for weights that are not finite; in browsers also (NO_STORAGE, STORAGE, AGENT_NAME)
   */
  async save(name: string, { replay = false }: { replay?: boolean } = {}): Promise<void> {
    const { saveAgent } = await agentStorage();
    await saveAgent(await this.state({ replay }), name);
  }

  /**
   * What `save` saves, as bytes to keep anywhere: a safetensors file. `SAC.fromBytes` takes them.
   * @param replay as of `save`
   * @throws TemperedError (SNAPSHOT) for weights that are not finite
   */
  async toBytes({ replay = false }: { replay?: boolean } = {}): Promise<Uint8Array<ArrayBuffer>> {
    const { encodeAgent } = await import("./agent-bytes.ts");
    return encodeAgent(await this.state({ replay }));
  }

  /** Waits for the step in flight. */
  async dispose(): Promise<void> {
    await this.learner.dispose();
    if (this.ownsEngine) await this.engine.dispose();
  }

  /** For `await using`: the same as `dispose()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  /** What console.log shows in Node. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return agentText(this);
  }
}
