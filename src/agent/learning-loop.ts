// The loop by which an agent learns, one step of the environments at a time: act, store, update, report. It holds what must
// survive between two steps, so that learning can stop after any of them and go on, here or elsewhere, to the bit.

import { type RandomState, RandomStream } from "../random/index.ts";
import type { Actor } from "./actor.ts";
import type { AgentState } from "./agent-state.ts";
import type { Collector } from "./collector.ts";
import type { Batch, Learner, Noise, UpdateMetrics } from "./learner.ts";
import { type LearnMetrics, MetricsWindow } from "./metrics-window.ts";
import type { ObservationNormalizer } from "./observation-normalizer.ts";
import type { Hyperparameters } from "./options.ts";
import { emptyBatch, type ReplayBuffer } from "./replay-buffer.ts";

/** The random streams of an agent; each role draws from its own, so that none disturbs another. */
const roles = ["warm-up actions", "exploration", "replay", "update noise", "prediction"] as const;

export interface LearningLoopOptions {
  readonly seed: number;
  readonly hyperparameters: Hyperparameters;
  readonly learner: Learner;
  readonly actor: Actor;
  readonly collector: Collector;
  readonly replay: ReplayBuffer;
  readonly normalizer: ObservationNormalizer | undefined;
}

export class LearningLoop {
  /** Environment steps so far, all environments together. */
  steps = 0;
  readonly random: Readonly<Record<(typeof roles)[number], RandomStream>>;

  private readonly options: LearningLoopOptions;
  private readonly batch: Batch;
  private readonly noise: Noise;
  private readonly window = new MetricsWindow();
  /** Updates that are due for steps taken. */
  private pendingUpdates = 0;
  /** Environment steps at the last report. */
  private reportedAt = 0;

  constructor(options: LearningLoopOptions) {
    const { seed, hyperparameters, learner, collector } = options;
    const { batchSize } = hyperparameters;
    const actionSize = collector.unitActions[0]!.length;
    this.options = options;
    this.batch = emptyBatch(batchSize, learner.networks.actor.spec.inputSize, actionSize);
    const draws = () => new Float32Array(batchSize * actionSize);
    this.noise = { noise: draws(), nextNoise: draws() };
    this.random = Object.fromEntries(
      roles.map((role) => [role, new RandomStream(seed, role)]),
    ) as LearningLoop["random"];
  }

  /** One step of the environments, and the updates that are due. @returns a report where it is time for one */
  async iterate(logEvery: number, isOver: () => boolean): Promise<LearnMetrics | undefined> {
    const { collector, hyperparameters, seed } = this.options;
    const { overlapActing } = hyperparameters;
    const before = this.steps;
    try {
      await collector.begin(before === 0 ? seed : undefined);
      this.act();
      const stepping = collector.step();
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
    return isOver() ? this.window.peek(this.now()) : undefined;
  }

  /** Writes an action for each environment. */
  private act(): void {
    const { random } = this;
    const { collector, actor, hyperparameters } = this.options;
    const warmingUp = this.steps < hyperparameters.learningStarts;
    collector.observations.forEach((observation, i) => {
      const unitAction = collector.unitActions[i]!;
      if (warmingUp) drawUniformly(unitAction, random["warm-up actions"]);
      else actor.act(observation, unitAction, random.exploration);
    });
  }

  private async updatePending(): Promise<void> {
    for (; this.pendingUpdates > 0; this.pendingUpdates--) this.window.addUpdate(await this.update());
  }

  /** Updates that are due now that the steps have gone from `before` to what they are. */
  private updatesSince(before: number): number {
    const { learningStarts, batchSize, trainFreq, gradientSteps } = this.options.hyperparameters;
    // An agent without its replay buffer acts for a while before it learns on.
    const enough = this.options.replay.size > Math.min(learningStarts, batchSize);
    if (this.steps <= learningStarts || !enough) return 0;
    const from = Math.max(before, learningStarts);
    const rounds = Math.floor(this.steps / trainFreq) - Math.floor(from / trainFreq);
    return rounds * (gradientSteps === -1 ? trainFreq : gradientSteps);
  }

  /** One update from a batch of the replay buffer. */
  private update(): Promise<UpdateMetrics> {
    const { batch, noise, random } = this;
    const { replay, learner, normalizer } = this.options;
    replay.sample(batch, random.replay);
    normalizer?.normalize(batch.observation, batch.observation);
    normalizer?.normalize(batch.nextObservation, batch.nextObservation);
    random["update noise"].fillNormal(noise.nextNoise);
    random["update noise"].fillNormal(noise.noise);
    return learner.update(batch, noise, this.steps);
  }

  private now() {
    const { learner } = this.options;
    const { alpha, logAlpha } = learner.temperature;
    return { step: this.steps, updates: learner.updates, alpha, logAlpha };
  }

  /**
   * Between two steps.
   * @param replay with the replay buffer and the episodes in progress
   * @param replaySince see `ReplayBuffer.state`
   */
  state(replay: boolean, replaySince: number): Omit<LoopState, "steps"> {
    const { normalizer } = this.options;
    const collector = replay ? this.options.collector.state() : undefined;
    const { pendingUpdates, reportedAt } = this;
    return {
      random: roles.map((role): RandomState => this.random[role].state()),
      ...(normalizer && { observationStatistics: normalizer.statistics.state() }),
      ...(replay && {
        progress: { pendingUpdates, reportedAt, window: this.window.state() },
        replay: this.options.replay.state(replaySince),
      }),
      ...(collector && { collector }),
    };
  }

  async restore({
    steps,
    random,
    observationStatistics,
    progress,
    replay,
    collector,
  }: LoopState): Promise<void> {
    this.steps = steps;
    this.reportedAt = progress?.reportedAt ?? steps;
    this.pendingUpdates = progress?.pendingUpdates ?? 0;
    if (progress) this.window.restore(progress.window);
    for (const at of random) this.random[at.role as (typeof roles)[number]]?.restore(at);
    if (observationStatistics) this.options.normalizer?.statistics.restore(observationStatistics);
    if (replay) this.options.replay.restore(replay);
    if (collector) await this.options.collector.restore(collector);
  }
}

type LoopState = Pick<
  AgentState,
  "steps" | "random" | "observationStatistics" | "progress" | "replay" | "collector"
>;

function drawUniformly(unitAction: Float32Array, random: RandomStream): void {
  for (let i = 0; i < unitAction.length; i++) unitAction[i] = random.uniformBetween(-1, 1);
}
