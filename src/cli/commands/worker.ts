// How `tempered worker` is called. What it does is in ../worker.

import { buildCommand } from "@stricli/core";
import { integer } from "../../training/fields.ts";
import { schemaFlag } from "../config/flags.ts";
import { textFlag } from "../config/plain-flags.ts";
import type { CliContext } from "../context.ts";
import { withHelp } from "../help.ts";
import type { WorkerFlags } from "../worker/command.ts";
import { BRIEFS } from "./briefs.ts";

const command = buildCommand<WorkerFlags, [], CliContext>({
  loader: async () => import("../worker/command.ts"),
  parameters: {
    flags: {
      database: {
        kind: "parsed",
        parse: String,
        brief: "The PostgreSQL of `tempered sweep --database`.",
        placeholder: "URL",
      },
      workers: schemaFlag(
        integer(1),
        "Runs at once on this machine. Default: as many as cores and memory allow.",
        "N",
      ),
      out: textFlag(
        "The study's directory, where this machine sees it elsewhere than the one that queued it.",
        "DIR",
      ),
      once: { kind: "boolean", brief: "End when nothing is left to do.", default: false },
      json: { kind: "boolean", brief: "Print one JSON object a line.", default: false },
    },
  },
  docs: { brief: BRIEFS.worker },
});

export const worker = withHelp(command, {
  usage: "--database URL [flags]",
  about: [
    "Takes segments of runs from the queue and trains them, until SIGTERM or Ctrl-C: what is being worked on is then " +
      "brought to its next row of metrics and kept. Start any number, on any machines that see the study's directory.",
    "One that dies or falls silent loses its segment to another; one that comes back from the dead changes nothing.",
  ],
  groups: { Work: ["database", "workers", "out", "once"], Output: ["json"] },
  examples: [
    ["--database postgres://me@db/sweeps", "On all cores."],
    ["--database postgres://me@db/sweeps --once --workers 1", "In a batch job: ends with the queue."],
  ],
});
