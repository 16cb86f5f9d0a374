// What the reader says of public programs: `npx tsx test/code/public-programs.ts FOLDER`, where FOLDER/OWNER__NAME is a
// checkout of github.com/OWNER/NAME. public-programs.json has what was found at a commit, and why that is true of the
// program; none of their text is here. Programs that are not in the folder are passed over.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { readSource, type SourceReport } from "../../src/code/index.ts";

interface Program {
  readonly repository: string;
  /** Absent of our own. */
  readonly commit?: string;
  readonly files: readonly Told[];
}

interface Told {
  readonly path: string;
  readonly verdict: SourceReport["verdict"];
  readonly update?: string;
  readonly findings: readonly string[];
  /** Why that is true of the program, as somebody who read it says. */
  readonly why: string;
}

const table = new URL("public-programs.json", import.meta.url);
const passedOver = /^(\.|node_modules$|dist$|fixtures$)/;

function sourcesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      if (passedOver.test(entry.name)) return [];
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return sourcesBelow(path);
      return /\.(py|ipynb|[cm]?[jt]sx?)$/.test(entry.name) ? [path] : [];
    })
    .sort();
}

/** Files of which something is told: an α update, or a finding. */
function read(folder: string): Omit<Told, "why">[] {
  return sourcesBelow(folder).flatMap((file) => {
    const path = relative(folder, file).replaceAll("\\", "/");
    const report = readSource(readFileSync(file, "utf8"), { path });
    if (!report || (report.findings.length === 0 && !report.facts.alphaUpdate)) return [];
    const update = report.facts.alphaUpdate?.derived;
    return [
      {
        path,
        verdict: report.verdict,
        ...(update === undefined ? {} : { update }),
        findings: report.findings.map(({ severity, id, line }) => `${severity} ${id} ${line}`),
      },
    ];
  });
}

const [folder = "", flag] = process.argv.slice(2);
if (folder === "") throw new Error("expected a folder of checkouts, OWNER__NAME each");
const programs: Program[] = JSON.parse(readFileSync(table, "utf8"));
let changed = 0;
const missing: string[] = [];
const now = programs.map((program): Program => {
  const own = program.repository === "ours";
  const place = own
    ? new URL("../../src/sac", import.meta.url).pathname
    : join(folder, program.repository.replace("/", "__"));
  if (!existsSync(place)) {
    missing.push(program.repository);
    return program;
  }
  const known = new Map(program.files.map((one) => [one.path, one]));
  const files = read(place).map((one): Told => {
    const before = known.get(one.path);
    if (JSON.stringify({ ...before, why: undefined }) !== JSON.stringify(one)) {
      changed++;
      console.log(
        `${program.repository} ${one.path}: ${one.verdict} ${one.update ?? ""} ${one.findings.join(", ")}`,
      );
      if (before) console.log(`  in the table: ${before.verdict} ${before.findings.join(", ")}`);
    }
    return { ...one, why: before?.why ?? "" };
  });
  for (const { path } of program.files) {
    if (files.some((one) => one.path === path)) continue;
    changed++;
    console.log(`${program.repository} ${path}: nothing is told any more`);
  }
  return { ...program, files };
});
if (flag === "--write") writeFileSync(table, `${JSON.stringify(now, null, 2)}\n`);
const all = now.flatMap(({ files }) => files);
const errors = all.filter(({ findings }) => findings.some((one) => one.startsWith("error")));
console.log(
  `${now.length - missing.length} repositories, ${all.length} files told of, ${errors.length} with errors, ${changed} not as in the table`,
);
if (missing.length > 0) console.log(`not in ${folder}: ${missing.join(", ")}`);
process.exitCode = changed > 0 && flag !== "--write" ? 1 : 0;
