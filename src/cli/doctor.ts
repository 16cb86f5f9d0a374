// `tempered doctor`: reads logs, asks the doctor, and tells what it says.

import { writeFileSync } from "node:fs";
import type { CallbackName } from "../doctor/callbacks/index.ts";
import { diagnose } from "../doctor/diagnose.ts";
import type { Diagnosis } from "../doctor/index.ts";
import { terminalReport } from "../doctor/report/terminal.ts";
import { readPaths } from "../runs/readers/find-logs.node.ts";
import type { DeclaredSettings, LossForm } from "../runs/series.ts";
import { ownVersion } from "../training/versions.ts";
import { BadInput } from "./bad-input.ts";
import type { CliContext } from "./context.ts";
import { sourceHtml, sourceMarkdown, sourceReport } from "./source-reports.ts";
import { declaredBy, isProgram, sourcesAmong } from "./sources.ts";

export interface DoctorFlags {
  readonly explain?: string;
  readonly printCallback?: CallbackName;
  readonly json: boolean;
  readonly html?: string;
  readonly markdown: boolean;
  readonly sarif?: string;
  readonly fix: boolean;
  readonly fixInPlace: boolean;
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
  const {
    json,
    html,
    markdown,
    sarif,
    fix,
    fixInPlace,
    discrete,
    actionHalfRange,
    explain,
    printCallback,
    ...said
  } = flags;
  if (explain !== undefined || printCallback !== undefined) {
    const { textOf } = await import("./doctor-texts.ts");
    this.process.stdout.write(`${await textOf(explain, printCallback, this.process.stdout.columns)}\n`);
    return;
  }
  if (paths.length === 0) {
    throw new BadInput(
      "NO_PATH",
      "Expected a log file, a directory, or - for standard input; --help tells more",
    );
  }
  if (discrete !== undefined && said.actionDim !== undefined) {
    throw new BadInput(
      "DISCRETE",
      "Expected --discrete or --action-dim, got both: a policy has one kind of action",
    );
  }
  const ranges = halfRanges(actionHalfRange, said.actionDim);
  const declared = given({ ...said, discreteActions: discrete, actionHalfRange: ranges });
  const input = paths.includes("-") ? await firstOf(process.stdin) : undefined;
  const code = await sourcesAmong(paths, input?.whole);
  const { sources } = code;
  const logs = code.others;
  const found =
    logs.length > 0 ? await readPaths(logs, input ? { stdin: input.bytes } : {}) : { series: [], errors: [] };
  const { series } = found;
  // A directory of programs need hold no log.
  const missing = ({ code: kind, path }: { code: string; path: string }) =>
    kind === "LOG_NOT_FOUND" && code.searched.has(path);
  const errors = [...code.errors, ...found.errors.filter((error) => !missing(error))];
  if (series.length === 0 && sources.length === 0) {
    throw new BadInput(
      "LOG",
      errors.map(({ message }) => message).join("\n") || "Expected a log, found none there",
    );
  }
  // What the run itself says is nearer to it than its program, and what the user says is nearest.
  const stated = declaredBy(sources);
  const diagnoses = series.map(({ declared: ofRun, ...run }) => {
    const { alphaLearningRateEnd, ...fixed } = ofRun;
    const own = declared.alphaLearningRate === undefined ? ofRun : fixed;
    return diagnose({ ...run, declared: own }, { ...stated, ...given(own), ...declared });
  });
  const shown = new Set(diagnoses.flatMap(({ findings }) => findings.map(({ id }) => id as string)));

  const { stdout, stderr } = this.process;
  // The reports that are not asked for are not loaded: most of what the doctor takes is its start.
  if (html !== undefined) {
    writeFileSync(
      html,
      (await import("../doctor/report/html.ts")).htmlReport(
        diagnoses,
        sources.map((report) => sourceHtml(report, code.texts.get(report.path) ?? "", shown)).join("\n"),
      ),
    );
  }
  if (sarif !== undefined) {
    const { sarifReport } = await import("../code/index.ts");
    const document = sarifReport(sources, ownVersion());
    writeFileSync(sarif, `${JSON.stringify(document, undefined, 2)}\n`);
  }
  if (fix || fixInPlace) {
    const { mendSources } = await import("./mend-sources.ts");
    const { patch, notes } = mendSources(code, fixInPlace);
    if (!fixInPlace) stdout.write(patch);
    for (const note of notes) stderr.write(`${note}\n`);
  } else if (json) {
    const { jsonReport } = await import("../doctor/report/json.ts");
    const document = { ...jsonReport(diagnoses), ...(sources.length > 0 ? { sources } : {}) };
    stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
  } else if (markdown) {
    const { markdownReport } = await import("../doctor/report/markdown.ts");
    const told = sources.map((report) => sourceMarkdown(report, shown));
    stdout.write([...told, ...(series.length > 0 ? [markdownReport(diagnoses)] : [])].join("\n"));
  } else {
    const texts = sources.map((report) => sourceReport(report, shown));
    const reports = [...texts, ...(series.length > 0 ? [told(diagnoses, stdout)] : [])];
    stdout.write(`${reports.join("\n\n")}\n`);
  }
  for (const { message } of errors) stderr.write(`${message}\n`);

  const faulty = [...diagnoses, ...sources].some(({ verdict }) => verdict === "fault");
  this.process.exitCode = faulty ? 1 : errors.length > 0 ? 2 : 0;
}

/** Standard input: whole where it is a program, and else as it comes. */
async function firstOf(stdin: AsyncIterable<Uint8Array>) {
  const read: Uint8Array[] = [];
  let size = 0;
  const rest = stdin[Symbol.asyncIterator]();
  let isCode: boolean | undefined;
  while (size < 20_000_000 && isCode !== false) {
    const { value, done } = await rest.next();
    if (done) break;
    read.push(value);
    size += value.length;
    // A log may go on for ever: its first piece tells.
    isCode ??= isProgram(new TextDecoder().decode(value));
  }
  async function* bytes() {
    yield* read;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  }
  return { bytes: bytes(), ...(isCode ? { whole: Buffer.concat(read).toString("utf8") } : {}) };
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
