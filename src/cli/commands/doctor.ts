// How `tempered doctor` is called. What it does is in ../doctor.

import { buildCommand } from "@stricli/core";
import { choiceFlag, numberFlag, numbersFlag, textFlag } from "../config/plain-flags.ts";
import type { CliContext } from "../context.ts";
import type { DoctorFlags } from "../doctor.ts";
import { withHelp } from "../help.ts";
import { BRIEFS } from "./briefs.ts";

const positive = { above: 0 };

const command = buildCommand<DoctorFlags, string[], CliContext>({
  loader: async () => import("../doctor.ts"),
  parameters: {
    positional: {
      kind: "array",
      minimum: 0,
      parameter: {
        brief: "Logs, SAC source (.py, .ipynb, .ts, .js, .md), directories of either, - for standard input",
        placeholder: "PATH",
        parse: String,
      },
    },
    flags: {
      explain: textFlag("Tell what a finding means, how it shows and what to do.", "ID"),
      printCallback: choiceFlag("Print the lines that log what decides, for a training script.", [
        "sb3",
        "cleanrl",
        "rllib",
        "torch",
      ]),
      json: { kind: "boolean", brief: "Print one JSON document.", default: false },
      html: textFlag("Write a page with figures.", "FILE"),
      markdown: { kind: "boolean", brief: "Print Markdown, for an issue.", default: false },
      sarif: textFlag("Write what source code has wrong as SARIF 2.1.0, for code hosts.", "FILE"),
      fix: { kind: "boolean", brief: "Print a patch that mends source code.", default: false },
      fixInPlace: { kind: "boolean", brief: "Mend the source files themselves.", default: false },
      targetEntropy: numberFlag("Target entropy in nats, in the units of the log.", "X"),
      actionDim: numberFlag("Action dimensions.", "D", { integerFrom: 1 }),
      discrete: numberFlag("Number of discrete actions.", "N", { integerFrom: 2 }),
      actionHalfRange: numbersFlag(
        "Log π and the target are in environment units with these half-ranges; one number serves all dimensions.",
        "X,…",
        positive,
      ),
      alphaLearningRate: numberFlag("Learning rate of α.", "X", positive),
      initialAlpha: numberFlag("α before the first update.", "X", positive),
      alphaMin: numberFlag("Lower bound of α.", "X", positive),
      alphaMax: numberFlag("Upper bound of α.", "X", positive),
      updatesPerStep: numberFlag("Updates per environment step. Default 1, where not logged.", "X", positive),
      stepsPerEpisode: numberFlag(
        "Environment steps per episode, where the log counts episodes.",
        "X",
        positive,
      ),
      lossForm: choiceFlag("What the α loss multiplies the gap with.", ["log-alpha", "alpha"]),
    },
  },
  docs: { brief: BRIEFS.doctor },
});

export const doctor = withHelp(command, {
  usage: "PATH… [flags] | --explain ID | --print-callback PROGRAM",
  about: [
    "Reads the log of any Soft Actor-Critic program and names what is wrong with its entropy temperature α: with numbers, " +
      "the steps at which it shows, and the fix. Formats and programs are recognised by content.",
    "Source code is read without running it: what the α update computes, and on which line it is wrong.",
    "What the log does not say can be said with flags; they win over what it does say.",
  ],
  groups: {
    Reports: ["json", "html", "markdown", "sarif"],
    "Source code": ["fix", "fixInPlace"],
    "Without a log": ["explain", "printCallback"],
    "About the run": [
      "targetEntropy",
      "actionDim",
      "discrete",
      "actionHalfRange",
      "alphaLearningRate",
      "initialAlpha",
      "alphaMin",
      "alphaMax",
      "updatesPerStep",
      "stepsPerEpisode",
      "lossForm",
    ],
  },
  examples: [
    ["runs/", "Every run below a directory."],
    ["progress.csv --action-dim 6 --html report.html", "One log, with figures."],
    [
      "log.txt --alpha-learning-rate 1e-4 --target-entropy -4 --steps-per-episode 1000",
      "Printed lines such as `Alpha: 0.012`, once an episode.",
    ],
    [
      "sac.py runs/",
      "A program and its logs: its settings are those of the logs, a cause in both is said once.",
    ],
    ["sac.py --fix | patch -p1", "Mend what can be mended; nothing is written otherwise."],
    ["--explain target-unreachable", "A finding's page."],
    ["--print-callback sb3 > temperature_log.py", "So that the next log decides."],
  ],
});
