// `tempered envs`: the environments that can be named.

import { buildCommand } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { withHelp } from "../help.ts";
import { BRIEFS } from "./briefs.ts";

const command = buildCommand<{ readonly json: boolean }, [], CliContext>({
  loader: async () => import("../envs.ts"),
  parameters: { flags: { json: { kind: "boolean", brief: "Print one JSON document.", default: false } } },
  docs: { brief: BRIEFS.envs },
});

export const envs = withHelp(command, {
  usage: "[--json]",
  about: [
    "Lists the environments that come along, with the shapes and bounds of their observations and actions.",
    "`tempered train` also takes gymnasium:ID, an environment of your Python, and the path of a module of your own.",
  ],
  examples: [
    ["", "All of them."],
    ["--json", "For programs: id, task, spaces, time limit and the return that counts as solved."],
  ],
});
