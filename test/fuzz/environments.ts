// Trains in environments of somebody's own, each broken by a program in one or two ways, and says how the runs ended:
//   npx tsx test/fuzz/environments.ts [COUNT] [FIRST]
// COUNT environments (default 200) from number FIRST (default 0). Fails, naming them, where runs do not end with
// an outcome in run.json and an agent that can be loaded.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkEnvironment } from "./check-environment.ts";

const count = Number(process.argv[2] ?? 200);
const first = Number(process.argv[3] ?? 0);
const scratch = mkdtempSync(join(tmpdir(), "tempered-environments-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

const outcomes: Record<string, number> = {};
for (let index = first; index < first + count; index++) {
  const outcome = await checkEnvironment(index, scratch).catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
    return "a broken promise";
  });
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
}
console.log(`${count} broken environments:`, outcomes);
