// The agent's parts, for people who build on them: the learner, acting, replay, what is saved.

export { ActingPolicy } from "./acting.ts";
export { Agent, type AgentOptions, type LearnOptions, type RunningOptions } from "./agent.ts";
export type { AgentState, LearningProgress } from "./agent-state.ts";
export { type Evaluation, evaluate } from "./evaluate.ts";
export { type Batch, Learner, type Noise, type UpdateMetrics } from "./learner.ts";
export type { LearnerState } from "./learner-state.ts";
export type { LearnMetrics } from "./metrics-window.ts";
export { defaultHyperparameters, type Hyperparameters, hyperparameters, type SacOptions } from "./options.ts";
export { presets } from "./presets.ts";
export { ReplayBuffer } from "./replay-buffer.ts";
export { fromSnapshot, type Snapshot, toSnapshot } from "./snapshot.ts";
