// How `tempered train` is called. What it does is in ../train.

import { buildCommand } from "@stricli/core";
import { type ParsedFlag, trainFlags } from "../config/flags.ts";
import type { CliContext } from "../context.ts";
import type { TrainCommandFlags } from "../train/command.ts";

export const train = buildCommand<TrainCommandFlags, [string?], CliContext>({
  loader: async () => import("../train/command.ts"),
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "An id of `tempered envs`, gymnasium:ID, or the path of a module that makes an environment",
          placeholder: "ENV",
          parse: String,
          optional: true,
        },
      ],
    },
    flags: {
      run: path("Directory of the run; refused where it holds one. [default: runs/ENV-seedS-TIME]", "DIR"),
      config: path(
        "Settings in TOML or JSON, or the run.json of a run to repeat; flags go before it.",
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
  docs: {
    brief: "Train an agent with Soft Actor-Critic",
    fullDescription: [
      "Trains an agent with Soft Actor-Critic and shows return, temperature α and entropy while it learns.",
      "Ctrl-C ends the run and saves what was learned; a second Ctrl-C ends it at once.",
      "",
      "The run's directory gets run.json, metrics.jsonl, a TensorBoard event file, agent/ and, with --eval-every, best/.",
    ].join("\n"),
    customUsage: [
      { input: "Pendulum-v1", brief: "Ten thousand steps with the defaults" },
      {
        input: "Pendulum-v1 --seed 1 --eval-every 1000 --run runs/first",
        brief: "Keep the best agent on the way",
      },
      {
        input: "tempered/PointMass-v0 --target-entropy -2.5 --alpha-min 0.01",
        brief: "Another target, a floor for α",
      },
      { input: "./my-env.js --config sac.toml --threads 2", brief: "An environment of your own" },
      { input: "gymnasium:Hopper-v5 --steps 300000", brief: "An environment of your Python" },
    ],
  },
});

function path(brief: string, placeholder: string): ParsedFlag<string> {
  return { kind: "parsed", parse: String, brief, placeholder, optional: true };
}
