// How `tempered import` is called.

import { buildCommand } from "@stricli/core";
import { textFlag } from "../config/plain-flags.ts";
import type { CliContext } from "../context.ts";
import { withHelp } from "../help.ts";
import type { ImportFlags } from "../import.ts";
import { BRIEFS } from "./briefs.ts";

const command = buildCommand<ImportFlags, [string], CliContext>({
  loader: async () => import("../import.ts"),
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ brief: "What another program has saved", placeholder: "FILE", parse: String }],
    },
    flags: {
      run: {
        kind: "parsed",
        parse: String,
        brief: "Directory of the run that it becomes.",
        placeholder: "DIR",
      },
      env: textFlag("The environment that it was trained in; the files do not say it.", "ID"),
      layers: textFlag(
        "Names of the actor's layers, the head's two joined by +, where they are unusual.",
        "A,B,MU+SIGMA",
      ),
    },
  },
  docs: { brief: BRIEFS.import },
});

export const importAgent = withHelp(command, {
  usage: "FILE --run DIR [--env ID]",
  about: [
    "Takes a SAC that Stable-Baselines3 has saved (model.save: a .zip) with hyperparameters, targets, optimisers and α; or the " +
      "actor's weights alone from a torch state_dict (.pt, .pth: CleanRL's names, a Sequential's) or a safetensors file.",
    "The files are read as data: pickles that ask for anything but tensors, dictionaries and numbers are refused.",
  ],
  groups: { Run: ["run", "env", "layers"] },
  examples: [
    ["sac_pendulum.zip --run runs/theirs --env Pendulum-v1", "From Stable-Baselines3."],
    ["actor.pth --run runs/cleanrl --env HalfCheetah-v5", "The actor's state_dict of CleanRL."],
  ],
});
