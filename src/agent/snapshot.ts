// What an agent has learned, as it is saved: a manifest that survives JSON, and named tensors. It is an agent's state without
// its replay buffer and the episodes in progress.

import type { RandomState } from "../random/index.ts";
import type { BetaPowers } from "../sac/adam.ts";
import type { TemperatureOptions, TemperatureState } from "../sac/temperature.ts";
import type { AgentState } from "./agent-state.ts";
import type { Hyperparameters } from "./hyperparameters.ts";
import type { RunningStatisticsState } from "./running-statistics.ts";
import type { StoredTensor } from "./safetensors.ts";

export const SNAPSHOT_FORMAT = "tempered-agent/1";

/** The plain data of a saved agent. */
export interface SnapshotManifest {
  readonly format: typeof SNAPSHOT_FORMAT;
  /** Id of the environment it learned in. */
  readonly env: string;
  readonly seed: number;
  /** As in `AgentState`. */
  readonly arithmetic?: AgentState["arithmetic"];
  readonly observationSize: number;
  readonly actionSize: number;
  /** As in `AgentState`. */
  readonly choices?: AgentState["choices"] | undefined;
  /** As in `AgentState`. */
  readonly actionBounds?: AgentState["actionBounds"];
  readonly hyperparameters: Hyperparameters;
  /** As in `AgentState`. */
  readonly temperature?: TemperatureOptions;
  readonly steps: number;
  readonly updates: number;
  readonly temperatureState: TemperatureState;
  readonly betaPowers: BetaPowers;
  readonly actorBetaPowers?: BetaPowers | undefined;
  readonly random: readonly RandomState[];
  /** Of the observations, where the agent normalizes them. */
  readonly observationStatistics?: RunningStatisticsState;
  /** Of the discounted returns, where the agent normalizes its rewards. */
  readonly rewardStatistics?: NonNullable<AgentState["rewardStatistics"]>;
}

/** An agent as it is saved: a manifest of plain data, and named tensors. */
export interface Snapshot {
  readonly manifest: SnapshotManifest;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** The state as a manifest and named tensors, ready to be written. */
export function toSnapshot(state: AgentState): Snapshot {
  const { learner, progress: _, replay: __, collector: ___, ...kept } = state;
  const { tensors, updates, temperature: temperatureState, ...powers } = learner;
  return { manifest: { format: SNAPSHOT_FORMAT, ...kept, updates, temperatureState, ...powers }, tensors };
}

/** The state that a snapshot holds; what it lacks (the replay buffer) is empty. */
export function fromSnapshot({ manifest, tensors }: Snapshot): AgentState {
  const { format: _, updates, temperatureState, betaPowers, actorBetaPowers, ...kept } = manifest;
  const powers = { betaPowers, ...(actorBetaPowers && { actorBetaPowers }) };
  return { ...kept, learner: { updates, temperature: temperatureState, ...powers, tensors } };
}
