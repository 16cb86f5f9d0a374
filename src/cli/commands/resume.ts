// How `tempered resume` is called. What it does is in ../train.

import { buildCommand } from "@stricli/core";
import { trainFlags } from "../config/flags.ts";
import { textFlag } from "../config/plain-flags.ts";
import type { CliContext } from "../context.ts";
import { withHelp } from "../help.ts";
import type { ResumeCommandFlags } from "../train/command.ts";
import { BRIEFS } from "./briefs.ts";

const { steps, checkpointEvery } = trainFlags();

const command = buildCommand<ResumeCommandFlags, [string], CliContext>({
  loader: async () => (await import("../train/command.ts")).resumeCommand,
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ brief: "The run's directory", placeholder: "RUN", parse: String }],
    },
    flags: {
      steps: {
        ...steps,
        brief: "Environment steps in all, those taken included. Default: as the run was begun with.",
      },
      checkpointEvery: {
        ...checkpointEvery,
        brief: "Environment steps between two checkpoints. Default: as the run was begun with.",
      },
      env: textFlag(
        "The run's environment, named again: wanted for a run made elsewhere whose environment is code.",
        "ENV",
      ),
      quiet: { kind: "boolean", brief: "Print the result alone.", default: false },
      json: {
        kind: "boolean",
        brief: "Print one JSON object a line, the last with the result.",
        default: false,
      },
    },
  },
  docs: { brief: BRIEFS.resume },
});

export const resume = withHelp(command, {
  usage: "RUN [flags]",
  about: [
    "Goes on with a run that was ended, interrupted or killed, with the settings it was begun with, from its newest whole " +
      "checkpoint: weights, moments, α, replay buffer, random streams, environments and episodes in progress. What was " +
      "logged after the checkpoint is cut off and made again, so that no line is lost or doubled.",
    "An environment whose state cannot be told (one of Python, or a module without state() and restore()) begins a new " +
      "episode.",
  ],
  groups: { Run: ["steps", "checkpointEvery", "env"], Output: ["quiet", "json"] },
  examples: [
    ["runs/first", "To the end that it was begun for."],
    ["runs/first --steps 20000", "Further than that."],
  ],
});
