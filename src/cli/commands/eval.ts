// How `tempered eval` is called.

import { buildCommand } from "@stricli/core";
import { z } from "zod";
import { EVALUATION_SEED } from "../../training/evaluation-seed.ts";
import { integer } from "../../training/fields.ts";
import { schemaFlag, trainFlags } from "../config/flags.ts";
import { textFlag } from "../config/plain-flags.ts";
import type { CliContext } from "../context.ts";
import type { EvalFlags } from "../eval.ts";
import { withHelp } from "../help.ts";
import { BRIEFS } from "./briefs.ts";

const command = buildCommand<EvalFlags, [string], CliContext>({
  loader: async () => import("../eval.ts"),
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ brief: "Directory of a run, or of an agent", placeholder: "RUN", parse: String }],
    },
    flags: {
      episodes: schemaFlag(integer(1), "Episodes. Default 10.", "N"),
      seed: schemaFlag(
        integer(0),
        `Seeds the environment. Default ${EVALUATION_SEED}, the episodes that training evaluates on.`,
        "S",
      ),
      which: schemaFlag(
        z.enum(["best", "last"]),
        "The agent of the best evaluation, or the last one. Default best where the run has it, else last.",
        "best|last",
      ),
      env: textFlag(
        "Environment to play in, as for `train`. Default: the run's own; a run made elsewhere whose environment is code wants it.",
        "ENV",
      ),
      engine: trainFlags().engine,
      stochastic: {
        kind: "boolean",
        brief: "Draw actions from the policy instead of its mean.",
        default: false,
      },
      render: textFlag("Draw the first episode as an animated SVG.", "FILE"),
      json: { kind: "boolean", brief: "Print one JSON document.", default: false },
    },
  },
  docs: { brief: BRIEFS.eval },
});

export const evaluate = withHelp(command, {
  usage: "RUN [flags]",
  about: [
    "Plays whole episodes with a trained agent and prints the mean of their returns ± its standard deviation.",
  ],
  examples: [
    ["runs/first", "Ten episodes with the best agent of the run."],
    ["runs/first --episodes 50 --json", "For programs: every episode's return."],
    ["runs/first --which last --render pendulum.svg", "See what the last agent does."],
  ],
});
