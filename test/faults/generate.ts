// Trains the fault suite and writes its logs: `npx tsx test/faults/generate.ts [PREFIX]`. Logs that are there are kept:
// delete one to make it anew. All of them take some 25 minutes on one core.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { suite } from "./suite.ts";
import { type Log, train } from "./train.ts";

async function generate(prefix: string): Promise<void> {
  const directory = fileURLToPath(new URL("logs/", import.meta.url));
  mkdirSync(directory, { recursive: true });
  for (const { name, training, fault } of suite) {
    const file = `${directory}${name}.csv.gz`;
    if (!name.startsWith(prefix) || existsSync(file)) continue;
    const start = performance.now();
    const log = await train(training, fault);
    writeFileSync(file, gzipSync(toCsv(log), { level: 9 }));
    console.log(`${name} ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
}

/** α and its loss to float32's precision, as programs log them; the rest to 5 digits. */
function toCsv({ names, rows }: Log): string {
  const digits = names.map((name) => (name.startsWith("alpha") ? 8 : 5));
  const line = (row: readonly number[]) =>
    row.map((x, i) => String(Number(x.toPrecision(digits[i])))).join(",");
  return `${[names.join(","), ...rows.map(line)].join("\n")}\n`;
}

generate(process.argv[2] ?? "").catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
