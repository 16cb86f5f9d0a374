// An agent's whole state as a value: everything that decides its future. Restored, it goes on as if nothing had happened,
// to the bit. What it learned is always there; the replay buffer, and the episodes in progress with their environments,
// where they were asked for and can be had.

import type { Arithmetic } from "../engines/engine.ts";
import type { RandomState } from "../random/index.ts";
import type { TemperatureOptions } from "../sac/temperature.ts";
import type { CollectorState } from "./collector.ts";
import type { Hyperparameters } from "./hyperparameters.ts";
import type { LearnerState } from "./learner-state.ts";
import type { MetricsWindowState } from "./metrics-window.ts";
import type { ReplayState } from "./replay-state.ts";
import type { RewardNormalizerState } from "./reward-normalizer.ts";
import type { RunningStatisticsState } from "./running-statistics.ts";

/** Everything that decides an agent's future, as plain data. */
export interface AgentState {
  /** Id of the environment it learned in. */
  readonly env: string;
  readonly seed: number;
  /** Of the wasm engine that it learned with. */
  readonly arithmetic?: Arithmetic | undefined;
  readonly observationSize: number;
  readonly actionSize: number;
  /** How many actions each choice has, where actions are discrete. */
  readonly choices?: readonly number[] | undefined;
  /** Bounds of the actions, in the environment's units; missing in what older versions saved. */
  readonly actionBounds?: { readonly low: readonly number[]; readonly high: readonly number[] } | undefined;
  readonly hyperparameters: Hyperparameters;
  /**
   * Options that make the same temperature again; a target that was a function is kept as its latest value. None where
   * a temperature was handed in: hand it in again.
   */
  readonly temperature?: TemperatureOptions;
  /** Environment steps so far, all environments together. */
  readonly steps: number;
  readonly learner: LearnerState;
  /** Where every random stream stands. */
  readonly random: readonly RandomState[];
  /** Of the observations, where the agent normalizes them. */
  readonly observationStatistics?: RunningStatisticsState;
  /** Of the discounted returns, where the agent normalizes its rewards. */
  readonly rewardStatistics?: RewardNormalizerState;
  /** How far its learning has come, between two steps. */
  readonly progress?: LearningProgress;
  readonly replay?: ReplayState;
  /** Missing where the environments cannot tell their state: they then begin new episodes. */
  readonly collector?: CollectorState;
}

/** How far a call of `learn` is: what of it has to be kept to go on to the bit. */
export interface LearningProgress {
  /** Updates that are due for steps taken. */
  readonly pendingUpdates: number;
  /** Environment steps at the last report. */
  readonly reportedAt: number;
  readonly window: MetricsWindowState;
}
