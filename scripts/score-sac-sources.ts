// Scores the reader of code on public programs, none of which is here: `npx tsx scripts/score-sac-sources.ts [FOLDER]
// [LABELS.json]`. FOLDER (sac-sources, which git ignores) holds what `git clone --depth 1
// https://github.com/OWNER/REPOSITORY FOLDER/OWNER/REPOSITORY` brings, or single files named OWNER__REPOSITORY__PATH with
// each / as __. LABELS (FOLDER/labels.json) tells what is right and wrong in each file; the programs that must be told
// nothing are in test/code/corpus/programs.json. What is missing is passed over, and said.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readSource, type SourceReport } from "../src/code/index.ts";

interface Label {
  readonly repo: string;
  readonly path: string;
  readonly file_chars?: number;
  readonly findings: readonly {
    readonly kind: string;
    readonly line?: number;
    readonly qualifier?: string;
  }[];
}

interface Program {
  readonly repository: string;
  readonly commit: string;
  readonly paths: readonly string[];
}

/** The ids that name each labelled fault of the temperature. */
const temperature: Readonly<Record<string, readonly string[]>> = {
  "sign-inverted": ["sign-inverted"],
  "target-sign": ["target-unreachable", "sign-inverted"],
  "target-never-binds": ["target-never-binds"],
  "discrete-logprob-unweighted": ["discrete-logprob-unweighted"],
  "raw-alpha-optimised": ["alpha-negative"],
  "alpha-stale": ["alpha-frozen"],
  "clamp-before-step": ["clamp-before-step"],
};
/** Labels of faults that their file does not suffer from: nothing need be said, and an error would be wrong. */
const harmless = new Set(["branch", "latent", "harmless", "benign"]);

const [folder = "sac-sources", labelFile = join(folder, "labels.json")] = process.argv.slice(2);
if (!existsSync(folder)) {
  console.log(`Skipped: no folder ${folder}. The first lines of this script tell how to fill one.`);
} else {
  if (existsSync(labelFile)) scoreLabels(JSON.parse(readFileSync(labelFile, "utf8")) as Label[]);
  else console.log(`Labels skipped: no file ${labelFile}.`);
  const programs = new URL("../test/code/corpus/programs.json", import.meta.url);
  readPrograms(JSON.parse(readFileSync(programs, "utf8")) as Program[]);
}

function scoreLabels(labels: readonly Label[]): void {
  const counts = { files: 0, absent: 0, falseErrors: 0, right: 0, readAsRight: 0 };
  const found = { temperature: [0, 0], other: [0, 0] };
  const rows: string[] = [];
  for (const { repo, path, findings, file_chars: length } of labels) {
    const text = textOf(repo, path);
    const name = `${repo}/${path}`;
    if (text === undefined) {
      counts.absent++;
      continue;
    }
    counts.files++;
    const changed =
      length !== undefined && ![text.length, text.replaceAll("\r\n", "\n").length].includes(length);
    const version = changed && !path.endsWith(".ipynb") ? ", another version than the labelled one" : "";
    const report = readSource(text, { path });
    const said = report?.findings ?? [];
    for (const { kind, line, qualifier } of findings) {
      if (kind === "none" || kind === "fixed-alpha" || harmless.has(qualifier ?? "")) continue;
      const group = found[kind in temperature ? "temperature" : "other"];
      group[1]!++;
      const ids = temperature[kind] ?? [kind];
      if (said.some(({ id, severity }) => severity !== "info" && ids.includes(id))) group[0]!++;
      else rows.push(`missed | ${name}:${line} | ${kind} | ${reasonOf(report)}${version}`);
    }
    const known = findings
      .filter(({ qualifier }) => !harmless.has(qualifier ?? ""))
      .flatMap(({ kind }) => temperature[kind] ?? [kind]);
    for (const { id, line } of said.filter(({ severity }) => severity === "error")) {
      if (known.includes(id)) continue;
      counts.falseErrors++;
      rows.push(`FALSE | ${name}:${line} | ${id} | no such fault is labelled${version}`);
    }
    if (!findings.every(({ kind }) => kind === "none")) continue;
    counts.right++;
    if (report?.verdict === "right") counts.readAsRight++;
    else rows.push(`open | ${name} | ${report?.verdict ?? "passed over"} | ${reasonOf(report)}`);
  }
  console.log(rows.sort().join("\n"));
  const { files, absent, falseErrors, right, readAsRight } = counts;
  const share = ([good, of]: number[]) => `${good} of ${of} (${((100 * good!) / of!).toFixed(0)} %)`;
  console.log(
    `${files} labelled files, ${absent} not in ${folder}: ${falseErrors} false errors; ` +
      `${share(found.temperature)} temperature faults found, ${share(found.other)} others; ` +
      `${readAsRight} of ${right} right files read as right`,
  );
}

/** Why nothing was said of a fault, as far as the report shows. */
function reasonOf(report: SourceReport | undefined): string {
  if (!report) return "passed over: no temperature is seen in this file";
  const { undecided, alphaUpdate } = report.facts;
  const others = report.findings.map(({ id, line }) => `${id}:${line}`).join(", ");
  return [
    undecided ?? (alphaUpdate ? `read as: ${alphaUpdate.derived}` : "no α update is read"),
    ...(others ? [`said ${others}`] : []),
  ].join("; ");
}

function readPrograms(programs: readonly Program[]): void {
  let files = 0;
  let absent = 0;
  const wrong: string[] = [];
  console.log("\n| program | commit | file | read as |\n|---|---|---|---|");
  for (const { repository, commit, paths } of programs) {
    for (const path of paths) {
      const text = textOf(repository, path);
      if (text === undefined) {
        absent++;
        continue;
      }
      files++;
      const report = readSource(text, { path });
      const update = report?.facts.alphaUpdate;
      const read = update ? `${report.verdict}: ${update.derived}` : (report?.verdict ?? "passed over");
      console.log(`| ${repository} | ${commit.slice(0, 8)} | ${path} | ${read} |`);
      for (const { id, line, severity } of report?.findings ?? []) {
        if (severity !== "info") wrong.push(`${severity} | ${repository}/${path}:${line} | ${id}`);
      }
    }
  }
  console.log(wrong.join("\n"));
  const errors = wrong.filter((row) => row.startsWith("error")).length;
  console.log(`${files} files of ${programs.length} programs, ${absent} not in ${folder}: ${errors} errors`);
}

function textOf(repository: string, path: string): string | undefined {
  const flat = `${repository}/${path}`.replaceAll("/", "__");
  const file = [join(folder, repository, path), join(folder, flat), join(folder, "programs", flat)].find(
    existsSync,
  );
  return file === undefined ? undefined : readFileSync(file, "utf8");
}
