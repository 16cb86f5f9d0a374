// What a study of the presets says, as the table of bench/results/presets.md: each preset's return beside plain SAC's for the
// same environment steps, whether their intervals overlap, and what a run takes.
//
//   tempered sweep bench/studies/presets.toml --out studies/presets --workers 1 --yes
//   npx tsx bench/presets.ts studies/presets [studies/presets-often] [--out bench/results/presets.md]

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { StudyReport } from "../src/sweep/index.ts";
import { presetsTable } from "./presets-table.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: "string", default: fileURLToPath(new URL("results/presets.md", import.meta.url)) },
  },
});
if (positionals.length === 0) {
  process.stderr.write(
    "Expected the directory of a study that `tempered sweep … --out DIR` wrote, got none\n",
  );
  process.exit(2);
}
const reports = positionals.map(
  (directory) => JSON.parse(readFileSync(join(directory, "report.json"), "utf8")) as StudyReport,
);
const table = presetsTable(reports, `npx tsx bench/presets.ts ${positionals.join(" ")}`);
writeFileSync(values.out, table);
process.stdout.write(table);
