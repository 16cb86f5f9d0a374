// Scores the reader of code: `npx tsx scripts/score-sac-sources.ts FOLDER LABELS.json`. FOLDER holds labelled files,
// named owner__repository__path with each / as __; LABELS lists what is right and wrong in each. Neither is in this
// repository: without them it says so and ends well.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readSource } from "../src/code/index.ts";

interface Label {
  readonly repo: string;
  readonly path: string;
  readonly findings: readonly {
    readonly kind: string;
    readonly line?: number;
    readonly qualifier?: string;
    readonly dloss_dlogalpha?: string;
  }[];
}

/** What the doctor calls a fault of the temperature. */
const temperature: Readonly<Record<string, readonly string[]>> = {
  "sign-inverted": ["sign-inverted"],
  "target-sign": ["target-unreachable", "sign-inverted"],
  "target-never-binds": ["target-never-binds"],
  "discrete-logprob-unweighted": ["discrete-logprob-unweighted"],
  "raw-alpha-optimised": ["alpha-negative"],
  "alpha-stale": ["alpha-frozen"],
  "clamp-before-step": ["clamp-before-step"],
};

const [folder, labelFile] = process.argv.slice(2);
if (!folder || !labelFile || !existsSync(folder) || !existsSync(labelFile)) {
  console.log("Skipped: give a folder of sources and the file of their labels.");
} else score(folder, JSON.parse(readFileSync(labelFile, "utf8")) as Label[]);

function score(from: string, labels: readonly Label[]): void {
  let files = 0;
  let expected = 0;
  let found = 0;
  let rightFiles = 0;
  let decided = 0;
  const lines: string[] = [];
  for (const { repo, path, findings } of labels) {
    const file = join(from, `${repo}/${path}`.replaceAll("/", "__"));
    if (!existsSync(file)) continue;
    files++;
    const report = readSource(readFileSync(file, "utf8"), { path });
    const said = report?.findings ?? [];
    const errors = said.filter(({ severity }) => severity === "error");
    const known = findings.flatMap(({ kind }) => temperature[kind] ?? [kind]);
    const name = `${repo}/${path}`;
    for (const { kind, line, qualifier } of findings) {
      const ids = temperature[kind];
      if (!ids || qualifier === "branch") continue;
      expected++;
      if (said.some(({ id, severity }) => severity !== "info" && ids.includes(id))) found++;
      else lines.push(`missed  ${name}:${line} ${kind} (${report?.verdict ?? "passed over"})`);
    }
    for (const { id, line } of errors) {
      if (!known.includes(id)) lines.push(`FALSE   ${name}:${line} ${id}`);
    }
    if (findings.every(({ kind }) => kind === "none")) {
      rightFiles++;
      if (report?.verdict === "right") decided++;
      else lines.push(`open    ${name} ${report?.verdict ?? "passed over"} ${report?.facts.undecided ?? ""}`);
    }
  }
  console.log(lines.sort().join("\n"));
  const wrong = lines.filter((line) => line.startsWith("FALSE")).length;
  console.log(
    `${files} files: ${wrong} false errors; ${found} of ${expected} temperature faults found; ` +
      `${decided} of ${rightFiles} right files read as right`,
  );
}
