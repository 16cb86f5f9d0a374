// `tempered sweep`: from a study's file to its plan, a question, and the work, told as it goes.

import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { TemperedError } from "../../errors.ts";
import { planOf } from "../../sweep/plan.ts";
import { mustHaveEnvironments, secondsOf } from "../../sweep/probe.ts";
import { readStudy, StudyError } from "../../sweep/study.ts";
import { sweep } from "../../sweep/sweep.ts";
import { lineOf } from "../../sweep/toml-lines.ts";
import { asInput, BadInput } from "../bad-input.ts";
import type { CliContext } from "../context.ts";
import { catchInterruption } from "../train/interruption.ts";
import { jsonReporter } from "./json-reporter.ts";
import { liveReporter } from "./live-reporter.ts";
import { plainReporter } from "./plain-reporter.ts";
import { planText, roughly } from "./plan-text.ts";
import { defaultProcesses } from "./processes.ts";

export interface SweepFlags {
  readonly out?: string;
  readonly workers?: number;
  readonly database?: string;
  readonly expiry?: number;
  readonly store?: "directory" | "database";
  readonly print?: "slurm";
  readonly stopBroken: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

/** Exit code 1 if a run failed. */
export default async function sweepCommand(this: CliContext, flags: SweepFlags, file: string): Promise<void> {
  const { workers, database, expiry, store, yes, json } = flags;
  const { stdout } = this.process;
  const text = read(file);
  const study = await asInput(() => inStudy(file, () => planOf(readStudy(text, file))));
  const plan = flags.stopBroken ? { ...study, stopWhenBroken: true } : study;
  const out = flags.out ?? join("studies", plan.name.replaceAll(/[^\w.-]+/g, "-"));
  const threads = Math.max(
    ...plan.runs.map(({ config }) => (config.threads === "auto" ? availableParallelism() : config.threads)),
  );
  if (flags.print === "slurm") {
    const { slurmScript } = await import("./slurm.ts");
    stdout.write(slurmScript({ name: plan.name, workers: workers ?? 10, threads, database }));
    return;
  }
  const processes = workers ?? (database === undefined ? defaultProcesses(threads) : 0);
  if (processes === 0 && database === undefined) {
    throw new BadInput("WORKERS", "Expected --workers from 1 up where no --database lets others work");
  }
  if (store === "database" && database === undefined) {
    throw new BadInput("STORE", "Expected --database URL where --store database keeps what workers do in it");
  }
  if (!json) stdout.write(`${planText(plan, { out, processes, database }, stdout.columns || 110)}\n`);
  const line = lineOf(text, ["env"]);
  if (processes > 0) await asInput(() => inStudy(`${file}, line ${line}`, () => mustHaveEnvironments(plan)));
  if (!yes) {
    mustBeAbleToAsk(stdout);
    if (processes > 0) await asInput(async () => stdout.write(timeText((await secondsOf(plan)) / processes)));
    await confirmed(stdout);
  }
  const write = (text: string) => void stdout.write(text);
  const reporter = json
    ? jsonReporter(write, plan, out)
    : stdout.isTTY && process.env.TERM !== "dumb"
      ? liveReporter(stdout, plan, out)
      : plainReporter(write, plan, out);
  const interruption = catchInterruption();
  let begun = false;
  try {
    interruption.signal.addEventListener("abort", () => reporter.ending());
    const report = await sweep(plan, {
      out,
      processes,
      database,
      store,
      expiry,
      signal: interruption.signal,
      listen(event) {
        begun = true;
        reporter.tell(event);
      },
    });
    if (report.runs.some(({ status }) => status === "failed")) this.process.exitCode = 1;
  } catch (error) {
    reporter.close();
    if (begun) throw error;
    return await asInput(() => {
      throw error;
    });
  } finally {
    interruption.stop();
    reporter.close();
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const found = { ENOENT: "none", EISDIR: "a directory" }[code ?? ""] ?? message;
    throw new BadInput("STUDY", `Expected a study's file at ${file}, found ${found}`, { cause: error });
  }
}

/** What is wrong with the study is told with where it stands. */
async function inStudy<T>(place: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof TemperedError) || error.message.startsWith(place)) throw error;
    throw new StudyError(error.code, `${place}: ${error.message}`, { cause: error });
  }
}

function timeText(seconds: number): string {
  return `about ${roughly(seconds)} at the speed just measured, evaluations left out\n`;
}

function mustBeAbleToAsk(stdout: NodeJS.WriteStream): void {
  if (stdout.isTTY && process.stdin.isTTY) return;
  throw new BadInput("CONFIRM", "Expected --yes where nobody can be asked whether to begin");
}

async function confirmed(stdout: NodeJS.WriteStream): Promise<void> {
  const line = createInterface({ input: process.stdin, output: stdout });
  const answer = await line.question("Begin? [Y/n] ");
  line.close();
  if (!/^(y|yes|)$/i.test(answer.trim())) throw new BadInput("CONFIRM", "nothing was begun");
}
