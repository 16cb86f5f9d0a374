// How `tempered train` is called. What it does is in ../train.

import { buildCommand } from "@stricli/core";
import { hyperparameterNames } from "../../agent/hyperparameters.ts";
import { trainFlags } from "../config/flags.ts";
import { textFlag } from "../config/plain-flags.ts";
import type { CliContext } from "../context.ts";
import { withHelp } from "../help.ts";
import type { TrainCommandFlags } from "../train/command.ts";
import { BRIEFS } from "./briefs.ts";

const command = buildCommand<TrainCommandFlags, [string?], CliContext>({
  loader: async () => import("../train/command.ts"),
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ brief: "The environment", placeholder: "ENV", parse: String, optional: true }],
    },
    flags: {
      run: textFlag("Directory of the run; refused where it holds one. Default runs/ENV-seedS-TIME.", "DIR"),
      resume: {
        kind: "boolean",
        brief: "Go on from the newest checkpoint in --run DIR, to the bit; begin there where it holds none.",
        default: false,
      },
      initFrom: textFlag(
        "Begin with the weights and α of another run or saved agent, of an environment with the same spaces.",
        "RUN",
      ),
      config: textFlag(
        "Settings in TOML or JSON, or the run.json of a run to repeat; flags override it.",
        "FILE",
      ),
      ...trainFlags(),
      quiet: { kind: "boolean", brief: "Print the result alone.", default: false },
      json: {
        kind: "boolean",
        brief: "Print one JSON object a line, the last with the result.",
        default: false,
      },
    },
  },
  docs: { brief: BRIEFS.train },
});

export const train = withHelp(command, {
  usage: "ENV [flags]",
  about: [
    "Trains an agent with Soft Actor-Critic; shows return, temperature α and entropy while it learns.",
    "ENV is an id that `tempered envs` lists, gymnasium:ID for an environment of your Python, or the path of a " +
      "module whose default export makes one. A config file may name it instead.",
    "The run's directory gets run.json, metrics.jsonl, a TensorBoard event file, agent/ and, with --eval-every, best/. " +
      "Ctrl-C ends the run and saves what was learned; a second Ctrl-C ends it at once.",
    "However a run ended, the same command line with --resume goes on from its last checkpoint as if nothing had " +
      "happened, and `tempered resume RUN --steps N` goes further.",
  ],
  groups: {
    Run: [
      "steps",
      "seed",
      "run",
      "resume",
      "checkpointEvery",
      "initFrom",
      "config",
      "engine",
      "threads",
      "arithmetic",
      "envs",
      "overlapActing",
    ],
    "Temperature α": [
      "targetEntropy",
      "targetEntropyShare",
      "targetEntropyPerDimension",
      "alpha",
      "initialAlpha",
      "alphaLearningRate",
      "alphaLoss",
      "alphaMin",
      "alphaMax",
    ],
    Learning: ["preset", ...hyperparameterNames.filter((name) => name !== "overlapActing")],
    "Evaluation and output": ["evalEvery", "evalEpisodes", "logEvery", "quiet", "json"],
  },
  examples: [
    ["Pendulum-v1", "Ten thousand steps with the defaults."],
    ["Pendulum-v1 --seed 1 --eval-every 1000 --run runs/first", "Keep the best agent on the way."],
    ["Pendulum-v1 --run runs/first --resume", "Go on after a crash, with the same command line."],
    ["CartPole-v1 --hidden 64,64 --learning-rate 1e-3 --steps 20000", "Actions that are choices."],
    ["Hopper-v5 --preset droq --steps 50000", "More updates a step, for fewer steps."],
    ["tempered/PointMass-v0 --target-entropy -2.5 --alpha-min 0.01", "Another target, and a floor for α."],
    ["./my-env.js --config sac.toml --threads 2", "An environment and settings of your own."],
    [
      "gymnasium:BipedalWalker-v3 --envs 8 --overlap-acting",
      "Eight environments of your Python, which step while the updates run.",
    ],
  ],
});
