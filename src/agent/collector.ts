// Acting in N environments of one kind, and putting what happened into the replay buffer. A single environment is a
// vector of one whose episodes follow each other without a step between them.

import type { Env } from "../envs/env.ts";
import { type EnvState, isStateful } from "../envs/stateful.ts";
import { SyncVectorEnv } from "../envs/vector/sync-vector-env.ts";
import { isVectorEnv, rowsOf, type VectorEnv, type VectorStepResult } from "../envs/vector/vector-env.ts";
import { TemperedError } from "../errors.ts";
import { type ActionScale, toEnvironment } from "./action-scale.ts";
import type { MetricsWindow } from "./metrics-window.ts";
import type { ReplayBuffer } from "./replay-buffer.ts";
import type { RewardNormalizer } from "./reward-normalizer.ts";
import type { RunningStatistics } from "./running-statistics.ts";
import { STEP_SECONDS, within } from "./time-limit.ts";

export interface CollectorOptions {
  readonly env: VectorEnv;
  readonly scale: ActionScale;
  /** Numbers an observation. */
  readonly observationSize: number;
  readonly replay: ReplayBuffer;
  /** Takes in every observation, where there is one. */
  readonly statistics?: RunningStatistics | undefined;
  /** Takes in every reward, where there is one. */
  readonly rewards?: RewardNormalizer | undefined;
}

/** Episodes in progress. */
export interface CollectorState {
  readonly env: EnvState;
  /** The latest observation of each env, as it came. */
  readonly observations: readonly Float32Array[];
  readonly returns: readonly number[];
  readonly lengths: readonly number[];
}

export class Collector {
  /** N */
  readonly count: number;
  /** The latest observation of each env, as it came. */
  readonly observations: readonly Float32Array[];
  /** Unit actions of each env, to be written before `step`. */
  readonly unitActions: readonly Float32Array[];

  private readonly env: VectorEnv;
  private readonly scale: ActionScale;
  private readonly replay: ReplayBuffer;
  private readonly statistics: RunningStatistics | undefined;
  private readonly rewards: RewardNormalizer | undefined;
  /** In the environment's units: all, and each env's part of them. */
  private readonly actions: Float64Array;
  private readonly actionRows: readonly Float64Array[];
  private readonly returns: Float64Array;
  private readonly lengths: Float64Array;
  /** Whether every env is in an episode. */
  private begun = false;
  /** Each env's part of the array that the vector env answered with last. */
  private answered: { array: Float32Array | Float64Array; rows: (Float32Array | Float64Array)[] } | undefined;

  constructor({ env, scale, observationSize, replay, statistics, rewards }: CollectorOptions) {
    this.env = env;
    const rows = (size: number) => Array.from({ length: this.count }, () => new Float32Array(size));
    this.count = this.env.count;
    this.scale = scale;
    this.replay = replay;
    this.statistics = statistics;
    this.rewards = rewards;
    this.observations = rows(observationSize);
    this.unitActions = rows(scale.size);
    this.actions = new Float64Array(this.count * scale.size);
    this.actionRows = rowsOf(this.actions, this.count);
    this.returns = new Float64Array(this.count);
    this.lengths = new Float64Array(this.count);
  }

  /**
   * Begins new episodes everywhere, where none are in progress.
   * @param seed env i gets seed + i; without one, random streams go on
   * @param seconds that they may take
   * @throws TemperedError (ENV_TIMEOUT)
   */
  async begin(seed: number | undefined, seconds = STEP_SECONDS): Promise<void> {
    if (this.begun) return;
    const { observations, absent } = await within(
      this.env.reset(seed === undefined ? {} : { seed }),
      seconds,
      () => `a reset of ${this.env.id}`,
    );
    this.returns.fill(0);
    this.lengths.fill(0);
    this.rewards?.begin();
    this.rows(observations).forEach((row, i) => {
      if (absent?.[i] !== 1) this.observe(i, row);
    });
    this.begun = true;
  }

  /** The episodes in progress are lost: nobody knows what the envs did last. */
  abandon(): void {
    this.begun = false;
  }

