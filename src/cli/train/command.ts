// `tempered train` and `tempered resume`: from flags, a config file or a run to a training, and its events to a reporter.

import { TemperedError } from "../../errors.ts";
import { environmentOf } from "../../training/env-place.ts";
import { Failure } from "../../training/events.ts";
import { readRunManifest } from "../../training/run-file.ts";
import { settingsOf } from "../../training/setting-names.ts";
import type { TrainConfig } from "../../training/settings.ts";
import { type TrainOptions, train } from "../../training/train.ts";
import { BadInput } from "../bad-input.ts";
import { completeConfig, readConfigFile } from "../config/config-file.ts";
import type { TrainFlags } from "../config/flags.ts";
import type { CliContext } from "../context.ts";
import { whenStray } from "../stray-errors.ts";
import { mustBeTrusted } from "../trust.ts";
import { catchInterruption } from "./interruption.ts";
import { jsonReporter } from "./json-reporter.ts";
import { liveReporter } from "./live-reporter.ts";
import { MIN_WIDTH } from "./live-view.ts";
import { plainReporter } from "./plain-reporter.ts";
import { type Reporter, tell } from "./reporter.ts";

interface OutputFlags {
  readonly quiet: boolean;
  readonly json: boolean;
}

export interface TrainCommandFlags extends TrainFlags, OutputFlags {
  readonly run?: string;
  readonly resume: boolean;
  readonly initFrom?: string;
  readonly config?: string;
}

export interface ResumeCommandFlags extends OutputFlags {
  readonly env?: string;
  readonly steps?: number;
  readonly checkpointEvery?: number;
}

export default async function trainCommand(
  this: CliContext,
  flags: TrainCommandFlags,
  env?: string,
): Promise<void> {
  const { run, resume, initFrom, config: file, quiet, json, ...settings } = flags;
  if (resume && run === undefined) {
    throw new BadInput(
      "RESUME",
      "--resume goes on in the directory that --run names; give both, or `tempered resume RUN`",
    );
  }
  const config = completeConfig(file === undefined ? {} : readConfigFile(file), {
    ...settings,
    ...(env !== undefined && { env }),
  });
  await follow(this, config, { run, resume, initFrom }, { quiet, json });
}

export async function resumeCommand(this: CliContext, flags: ResumeCommandFlags, run: string): Promise<void> {
  const { quiet, json, ...changed } = flags;
  const { before, environment } = await readStored(run, flags.env, this);
  await follow(this, completeConfig(before, changed), { run, resume: true, environment }, { quiet, json });
}

/** @throws BadInput (RESUME, RUN_ORIGIN) where there is no run, or one that nobody could go on with */
async function readStored(run: string, named: string | undefined, { process: { stderr } }: CliContext) {
  try {
    const manifest = readRunManifest(run);
    const before = settingsOf(manifest.config);
    const environment = environmentOf(run, { ...manifest, env: before.env ?? manifest.env });
    await mustBeTrusted(run, { ...manifest, env: environment }, named, {
      input: process.stdin,
      output: stderr,
    });
    return { before, environment: named ?? environment };
  } catch (cause) {
    const code = cause instanceof TemperedError && cause.code === "RUN_ORIGIN" ? cause.code : "RESUME";
    throw new BadInput(code, (cause as Error).message, { cause });
  }
}

async function follow(
  { process }: CliContext,
  config: TrainConfig,
  options: TrainOptions,
  output: OutputFlags,
): Promise<void> {
  const reporter = reporterFor(process, output);
  const abort = new AbortController();
  // Until the run has begun there is nothing to save, and signals do what they always do.
  let interruption: ReturnType<typeof catchInterruption> | undefined;
  let endStrays: (() => void) | undefined;
  let path: string | undefined;
  try {
    for await (const event of train(config, { ...options, signal: abort.signal })) {
      if (event.kind === "started") {
        path = event.run.path;
        interruption = catchInterruption(abort);
        endStrays = whenStray((error) =>
          abort.abort(new Failure(error.code, error.message, { cause: error.cause })),
        );
        abort.signal.addEventListener("abort", () => {
          reporter.busy?.("ending after this step; Ctrl-C again ends at once");
        });
      }
      tell(reporter, event);
    }
  } catch (error) {
    // What is wrong before the first step is wrong with what was asked for.
    if (path === undefined) throw error instanceof TemperedError ? asBadInput(error) : error;
    reporter.failed(error as Error, path);
    throw error;
  } finally {
    interruption?.stop();
    endStrays?.();
  }
}

function asBadInput(error: TemperedError): BadInput {
  return error instanceof BadInput ? error : new BadInput(error.code, error.message, { cause: error });
}

/** The live view wants a terminal that moves its cursor and has room for it; everything else gets lines. */
function reporterFor({ stdout, stderr, env }: CliContext["process"], { quiet, json }: OutputFlags): Reporter {
  const write = (text: string) => void stdout.write(text);
  if (json) return jsonReporter(write, { quiet });
  const live = stdout.isTTY && stdout.columns >= MIN_WIDTH && env?.TERM !== "dumb" && !quiet;
  return live ? liveReporter(stdout, stderr) : plainReporter(write, { quiet });
}
