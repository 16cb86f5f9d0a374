// How `tempered compare` is called. What it does is in ../compare.

import { buildCommand } from "@stricli/core";
import type { CompareFlags } from "../compare/command.ts";
import type { CliContext } from "../context.ts";
import { withHelp } from "../help.ts";
import { BRIEFS } from "./briefs.ts";

const command = buildCommand<CompareFlags, string[], CliContext>({
  loader: async () => import("../compare/command.ts"),
  parameters: {
    positional: {
      kind: "array",
      minimum: 1,
      parameter: { brief: "Directories of runs, or logs, of any program", placeholder: "DIR", parse: String },
    },
    flags: {
      json: { kind: "boolean", brief: "Print one JSON document.", default: false },
      markdown: { kind: "boolean", brief: "Print a Markdown table.", default: false },
    },
  },
  docs: { brief: BRIEFS.compare },
});

export const compare = withHelp(command, {
  usage: "DIR… [--json | --markdown]",
  about: [
    "Reads runs of Stable-Baselines3, CleanRL and whatever else the doctor reads, and compares their returns at the end: " +
      "interquartile mean with a 95% bootstrap interval, how likely a run is better than one of the first group, and the " +
      "doctor's verdicts.",
    "Of several directories each is a group. One alone is grouped by the names of its directories without seeds and times, " +
      "a study of `tempered sweep` by its settings.",
  ],
  groups: { Output: ["json", "markdown"] },
  examples: [
    ["logs/sb3 logs/cleanrl", "Two programs."],
    ["runs/", "Folders such as Pendulum-v1__sac__1__1700000000, a group for all its seeds."],
    ["studies/target-entropy --markdown", "A study, for an issue."],
  ],
});
