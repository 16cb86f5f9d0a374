// The agent's parts, for people who build on them: the learner, acting, replay, what is saved.

export { ActingPolicy } from "./acting.ts";
export type { PredictOptions } from "./actor.ts";
export { Agent } from "./agent.ts";
export type { AgentOptions, RunningOptions } from "./agent-options.ts";
export type { AgentState, LearningProgress } from "./agent-state.ts";
export type { CollectorState } from "./collector.ts";
export { type Evaluation, evaluate, type Policy } from "./evaluate.ts";
export { defaultHyperparameters, type Hyperparameters } from "./hyperparameters.ts";
export type {
  EvaluationOptions,
  LearnEvaluation,
  LearnOptions,
  MetricsLog,
  MetricsRow,
} from "./learn-options.ts";
export type { LearnerOptions } from "./learner.ts";
export { type Batch, Learner, type Noise, type UpdateMetrics } from "./learner.ts";
export type { LearnerState } from "./learner-state.ts";
export { Learning } from "./learning.ts";
export type { LearnMetrics, MetricsWindowState } from "./metrics-window.ts";
export type { ObservationDtype } from "./observation-store.ts";
export { hyperparameters, type SacOptions } from "./options.ts";
export { presets } from "./presets.ts";
export type { ReplayOptions } from "./replay-buffer.ts";
export { ReplayBuffer } from "./replay-buffer.ts";
export type { ReplayState } from "./replay-state.ts";
export type { RewardNormalizerState } from "./reward-normalizer.ts";
export type { RunningStatistics, RunningStatisticsState } from "./running-statistics.ts";
export type { StoredTensor } from "./safetensors.ts";
export type { SnapshotManifest } from "./snapshot.ts";
export { fromSnapshot, type Snapshot, toSnapshot } from "./snapshot.ts";
