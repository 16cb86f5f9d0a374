// Gives the reader thousands of broken sources and says what it did: `npx tsx test/code/corpus/survive.ts [how many] [from]`.
// Each must give a report or nothing, within two seconds of CPU time, and nothing of it may run.

import { existsSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readSource } from "../../../src/code/index.ts";
import { hostileSource, trace } from "./hostile.ts";

const verdicts = new Set(["right", "fault", "suspect", "undecided"]);

export interface Survival {
  readonly sources: number;
  readonly reports: number;
  readonly slowest: { readonly name: string; readonly ms: number };
  readonly broken: readonly string[];
}

export function survive(count: number, from = 0, limit = 2000): Survival {
  rmSync(trace, { force: true });
  const broken: string[] = [];
  let slowest = { name: "", ms: 0 };
  let reports = 0;
  for (let index = from; index < from + count; index++) {
    const { name, path, text } = hostileSource(index);
    const start = process.cpuUsage();
    try {
      const report = readSource(text, { path });
      if (report) reports++;
      if (report && !verdicts.has(report.verdict)) broken.push(`${index} ${name}: verdict ${report.verdict}`);
      const lines = text.split("\n").length + 1;
      for (const { id, line } of report?.findings ?? []) {
        if (!(line >= 1 && (line <= lines || path.endsWith(".ipynb") || text.includes("\r")))) {
          broken.push(`${index} ${name}: ${id} on line ${line} of ${lines}`);
        }
      }
    } catch (error) {
      broken.push(`${index} ${name}: ${String(error).slice(0, 200)}`);
    }
    const { user, system } = process.cpuUsage(start);
    const ms = (user + system) / 1000;
    if (ms > slowest.ms) slowest = { name: `${index} ${name}`, ms };
    if (ms > limit) broken.push(`${index} ${name}: ${ms.toFixed(0)} ms for ${text.length} characters`);
  }
  if (existsSync(trace)) broken.push("something of the sources was run");
  return { sources: count, reports, slowest, broken };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [count = 10_000, from = 0] = process.argv.slice(2).map(Number);
  const { sources, reports, slowest, broken } = survive(count, from);
  console.log(broken.slice(0, 50).join("\n"));
  console.log(
    `${sources} sources: ${reports} reports, ${broken.length} broken, slowest ${slowest.ms.toFixed(0)} ms (${slowest.name})`,
  );
  process.exitCode = broken.length > 0 ? 1 : 0;
}
