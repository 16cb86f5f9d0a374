// How much of public Soft Actor-Critic programs the reader of code can read, part by part: `npx tsx
// scripts/coverage-sac-sources.ts [FOLDER] [--files]`. FOLDER (sac-sources, which git ignores) is filled as
// scripts/score-sac-sources.ts tells. What cannot be read is never a fault, so that silence alone shows nothing.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { alphaLosses } from "../src/code/alpha-loss.ts";
import { Evaluator } from "../src/code/evaluate.ts";
import { readSource } from "../src/code/index.ts";
import { isTarget } from "../src/code/network.ts";
import { alphaOptimizers } from "../src/code/optimizer.ts";
import { plainSource } from "../src/code/plain.ts";
import { readPython } from "../src/code/python.ts";
import { symbols } from "../src/code/roles.ts";
import { holds, outermost, softValues } from "../src/code/soft.ts";

const [folder = "sac-sources"] = process.argv.slice(2).filter((one) => !one.startsWith("--"));
const parts = [
  "α loss",
  "target value",
  "entropy in the target",
  "twins",
  "done mask",
  "target network",
  "actor loss",
] as const;

function partsOf(text: string, path: string): Record<(typeof parts)[number], boolean> | undefined {
  const report = readSource(text, { path });
  if (!report) return undefined;
  const { text: python } = plainSource(text, path.endsWith(".ipynb"));
  const evaluator = new Evaluator(readPython(python), python);
  const lineOf = (at: number) => python.slice(0, at).split("\n").length;
  const source = { text: python, lineOf, program: evaluator.program };
  const values = outermost(softValues(evaluator));
  const backups = values.filter(({ kind }) => kind === "backup");
  const critics = values.filter(({ kind }) => kind !== "actor");
  const events = critics.flatMap((value) => value.events);
  const tuned = alphaLosses(evaluator).length > 0 || alphaOptimizers(evaluator, source).length > 0;
  return {
    "α loss": report.facts.alphaUpdate !== undefined || !tuned,
    "target value": backups.length > 0,
    "entropy in the target": critics.some(({ logProb }) => logProb !== 0),
    twins: events.some(({ kind }) => kind === "smallest"),
    "done mask": backups.some(({ polynomial }) =>
      polynomial.some((term) => holds(term, [symbols.notDone, symbols.done])),
    ),
    "target network": events.some((event) => event.kind === "q" && isTarget(event, source)),
    "actor loss": values.some(({ kind, logProb }) => kind === "actor" && logProb !== 0),
  };
}

if (!existsSync(folder)) {
  console.log(`Skipped: no folder ${folder}. The first lines of this script tell how to fill one.`);
} else {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    /\.(py|ipynb)$/.test(file),
  );
  const counts = new Map(parts.map((part) => [part, 0]));
  let read = 0;
  for (const file of files) {
    const found = partsOf(readFileSync(join(folder, file), "utf8"), file);
    if (!found) continue;
    read++;
    for (const part of parts) if (found[part]) counts.set(part, counts.get(part)! + 1);
    const open = parts.filter((part) => !found[part]);
    if (process.argv.includes("--files") && open.length > 0) console.log(`${file} | ${open.join(", ")}`);
  }
  for (const [part, count] of counts) {
    console.log(`${part.padEnd(22)} ${count} of ${read} (${((100 * count) / read).toFixed(0)} %)`);
  }
}
