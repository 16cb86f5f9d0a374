// How `tempered sweep` is called. What it does is in ../sweep.

import { buildCommand } from "@stricli/core";
import { z } from "zod";
import { integer, positive } from "../../training/fields.ts";
import { schemaFlag } from "../config/flags.ts";
import { textFlag } from "../config/plain-flags.ts";
import type { CliContext } from "../context.ts";
import { withHelp } from "../help.ts";
import type { SweepFlags } from "../sweep/command.ts";
import { BRIEFS } from "./briefs.ts";

const command = buildCommand<SweepFlags, [string], CliContext>({
  loader: async () => import("../sweep/command.ts"),
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ brief: "The study's file (TOML)", placeholder: "STUDY", parse: String }],
    },
    flags: {
      out: textFlag("Directory of the study. Default studies/NAME.", "DIR"),
      workers: schemaFlag(
        integer(0),
        "Runs at once on this machine. Default: as many as cores and memory allow; 0 with --database.",
        "N",
      ),
      database: textFlag(
        "A PostgreSQL from which other machines work too: `tempered worker --database URL`.",
        "URL",
      ),
      store: schemaFlag(
        z.enum(["directory", "database"]),
        "Where workers leave what they do: in DIR, which all see, or in the database. Default: directory.",
        "directory|database",
      ),
      expiry: schemaFlag(
        positive(),
        "Seconds of silence after which a worker's segment goes to another. Default 60.",
        "S",
      ),
      print: schemaFlag(
        z.enum(["slurm"]),
        "Print a job-array script whose workers pull from --database, and end.",
        "slurm",
      ),
      stopBroken: {
        kind: "boolean",
        brief: "End a run that the doctor finds decisively broken; as stopWhenBroken = true in the file.",
        default: false,
      },
      yes: { kind: "boolean", brief: "Begin without asking.", default: false },
      json: {
        kind: "boolean",
        brief: "Print one JSON object a line, the last with the report's place.",
        default: false,
      },
    },
  },
  docs: { brief: BRIEFS.sweep },
});

export const sweep = withHelp(command, {
  usage: "STUDY [flags]",
  about: [
    "Trains every run of a study and reports interquartile means with 95% intervals, and the doctor's verdict on each run.",
    "Runs are done in segments that end in checkpoints. Whatever stops it (Ctrl-C, kill -9, a power cut), the same command " +
      "goes on: what is done is not repeated, and what was under way loses one segment at most. DIR gets runs/ID, report.json, " +
      "report.html, report.md and metrics.parquet.",
    "--database wants the package pg-boss: npm install pg-boss@10",
  ],
  groups: {
    Study: ["out", "workers", "database", "store", "expiry", "stopBroken", "print"],
    Output: ["yes", "json"],
  },
  examples: [
    ["study.toml --out studies/targets", "On this machine."],
    ["study.toml --yes --workers 2", "Without asking, two runs at a time."],
    [
      "study.toml --out /shared/targets --database postgres://me@db/sweeps",
      "Queue it for workers, and follow.",
    ],
  ],
});
