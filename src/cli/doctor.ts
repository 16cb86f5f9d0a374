// `tempered doctor`: reads logs, asks the doctor, and tells what it says.

import { writeFileSync } from "node:fs";
import type { SourceReport } from "../code/index.ts";
import { diagnose } from "../doctor/diagnose.ts";
import type { Diagnosis } from "../doctor/index.ts";
import { htmlReport, jsonReport, markdownReport, terminalReport } from "../doctor/report/index.ts";
import { readPaths } from "../runs/readers/find-logs.node.ts";
import type { DeclaredSettings, LossForm } from "../runs/series.ts";
import { BadInput } from "./bad-input.ts";
import type { CliContext } from "./context.ts";
import { isSource, readSources, sourceReport } from "./sources.ts";

export interface DoctorFlags {
  readonly json: boolean;
  readonly html?: string;
  readonly markdown: boolean;
  readonly targetEntropy?: number;
  readonly actionDim?: number;
  readonly discrete?: number;
  readonly actionHalfRange?: readonly number[];
  readonly alphaLearningRate?: number;
  readonly initialAlpha?: number;
  readonly alphaMin?: number;
  readonly alphaMax?: number;
  readonly updatesPerStep?: number;
  readonly stepsPerEpisode?: number;
  readonly lossForm?: LossForm;
}

/** Exit code 1 if a run has an error-level fault, 2 if a path could not be read. */
export default async function doctor(
  this: CliContext,
  flags: DoctorFlags,
  ...paths: string[]
): Promise<void> {
  const { json, html, markdown, discrete, actionHalfRange, ...said } = flags;
  if (discrete !== undefined && said.actionDim !== undefined) {
    throw new BadInput(
      "DISCRETE",
      "Expected --discrete or --action-dim, got both: a policy has one kind of action",
    );
  }
  const ranges = halfRanges(actionHalfRange, said.actionDim);
  const declared = given({ ...said, discreteActions: discrete, actionHalfRange: ranges });
  const code = readSources(paths.filter(isSource));
  const { sources } = code;
  const logs = paths.filter((path) => !isSource(path));
  const found = logs.length > 0 ? await readPaths(logs) : { series: [], errors: [] };
  const { series } = found;
  const errors = [...code.errors, ...found.errors];
  if (series.length === 0 && sources.length === 0) {
    throw new BadInput(
      "LOG",
      errors.map(({ message }) => message).join("\n") || "Expected a log, found none there",
    );
  }
  const diagnoses = series.map((run) => diagnose(run, declared));

  const { stdout, stderr } = this.process;
  if (html !== undefined) writeFileSync(html, htmlReport(diagnoses));
  if (json) stdout.write(`${JSON.stringify(documentOf(diagnoses, sources), undefined, 2)}\n`);
  else if (markdown) {
    const fenced = sources.map((report) => `\`\`\`text\n${sourceReport(report)}\n\`\`\`\n`);
    stdout.write([...fenced, ...(series.length > 0 ? [markdownReport(diagnoses)] : [])].join("\n"));
  } else {
    const reports = [...sources.map(sourceReport), ...(series.length > 0 ? [told(diagnoses, stdout)] : [])];
    stdout.write(`${reports.join("\n\n")}\n`);
  }
  for (const { message } of errors) stderr.write(`${message}\n`);

  const faulty = [...diagnoses, ...sources].some(({ verdict }) => verdict === "fault");
  this.process.exitCode = faulty ? 1 : errors.length > 0 ? 2 : 0;
}

function documentOf(diagnoses: readonly Diagnosis[], sources: readonly SourceReport[]) {
  const runs = jsonReport(diagnoses);
  return sources.length > 0 ? { ...runs, sources } : runs;
}

/** Flags that were left out say nothing, and so do not hide what the log says. */
function given(
  settings: { readonly [name in keyof DeclaredSettings]: DeclaredSettings[name] | undefined },
): DeclaredSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

/** One number serves all dimensions, if their number is known. */
function halfRanges(ranges: readonly number[] | undefined, actionDim: number | undefined) {
  if (ranges === undefined || actionDim === undefined || ranges.length === actionDim) return ranges;
  if (ranges.length === 1) return Array<number>(actionDim).fill(ranges[0]!);
  throw new BadInput(
    "HALF_RANGE",
    `Expected --action-half-range with 1 or ${actionDim} numbers, as --action-dim says, got ${ranges.length}`,
  );
}

function told(diagnoses: readonly Diagnosis[], stdout: NodeJS.WriteStream): string {
  const width = Math.min(stdout.columns || 80, 100);
  const color = stdout.isTTY === true && !process.env.NO_COLOR;
  const reports = diagnoses.map((diagnosis) => terminalReport(diagnosis, { width, color }));
  return reports.join(`\n${"─".repeat(width)}\n`);
}
