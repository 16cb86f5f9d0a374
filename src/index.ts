// tempered's main entry: Soft Actor-Critic whose temperature can be seen, trusted and repaired.

export type { PredictOptions } from "./agent/actor.ts";
export { Agent } from "./agent/agent.ts";
export type { AgentOptions } from "./agent/agent-options.ts";
export { type Evaluation, evaluate, type Policy } from "./agent/evaluate.ts";
export { defaultHyperparameters, type Hyperparameters } from "./agent/hyperparameters.ts";
export type {
  EvaluationOptions,
  LearnEvaluation,
  LearnOptions,
  MetricsLog,
  MetricsRow,
} from "./agent/learn-options.ts";
export { Learning } from "./agent/learning.ts";
export type { LearnMetrics } from "./agent/metrics-window.ts";
export type { ObservationNormalizer } from "./agent/observation-normalizer.ts";
export type { SacOptions } from "./agent/options.ts";
export { presets } from "./agent/presets.ts";
export { SAC, type SacCreateOptions, type SacLoadOptions, type World } from "./agent/sac.ts";
export { chooseEngine, type EngineChoice } from "./engines/choose.ts";
export type { Engine, EngineName } from "./engines/engine.ts";
export { TemperedError } from "./errors.ts";
export { RandomStream } from "./random/index.ts";
export type {
  TargetEntropy,
  TargetEntropySchedule,
  TemperatureLoss,
  TemperatureOptions,
} from "./sac/temperature.ts";
export * as temperature from "./sac/temperature.ts";
