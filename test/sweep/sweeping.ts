// A small study as its user would run it, for tests that disturb it: the command line, what it left, whom it started.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { program } from "../../src/cli/child.fixture.ts";
import { remains } from "../resume/kill-and-resume.ts";

export interface Started {
  readonly child: ChildProcess;
  /** Objects that it has printed so far, one a line. */
  readonly events: readonly Readonly<Record<string, unknown>>[];
  /** @throws with its output, by rejecting, where it ended by itself with another exit code than 0 */
  readonly ended: Promise<"killed" | "ended">;
}

export function tempered(...args: string[]): Started {
  const child = spawn(process.execPath, [...program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const events: Readonly<Record<string, unknown>>[] = [];
  let [rest, said] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) if (line.startsWith("{")) events.push(JSON.parse(line));
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  const ended = new Promise<"killed" | "ended">((resolve, reject) => {
    child.on("close", (code, signal) => {
      if (signal === "SIGKILL") resolve("killed");
      else if (code === 0) resolve("ended");
      else reject(new Error(`${args.join(" ")} ended with exit code ${code}, signal ${signal}:\n${said}`));
    });
  });
  return { child, events, ended };
}

/** Writes a study of 2 settings × `seeds` seeds whose runs take moments. */
export function writeStudy(
  path: string,
  {
    seeds,
    steps,
    name = "small",
    extra = "",
  }: { seeds: number; steps: number; name?: string; extra?: string },
): void {
  writeFileSync(
    path,
    `name = "${name}"
env = "Pendulum-v1"
steps = ${steps}
seeds = ${seeds}
segment = 300
[settings]
engine = "wasm"
hidden = [32, 32]
batchSize = 32
learningStarts = 100
evalEvery = 500
evalEpisodes = 2
[grid]
targetEntropy = [-0.5, -1]
${extra}`,
  );
}

/** Processes that a process has started and that still run. */
export function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
      .trim()
      .split(/\s+/)
      .filter(Boolean)
      .map(Number);
  } catch {
    return [];
  }
}

/** Everything that a study's runs left, but clocks, by id. */
export function studyRemains(out: string): Map<string, Record<string, unknown>> {
  const ids = readdirSync(join(out, "runs")).sort();
  return new Map(ids.map((id) => [id, remains(join(out, "runs", id))]));
}

/** @throws Error that names the run and the part of it that differ */
export function mustBeSame(
  found: ReadonlyMap<string, Record<string, unknown>>,
  expected: ReadonlyMap<string, Record<string, unknown>>,
): void {
  const [ours, theirs] = [[...found.keys()], [...expected.keys()]];
  if (!isDeepStrictEqual(ours, theirs)) throw new Error(`Expected runs ${theirs}, got ${ours}`);
  for (const [id, parts] of expected) {
    for (const [part, value] of Object.entries(parts)) {
      if (!isDeepStrictEqual(found.get(id)![part], value)) {
        throw new Error(`the ${part} of run ${id} differ from those of the undisturbed study`);
      }
    }
  }
}

/** When each run that has ended was finished, as its run.json was written. */
export function endings(out: string): Map<string, string> {
  const runs = join(out, "runs");
  if (!existsSync(runs)) return new Map();
  const ids = readdirSync(runs).filter((id) => existsSync(join(runs, id, "run.json")));
  return new Map(ids.map((id) => [id, readFileSync(join(runs, id, "run.json"), "utf8")]));
}
