// How long the reader takes for 1,000 lines: `npx tsx test/code/corpus/speed.ts [rounds]`, each source in processes of
// its own. CPU time tells on a busy machine; it counts the compiler's and the collector's threads too.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readSource } from "../../../src/code/index.ts";

const lines = 1000;

interface Took {
  readonly cpu: number;
  readonly wall: number;
}

/** 1,000 lines each: agents beside agents, one agent among other code, and this package's own update. */
export const SOURCES: Readonly<Record<string, () => { readonly path: string; readonly text: string }>> = {
  "Python, ten agents": () => ({
    path: "agents.py",
    text: together("development", (name) => /\.py$/.test(name)),
  }),
  "Python, one agent": () => ({
    path: "agent.py",
    text: firstLines(
      read("development/cleanrl-continuous.py") +
        together("../../fixtures", (name) => /\.py$/.test(name)) +
        together("../../../bench/peers", (name) => /\.py$/.test(name)),
    ),
  }),
  "TypeScript, an agent in parts": () => ({
    path: "agent.ts",
    text: together("../../../src/sac", (name) => /(?<!\.test)\.ts$/.test(name)),
  }),
  "TypeScript, many agents": () => ({
    path: "agents.ts",
    text: firstLines(together("development", (name) => /\.[jt]s$/.test(name)).repeat(5)),
  }),
};

function read(file: string): string {
  return readFileSync(new URL(file, import.meta.url), "utf8");
}

function firstLines(text: string): string {
  return `${text.split("\n").slice(0, lines).join("\n")}\n`;
}

function together(folder: string, wanted: (name: string) => boolean): string {
  const names = readdirSync(new URL(folder, import.meta.url), { recursive: true, encoding: "utf8" });
  const texts = names
    .filter(wanted)
    .sort()
    .map((name) => read(`${folder}/${name}`));
  return firstLines(texts.join("\n"));
}

function timed(name: string): Took {
  const { path, text } = SOURCES[name]!();
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  const report = readSource(text, { path });
  const { user, system } = process.cpuUsage(cpu);
  if (!report) throw new Error(`no report for ${name}`);
  return { cpu: (user + system) / 1000, wall: performance.now() - wall };
}

/** The least: what is more is the machine's other work. */
function least(all: readonly Took[]): string {
  return ["cpu", "wall"]
    .map((kind) => Math.min(...all.map((one) => one[kind as keyof Took])).toFixed(0))
    .join(" / ");
}

const self = fileURLToPath(import.meta.url);
const [, , first = "", name = ""] = process.argv;
if (first === "--child") {
  console.log(JSON.stringify(Array.from({ length: 8 }, () => timed(name))));
} else if (process.argv[1] === self) {
  console.log("CPU / elapsed, ms, the least of all rounds");
  for (const name of Object.keys(SOURCES)) {
    const rounds = Array.from({ length: Number(first || 3) }, (): Took[] =>
      JSON.parse(
        execFileSync(process.execPath, ["--import", "tsx", self, "--child", name], { encoding: "utf8" }),
      ),
    );
    const cold = rounds.map((round) => round[0]!);
    const warm = rounds.flatMap((round) => round.slice(3));
    console.log(`${name.padEnd(32)} first ${least(cold).padStart(9)}   warm ${least(warm).padStart(9)}`);
  }
}
