// What must hold for any saved agent and any run's directory whatever: it is loaded with the original's results, or refused with
// one line of ours.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { SAC } from "../../src/agent/sac.ts";
import { cli, inProcess } from "../../src/cli/child.fixture.ts";
import type { Engine } from "../../src/engines/engine.ts";
import { makeEnv } from "../../src/envs/index.ts";
import { TemperedError } from "../../src/errors.ts";
import { isForged, isSame, mutatedCopy } from "./mutate-directory.ts";

export type Outcome = "refused" | "as the original" | "another agent, under its own hashes";

export interface Originals {
  readonly directory: string;
  readonly engines: readonly Engine[];
  /** What the agent does, and what `eval` says, by engine. */
  readonly expected: ReadonlyMap<string, string>;
}

const OBSERVATIONS = [
  [0.1, -0.2, 3],
  [-1, 0, -8],
  [0.7, 0.7, 0.5],
];

/** Trains the run and saves the agent that are then damaged. */
export async function originals(directory: string, engines: readonly Engine[]): Promise<Originals> {
  mkdirSync(directory, { recursive: true });
  const settings = [
    "--hidden",
    "8,8",
    "--batch-size",
    "8",
    "--learning-starts",
    "20",
    "--normalize-observation",
  ];
  const args = ["--steps", "450", "--eval-every", "200", "--eval-episodes", "1", "--quiet", "--run", "run"];
  const { code, stderr } = await cli(["train", "Pendulum-v1", ...settings, ...args], directory);
  if (code !== 0) throw new Error(stderr);
  const agent = await SAC.create(makeEnv("Pendulum-v1"), {
    engine: engines[0]!,
    hidden: [8, 8],
    batchSize: 8,
    learningStarts: 20,
    normalizeObservation: true,
  });
  for await (const _ of agent.learn({ totalTimesteps: 60 }));
  // One with its replay buffer, one without.
  await agent.save(join(directory, "agent-replay"), { replay: true });
  await agent.save(join(directory, "agent"));
  await agent.dispose();
  const expected = new Map<string, string>();
  for (const engine of engines) {
    for (const name of ["agent", "agent-replay"]) {
      expected.set(`${engine.name} ${name}`, await actions(join(directory, name), engine));
    }
    const { stdout } = await evaluated(join(directory, "run"), engine);
    expected.set(`${engine.name} run`, told(stdout));
  }
  return { directory, engines, expected };
}

/** @throws Error naming the case where the promise is broken */
export async function checkDirectory(
  index: number,
  { directory, engines, expected }: Originals,
): Promise<Outcome> {
  const engine = engines[index % engines.length]!;
  const name = (["run", "agent", "run", "agent-replay"] as const)[(index >> 1) % 4]!;
  const original = join(directory, name);
  const copy = join(directory, "copy");
  const done = mutatedCopy(original, copy, index);
  if (process.env.FUZZ_TRACE) console.error(index, engine.name, name, done.slice(0, 200));
  const fail = (what: string) => {
    throw new Error(`case ${index} (${engine.name}, ${name}; ${done}): ${what}`);
  };
  let result: string;
  if (name === "run") {
    const { code, stdout, stderr } = await evaluated(copy, engine);
    if (code !== 0) {
      if (code !== 2) fail(`exit code ${code}: ${stderr}`);
      if (stdout !== "" || stderr.trim().includes("\n")) fail(`more than a line: ${stdout}${stderr}`);
      if (/a bug\?/.test(stderr) || stderr.length > 1500) fail(stderr);
      return "refused";
    }
    result = told(stdout);
  } else {
    try {
      result = await actions(copy, engine);
    } catch (error) {
      if (!(error instanceof TemperedError)) throw new Error(`case ${index} (${done})`, { cause: error });
      if (error.message.includes("\n") || error.message.length > 1500) fail(error.message);
      return "refused";
    }
  }
  if (result === expected.get(`${engine.name} ${name}`)) return "as the original";
  if (isForged(done)) return "another agent, under its own hashes";
  return fail(
    `accepted with other results: ${result}${isSame(original, copy) ? " (and the same files)" : ""}`,
  );
}

async function actions(directory: string, engine: Engine): Promise<string> {
  await using agent = await SAC.load(directory, { engine });
  return JSON.stringify(OBSERVATIONS.map((one) => agent.predict(one, { deterministic: true })));
}

function evaluated(run: string, engine: Engine) {
  return inProcess(["eval", run, "--episodes", "1", "--json", "--engine", engine.name]);
}

/** Without the path, which is the copy's. */
function told(stdout: string): string {
  const { agent, ...rest } = JSON.parse(stdout) as { agent: string };
  return JSON.stringify({ ...rest, agent: agent.slice(agent.lastIndexOf("/")) });
}
