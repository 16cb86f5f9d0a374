// How `tempered export` is called.

import { buildCommand } from "@stricli/core";
import { z } from "zod";
import { schemaFlag } from "../config/flags.ts";
import { textFlag } from "../config/plain-flags.ts";
import type { CliContext } from "../context.ts";
import type { ExportFlags } from "../export.ts";
import { withHelp } from "../help.ts";
import { BRIEFS } from "./briefs.ts";

const command = buildCommand<ExportFlags, [string], CliContext>({
  loader: async () => import("../export.ts"),
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ brief: "Directory of a run, or of an agent", placeholder: "RUN", parse: String }],
    },
    flags: {
      js: textFlag("One JavaScript module that needs nothing else.", "FILE"),
      onnx: textFlag("An ONNX model: observation [batch, n] in, action [batch, d] out.", "FILE"),
      safetensors: textFlag("The actor's weights, under torch.nn.Linear's names.", "FILE"),
      trainStep: textFlag("The whole training step as an ONNX model.", "FILE"),
      which: schemaFlag(
        z.enum(["best", "last"]),
        "The agent of the best evaluation, or the last one. Default best where the run has it, else last.",
        "best|last",
      ),
      stochastic: {
        kind: "boolean",
        brief: "Actions are drawn from the policy instead of its mean.",
        default: false,
      },
      env: textFlag(
        "The environment, for agents that older versions saved without their actions' bounds.",
        "ENV",
      ),
    },
  },
  docs: { brief: BRIEFS.export },
});

export const exportPolicy = withHelp(command, {
  usage: "RUN --js FILE | --onnx FILE | --safetensors FILE [flags]",
  about: [
    "Writes a trained policy as a file that acts without tempered. Observations go in as the environment gives them, actions " +
      "come out in its units: normalization, tanh and scaling are inside, but for --safetensors, which has the bare layers.",
    "The JavaScript module exports createPolicy(): { act(observation) }; it runs in Node, browsers and workers. The ONNX " +
      "model's batch is free; with --stochastic it has a second input, noise [batch, d], standard normal draws.",
  ],
  groups: { Files: ["js", "onnx", "safetensors", "trainStep"], Policy: ["which", "stochastic", "env"] },
  examples: [
    ["runs/first --js policy.js", "For a web page or a game."],
    ["runs/first --onnx policy.onnx", "For Python, C++, C#: whatever runs ONNX."],
  ],
});
