// tempered's main entry: Soft Actor-Critic whose temperature can be seen, trusted and repaired.

export { chooseEngine, type EngineChoice } from "./engines/choose.ts";
export type { Engine, EngineName } from "./engines/engine.ts";
export { TemperedError } from "./errors.ts";
export { Agent, type LearnOptions } from "./sac/agent.ts";
export { type Evaluation, evaluate } from "./sac/evaluate.ts";
export type { LearnMetrics } from "./sac/metrics-window.ts";
export { defaultHyperparameters, type Hyperparameters, type SacOptions } from "./sac/options.ts";
export { SAC, type SacCreateOptions } from "./sac/sac.ts";
export type {
  TargetEntropy,
  TargetEntropySchedule,
  TemperatureLoss,
  TemperatureOptions,
} from "./sac/temperature.ts";
export * as temperature from "./sac/temperature.ts";
