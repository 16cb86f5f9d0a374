// How `tempered lab` is called. What it does is in ../lab.

import { buildCommand } from "@stricli/core";
import type { CliContext } from "../context.ts";
import type { LabFlags } from "../lab/command.ts";
import { portOf } from "../lab/port.ts";
import { BRIEFS } from "./briefs.ts";

export const lab = buildCommand<LabFlags, [], CliContext>({
  loader: async () => import("../lab/command.ts"),
  parameters: {
    flags: {
      port: {
        kind: "parsed",
        parse: portOf,
        brief: "Port on 127.0.0.1; 0 takes any that is free. [default: 7370, or the next free one]",
        placeholder: "P",
        optional: true,
      },
    },
  },
  docs: {
    brief: BRIEFS.lab,
    fullDescription: [
      "Serves a page in which SAC learns on the WebAssembly engine while its temperature is shown, broken and mended,",
      "and in which any log can be dropped for the doctor's report. Nothing leaves the browser.",
      "The same page is a static site in dist/lab of this package, for any file host.",
      "Ctrl-C ends it.",
    ].join("\n"),
  },
});
