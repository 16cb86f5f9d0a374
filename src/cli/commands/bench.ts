// How `tempered bench` is called. What it does is in ../bench.

import { buildCommand } from "@stricli/core";
import { integer, positive } from "../../training/fields.ts";
import { trainSchema } from "../../training/settings.ts";
import type { BenchFlags } from "../bench/command.ts";
import { schemaFlag } from "../config/flags.ts";
import type { CliContext } from "../context.ts";
import { withHelp } from "../help.ts";
import { BRIEFS } from "./briefs.ts";

const { engine, threads, arithmetic, hidden } = trainSchema.shape;

const command = buildCommand<BenchFlags, [], CliContext>({
  loader: async () => import("../bench/command.ts"),
  parameters: {
    flags: {
      observationDim: schemaFlag(integer(1), "Numbers in an observation. Default 17.", "N"),
      actionDim: schemaFlag(integer(1), "Action dimensions. Default 6.", "N"),
      hidden: schemaFlag(hidden, "Units of each hidden layer. Default 256,256.", "N,N"),
      batchSize: schemaFlag(integer(1), "Transitions in an update. Default 256.", "N"),
      batch: schemaFlag(integer(1), "The same, as it was once called.", "N"),
      engine: schemaFlag(engine, "Default auto.", "auto|onnxruntime|wasm"),
      threads: schemaFlag(threads, "Default auto: as many as pay for these sizes on this machine.", "auto|N"),
      arithmetic: schemaFlag(arithmetic, "Of the wasm engine. Default auto.", "auto|portable|fused"),
      seconds: schemaFlag(positive(), "Time to measure updates for, in seconds. Default 5.", "S"),
      json: { kind: "boolean", brief: "Print one JSON document.", default: false },
    },
  },
  docs: { brief: BRIEFS.bench },
});

export const bench = withHelp(command, {
  usage: "[flags]",
  about: [
    "Measures how many updates of Soft Actor-Critic this machine does in a second, on random transitions. " +
      "Each update draws its own batch and noise. The defaults have the sizes of HalfCheetah.",
  ],
  examples: [
    ["", "Five seconds with the engine that `train` would use."],
    ["--engine wasm --threads 2", "The engine that needs nothing installed."],
    ["--observation-dim 3 --action-dim 1 --json", "Pendulum's sizes, for programs."],
  ],
});
