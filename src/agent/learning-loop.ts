// The loop by which an agent learns, one step of the environments at a time: act, store, update, report. It holds what must
// survive between two steps, so that learning can stop after any of them and go on, here or elsewhere, to the bit.

import type { VectorEnv } from "../envs/vector/vector-env.ts";
import { type RandomState, RandomStream } from "../random/index.ts";
import { actionWidth } from "../sac/networks.ts";
import { type ActionScale, drawUniformly, toColumns } from "./action-scale.ts";
import { Actor } from "./actor.ts";
import type { AgentState } from "./agent-state.ts";
import { Collector } from "./collector.ts";
import type { Hyperparameters } from "./hyperparameters.ts";
import type { Batch, Learner, UpdateMetrics } from "./learner.ts";
import { type LearnMetrics, MetricsWindow } from "./metrics-window.ts";
import { ObservationNormalizer } from "./observation-normalizer.ts";
import { emptyBatch, ReplayBuffer } from "./replay-buffer.ts";
import { RewardNormalizer } from "./reward-normalizer.ts";
import { UpdateDraws } from "./update-draws.ts";
import { updateSpec } from "./update-spec.ts";

/** The random streams of an agent; each role draws from its own, so that none disturbs another. */
const roles = [
  "warm-up actions",
  "exploration",
  "replay",
  "update noise",
  "target critics",
  "dropout",
  "prediction",
] as const;

export interface LearningLoopOptions {
  readonly seed: number;
  readonly hyperparameters: Hyperparameters;
  readonly learner: Learner;
  readonly env: VectorEnv;
  readonly scale: ActionScale;
}

export interface IterateOptions {
  /** Environment steps between two reports. */
  readonly logEvery: number;
  /** How long the environments may take for a step or a reset. */
  readonly stepSeconds: number;
  isOver(): boolean;
}

export class LearningLoop {
  /** Environment steps so far, all environments together. */
  steps = 0;
  readonly random: Readonly<Record<(typeof roles)[number], RandomStream>>;

  readonly actor: Actor;
  /** Where observations are normalized: by what. */
  readonly normalizer: ObservationNormalizer | undefined;

  private readonly rewards: RewardNormalizer | undefined;
  private readonly seed: number;
  private readonly hyperparameters: Hyperparameters;
  private readonly learner: Learner;
  private readonly scale: ActionScale;
  private readonly collector: Collector;
  private readonly replay: ReplayBuffer;
  /** From the replay buffer, and the same as the update takes it: discrete actions as columns. */
  private readonly drawn: Batch;
  private readonly batch: Batch;
  private readonly draws: UpdateDraws;
  private readonly window = new MetricsWindow();
  /** Updates that are due for steps taken. */
  private pendingUpdates = 0;
  /** Environment steps at the last report. */
  private reportedAt = 0;

  constructor({ seed, hyperparameters, learner, env, scale }: LearningLoopOptions) {
    const { batchSize, bufferSize, bufferDtype: dtype, gamma, nStep } = hyperparameters;
    const { normalizeObservation, normalizeReward } = hyperparameters;
    const observationSize = learner.networks.actor.spec.inputSize;
    const actionSize = scale.size;
    this.seed = seed;
    this.hyperparameters = hyperparameters;
    this.learner = learner;
    this.scale = scale;
    this.normalizer = normalizeObservation ? new ObservationNormalizer(observationSize) : undefined;
    this.rewards = normalizeReward ? new RewardNormalizer(env.count, gamma) : undefined;
    this.actor = new Actor(learner, scale, this.normalizer);
    this.replay = new ReplayBuffer({
      capacity: bufferSize,
      observationSize,
      actionSize,
      gamma,
      nStep,
      dtype,
    });
    const { replay } = this;
    this.collector = new Collector({
      env,
      scale,
      observationSize,
      replay,
      statistics: this.normalizer?.statistics,
      rewards: this.rewards,
    });
    this.drawn = emptyBatch(batchSize, observationSize, actionSize);
    const { choices } = scale;
    const columns = () => new Float32Array(batchSize * actionWidth({ actionSize, choices }));
    this.batch = choices ? { ...this.drawn, action: columns() } : this.drawn;
    this.draws = new UpdateDraws(updateSpec(hyperparameters, { observationSize, actionSize, choices }));
    this.random = Object.fromEntries(
      roles.map((role) => [role, new RandomStream(seed, role)]),
    ) as LearningLoop["random"];
  }

