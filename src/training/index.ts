// Runs for programs of yours (Node only): settings in, events out, everything kept in a run's directory.
//
//   for await (const event of train(trainConfig({ env: "Pendulum-v1" }), { run: "runs/first", signal })) …

export type { Metrics } from "../runs/metrics-line.ts";
export type { RunManifest } from "../runs/run-manifest.ts";
export {
  type BestEvaluation,
  Failure,
  Interrupted,
  type Report,
  type RunStart,
  type Summary,
  type TrainingEvent,
} from "./events.ts";
export { readRun, type StoredRun } from "./run-directory.ts";
export { type TrainConfig, type TrainSettings, trainConfig, trainSchema } from "./settings.ts";
export { tensorBoard } from "./tensor-board.ts";
export { type TrainOptions, train } from "./train.ts";
