// `tempered train` as a user starts it, in a process of its own, timed between two of the rows that it logs.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { lines } from "./json-lines.ts";
import { flags } from "./options.ts";

const program = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));

/**
 * Environment steps a second from step `warmUp` to step `last`.
 * @param settings flags of the command line, by name
 */
export function ownTraining(
  env: string,
  settings: Readonly<Record<string, string | number>>,
  threads: number,
  { warmUp, last }: { readonly warmUp: number; readonly last: number },
): { rate: number; about: string } {
  const folder = mkdtempSync(join(tmpdir(), "tempered-own-training-"));
  try {
    const run = { steps: last, threads, "log-every": warmUp, "eval-episodes": 1, run: join(folder, "run") };
    const said = lines(
      [
        ...[process.execPath, "--import", "tsx", program, "train", env, "--json"],
        ...flags({ ...run, ...settings }),
      ],
      threads,
    );
    const seconds = (step: number) =>
      said.find((row) => row["time/total_timesteps"] === step)!["time/time_elapsed"] as number;
    return {
      rate: (last - warmUp) / (seconds(last) - seconds(warmUp)),
      about: `Node ${process.version}`,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