  /** One step of the environments, and the updates that are due. @returns a report where it is time for one */
  async iterate({ logEvery, stepSeconds, isOver }: IterateOptions): Promise<LearnMetrics | undefined> {
    const { collector, hyperparameters, seed } = this;
    const { overlapActing } = hyperparameters;
    const before = this.steps;
    try {
      await collector.begin(before === 0 ? seed : undefined, stepSeconds);
      this.act();
      const stepping = collector.step(stepSeconds);
      if (overlapActing) {
        stepping.catch(() => {}); // It is awaited below, after the updates.
        await this.updatePending();
      }
      this.steps += collector.store(await stepping, this.window);
    } catch (error) {
      collector.abandon();
      throw error;
    }
    this.pendingUpdates += this.updatesSince(before);
    if (!overlapActing) await this.updatePending();
    if (this.steps - this.reportedAt >= logEvery) {
      this.reportedAt = this.steps;
      return this.window.report(this.now());
    }
    // The last report of a call takes nothing from the next call's first.
    return isOver() ? this.peek() : undefined;
  }

  /** The report as it would be now. */
  peek(): LearnMetrics {
    return this.window.peek(this.now());
  }

  /** Writes an action for each environment. */
  private act(): void {
    const { random } = this;
    const { collector, actor, hyperparameters } = this;
    const warmingUp = this.steps < hyperparameters.learningStarts;
    collector.observations.forEach((observation, i) => {
      const unitAction = collector.unitActions[i]!;
      if (warmingUp) drawUniformly(this.scale, unitAction, random["warm-up actions"]);
      else actor.act(observation, unitAction, random.exploration);
    });
  }

  private async updatePending(): Promise<void> {
    for (; this.pendingUpdates > 0; this.pendingUpdates--) this.window.addUpdate(await this.update());
  }

  /** Updates that are due now that the steps have gone from `before` to what they are. */
  private updatesSince(before: number): number {
    const { learningStarts, batchSize, trainFreq, gradientSteps } = this.hyperparameters;
    // An agent without its replay buffer acts for a while before it learns on.
    const enough = this.replay.size > Math.min(learningStarts, batchSize);
    if (this.steps <= learningStarts || !enough) return 0;
    const from = Math.max(before, learningStarts);
    const rounds = Math.floor(this.steps / trainFreq) - Math.floor(from / trainFreq);
    return rounds * (gradientSteps === -1 ? trainFreq : gradientSteps);
  }

  /** One update from a batch of the replay buffer. */
  private update(): Promise<UpdateMetrics> {
    const { drawn, batch, draws, random, scale } = this;
    const { replay, learner, normalizer } = this;
    replay.sample(drawn, random.replay);
    if (scale.choices) toColumns(scale.choices, drawn.action, batch.action);
    normalizer?.normalize(batch.observation, batch.observation);
    normalizer?.normalize(batch.nextObservation, batch.nextObservation);
    this.rewards?.normalize(batch.reward);
    return learner.update(batch, draws.draw(random, learner.movesActor), this.steps);
  }

  private now() {
    const { learner } = this;
    const { alpha, logAlpha } = learner.temperature;
    return { step: this.steps, updates: learner.updates, alpha, logAlpha };
  }

  /**
   * Between two steps.
   * @param replay with the replay buffer and the episodes in progress
   * @param replaySince see `ReplayBuffer.state`
   */
  state(replay: boolean, replaySince: number): Omit<LoopState, "steps"> {
    const { normalizer, rewards } = this;
    const collector = replay ? this.collector.state() : undefined;
    const { pendingUpdates, reportedAt } = this;
    return {
      random: roles.map((role): RandomState => this.random[role].state()),
      ...(normalizer && { observationStatistics: normalizer.statistics.state() }),
      ...(rewards && { rewardStatistics: rewards.state() }),
      ...(replay && {
        progress: { pendingUpdates, reportedAt, window: this.window.state() },
        replay: this.replay.state(replaySince),
      }),
      ...(collector && { collector }),
    };
  }

  async restore({
    steps,
    random,
    observationStatistics,
    rewardStatistics,
    progress,
    replay,
    collector,
  }: LoopState): Promise<void> {
    this.steps = steps;
    this.reportedAt = progress?.reportedAt ?? steps;
    this.pendingUpdates = progress?.pendingUpdates ?? 0;
    if (progress) this.window.restore(progress.window);
    for (const at of random) {
      const role = roles.find((each) => each === at.role);
      if (role) this.random[role].restore(at);
    }
    if (observationStatistics) this.normalizer?.statistics.restore(observationStatistics);
    if (rewardStatistics) this.rewards?.restore(rewardStatistics);
    if (replay) this.replay.restore(replay);
    if (collector) await this.collector.restore(collector);
  }
}

type LoopState = Pick<
  AgentState,
  "steps" | "random" | "observationStatistics" | "rewardStatistics" | "progress" | "replay" | "collector"
>;
