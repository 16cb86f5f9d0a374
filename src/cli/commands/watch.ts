// How `tempered watch` is called. What it does is in ../watch.

import { buildCommand, numberParser } from "@stricli/core";
import type { CliContext } from "../context.ts";
import type { WatchFlags } from "../watch/command.ts";
import { BRIEFS } from "./briefs.ts";

export const watch = buildCommand<WatchFlags, [string?], CliContext>({
  loader: async () => import("../watch/command.ts"),
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "Folder of the runs, with all below it [default: the current one]",
          placeholder: "DIR",
          parse: String,
          optional: true,
        },
      ],
    },
    flags: {
      port: {
        kind: "parsed",
        parse: port,
        brief: "Port to listen on; 0 takes any. [default: 7777]",
        placeholder: "P",
        optional: true,
      },
      host: {
        kind: "parsed",
        parse: String,
        brief: "Address to listen on; others than this machine's own need --token. [default: 127.0.0.1]",
        placeholder: "H",
        optional: true,
      },
      token: {
        kind: "parsed",
        parse: String,
        brief:
          "Ask whoever opens the page for this word, of 8 characters or more; none asks for none. Other users of the machine " +
          "see it in its list of processes: better give it as TEMPERED_TOKEN or --token-file. [default: a random one where " +
          "others are logged in too]",
        placeholder: "T",
        optional: true,
      },
      tokenFile: {
        kind: "parsed",
        parse: String,
        brief: "File that holds the word.",
        placeholder: "FILE",
        optional: true,
      },
    },
  },
  docs: {
    brief: BRIEFS.watch,
    fullDescription: [
      "Shows every run below a folder in the browser while it learns: α, entropy and its target, the slope of ln α",
      "against its limit, returns, losses, and what the doctor says.",
      "",
      "Reads our own runs and the logs of Stable-Baselines3, CleanRL, RLlib and other programs (TensorBoard, CSV, JSON,",
      "printed lines). Nothing is written, and nothing leaves this machine.",
    ].join("\n"),
    customUsage: [
      { input: "", brief: "Everything below the current folder" },
      { input: "runs --port 8000", brief: "At another port" },
      { input: "logs --host 0.0.0.0 --token WORD", brief: "For other machines too" },
    ],
  },
});

function port(text: string): number {
  const value = numberParser(text);
  if (Number.isInteger(value) && value >= 0 && value < 65_536) return value;
  throw new RangeError(`expected a port from 0 to 65535, got ${text}`);
}