  /** Sends `unitActions` to the envs. Their answer may come later, and is what `store` takes. */
  step(seconds = STEP_SECONDS): Promise<VectorStepResult> {
    this.unitActions.forEach((unitAction, i) => {
      toEnvironment(this.scale, unitAction, this.actionRows[i]!);
    });
    return within(this.env.step(this.actions), seconds, () => `a step of ${this.env.id}`);
  }

  /** Stores the transitions of a step. @returns how many there were: a step that only began an episode is none */
  store(result: VectorStepResult, window: MetricsWindow): number {
    const { observations, rewards, terminated, truncated, wasReset, infos, absent } = result;
    const rows = this.rows(observations);
    let stored = 0;
    for (let i = 0; i < this.count; i++) {
      const row = rows[i]!;
      if (absent?.[i] === 1) continue;
      if (wasReset[i] === 1) {
        this.observe(i, row);
        continue;
      }
      const isOver = terminated[i] === 1 || truncated[i] === 1;
      const startsEpisode = isOver && this.env.autoreset === "same-step";
      const next = startsEpisode ? (infos[i]!.final_obs as Float64Array) : row;
      const [isEnd, isCut] = [terminated[i] === 1, truncated[i] === 1];
      this.replay.add(this.observations[i]!, this.unitActions[i]!, rewards[i]!, next, isEnd, isCut && !isEnd);
      this.rewards?.add(i, rewards[i]!, isOver);
      stored += 1;
      this.returns[i]! += rewards[i]!;
      this.lengths[i]! += 1;
      if (isOver) {
        window.addEpisode(this.returns[i]!, this.lengths[i]!);
        this.returns[i] = 0;
        this.lengths[i] = 0;
      }
      if (startsEpisode) this.statistics?.add(next);
      this.observe(i, row);
    }
    return stored;
  }

  /** Between two steps; undefined where no episodes are in progress or the envs cannot tell their state. */
  state(): CollectorState | undefined {
    if (!this.begun || !isStateful(this.env)) return undefined;
    const { observations, returns, lengths } = this;
    return {
      env: this.env.state(),
      observations: observations.map((row) => row.slice()),
      returns: [...returns],
      lengths: [...lengths],
    };
  }

  /** @throws TemperedError (COLLECTOR_STATE, and the env's own) for a state of other environments */
  async restore({ env, observations, returns, lengths }: CollectorState): Promise<void> {
    if (
      !isStateful(this.env) ||
      observations.length !== this.count ||
      observations[0]!.length !== this.observations[0]!.length
    ) {
      throw new TemperedError(
        "COLLECTOR_STATE",
        `Expected ${observations.length} environments with ${observations[0]?.length} observations that can be restored, ` +
          `got ${this.count} of ${this.env.id}; restore without the collector's state to begin new episodes`,
      );
    }
    await this.env.restore(env);
    this.observations.forEach((row, i) => void row.set(observations[i]!));
    this.returns.set(returns);
    this.lengths.set(lengths);
    this.begun = true;
  }

  private observe(i: number, observation: Float32Array | Float64Array): void {
    this.statistics?.add(observation);
    this.observations[i]!.set(observation);
  }

  private rows(array: Float32Array | Float64Array): readonly (Float32Array | Float64Array)[] {
    if (this.answered?.array !== array) this.answered = { array, rows: rowsOf(array, this.count) };
    return this.answered.rows;
  }
}

/**
 * The env as one that steps several, of which there may be one.
 * @throws TemperedError (AUTORESET) for a vector env that leaves its ended episodes to the caller
 */
export function asVector(env: Env | VectorEnv): VectorEnv {
  if (!isVectorEnv(env)) return new SyncVectorEnv([env], { autoreset: "same-step" });
  if (env.autoreset !== "disabled") return env;
  throw new TemperedError(
    "AUTORESET",
    `Expected a vector env that begins new episodes by itself, got ${env.id} with autoreset "disabled"; ` +
      'make it with autoreset "next-step"',
  );
}
