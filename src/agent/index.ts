// The agent's parts, for people who build on them: the learner, acting, replay, what is saved.

export { ActingPolicy } from "./acting.ts";
export type { PredictOptions } from "./actor.ts";
export { Agent, type AgentOptions, type RunningOptions } from "./agent.ts";
export type { AgentState, LearningProgress } from "./agent-state.ts";
export { type Evaluation, evaluate, type Policy } from "./evaluate.ts";
export type {
  EvaluationOptions,
  LearnEvaluation,
  LearnOptions,
  MetricsLog,
  MetricsRow,
} from "./learn-options.ts";
export { type Batch, Learner, type Noise, type UpdateMetrics } from "./learner.ts";
export type { LearnerState } from "./learner-state.ts";
export { Learning } from "./learning.ts";
export type { LearnMetrics } from "./metrics-window.ts";
export { defaultHyperparameters, type Hyperparameters, hyperparameters, type SacOptions } from "./options.ts";
export { presets } from "./presets.ts";
export { ReplayBuffer } from "./replay-buffer.ts";
export { fromSnapshot, type Snapshot, toSnapshot } from "./snapshot.ts";
