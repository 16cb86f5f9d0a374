// The algorithm's parts, for people who build on them: the update as a graph, the learner, networks, replay, agent.

export { ActingPolicy } from "./acting.ts";
export { type AdamPowers, type AdamState, adam, adamStep, initialPowers, nextPowers } from "./adam.ts";
export { Agent, type AgentOptions, type LearnOptions } from "./agent.ts";
export { type Evaluation, evaluate } from "./evaluate.ts";
export { type Batch, type InitialWeights, Learner, type Noise, type UpdateMetrics } from "./learner.ts";
export type { LearnMetrics } from "./metrics-window.ts";
export { forward, forwardRow, type LayerValues, type MlpLayout, type MlpSpec, mlpLayout } from "./network.ts";
export { defaultHyperparameters, type Hyperparameters, hyperparameters, type SacOptions } from "./options.ts";
export { ReplayBuffer } from "./replay-buffer.ts";
export { restoreSnapshot, type Snapshot, takeSnapshot } from "./snapshot.ts";
export * as temperature from "./temperature.ts";
export { sacUpdate, standardParts, type UpdateParts, type UpdateSpec } from "./update.ts";
