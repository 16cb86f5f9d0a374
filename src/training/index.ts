// Training runs (Node only): `for await (const event of train(config)) …`.

export type { BestEvaluation, Report, RunStart, Summary, TrainingEvent } from "./events.ts";
export { type TrainConfig, type TrainSettings, trainSchema } from "./settings.ts";
export { type TrainOptions, train } from "./train.ts";
