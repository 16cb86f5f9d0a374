// `tempered train`: from flags and a config file to a run.

import { asInput } from "../bad-input.ts";
import { completeConfig, readConfigFile } from "../config/config-file.ts";
import type { TrainFlags } from "../config/flags.ts";
import type { CliContext } from "../context.ts";
import { catchInterruption } from "./interruption.ts";
import { jsonReporter } from "./json-reporter.ts";
import { liveReporter } from "./live-reporter.ts";
import { MIN_WIDTH } from "./live-view.ts";
import { plainReporter } from "./plain-reporter.ts";
import { prepare } from "./prepare.ts";
import type { Reporter } from "./reporter.ts";
import { runTraining } from "./training.ts";

export interface TrainCommandFlags extends TrainFlags {
  readonly run?: string;
  readonly config?: string;
  readonly quiet: boolean;
  readonly json: boolean;
}

export default async function train(this: CliContext, flags: TrainCommandFlags, env?: string): Promise<void> {
  const { run: path, config: file, quiet, json, ...settings } = flags;
  const config = completeConfig(file === undefined ? {} : readConfigFile(file), {
    ...settings,
    ...(env !== undefined && { env }),
  });
  // Until then there is nothing to save, and signals do what they always do.
  const prepared = await asInput(() => prepare(config, path));
  const interruption = catchInterruption();
  try {
    try {
      const reporter = reporterFor(this.process, { quiet, json });
      interruption.signal.addEventListener("abort", () => {
        reporter.busy?.("ending after this step; Ctrl-C again ends at once");
      });
      try {
        reporter.done(await runTraining(config, prepared, reporter, interruption));
      } catch (error) {
        reporter.failed(error as Error, prepared.run.path);
        throw error;
      }
    } finally {
      await prepared.dispose();
    }
  } finally {
    interruption.stop();
  }
}

/** The live view wants a terminal that moves its cursor and has room for it; everything else gets lines. */
function reporterFor(
  { stdout, stderr, env }: CliContext["process"],
  { quiet, json }: { quiet: boolean; json: boolean },
): Reporter {
  const write = (text: string) => void stdout.write(text);
  if (json) return jsonReporter(write, { quiet });
  const live = stdout.isTTY && stdout.columns >= MIN_WIDTH && env?.TERM !== "dumb" && !quiet;
  return live ? liveReporter(stdout, stderr) : plainReporter(write, { quiet });
}
