// Loads thousands of damaged agents and run directories, on both engines, and says what came of them:
//   npx tsx test/fuzz/directories.ts [COUNT] [FIRST]
// COUNT cases (default 2,000) from case FIRST (default 0). Fails with the case's number at the first broken promise.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chooseEngine } from "../../src/engines/choose.ts";
import { checkDirectory, type Outcome, originals } from "./check-directory.ts";

const LIMIT_MS = 5000;
const LIMIT_MB = 500;
const count = Number(process.argv[2] ?? 2000);
const first = Number(process.argv[3] ?? 0);
const scratch = mkdtempSync(join(tmpdir(), "tempered-fuzz-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

const engines = [await chooseEngine({ engine: "wasm" }), await chooseEngine({ engine: "onnxruntime" })];
const made = await originals(scratch, engines);
const megabytes = () => process.resourceUsage().maxRSS / 1024;
const before = megabytes();
const outcomes: Partial<Record<Outcome, number>> = {};
let slowest = { ms: 0, index: 0 };
let largest = { grown: 0, index: 0 };
for (let index = first; index < first + count; index++) {
  const [began, had] = [process.cpuUsage(), megabytes()];
  const outcome = await checkDirectory(index, made);
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  const { user, system } = process.cpuUsage(began);
  const ms = (user + system) / 1000;
  if (ms > slowest.ms) slowest = { ms, index };
  if (megabytes() - had > largest.grown) largest = { grown: megabytes() - had, index };
}
for (const engine of engines) await engine.dispose();
console.log(`${count} damaged directories:`, outcomes);
console.log(`slowest ${slowest.ms.toFixed(0)} ms of processor time (case ${slowest.index})`);
console.log(
  `largest RSS ${megabytes().toFixed(0)} MB, ${before.toFixed(0)} MB before the first case; ` +
    `case ${largest.index} took ${largest.grown.toFixed(0)} MB`,
);
if (slowest.ms > LIMIT_MS || megabytes() > LIMIT_MB) process.exitCode = 1;
