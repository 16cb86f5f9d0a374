// Kills trainings with kill −9 at random instants and resumes them each time, until they end; then compares everything
// with a training that nobody disturbed, to the bit: weights and moments, replay buffer, random streams, environments,
// metrics.jsonl but for its two clock columns, the event file but for its wall times, the best and the last agent.
//
//   npx tsx test/resume/kill-and-resume.ts [--kills 100] [--env Pendulum-v1] [--engine wasm] [--envs 2] [--steps 2500] [--seed 1]

import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { CheckpointStore } from "../../src/agent/checkpoint/store.node.ts";
import { program } from "../../src/cli/child.fixture.ts";
import { EventFileDecoder } from "../../src/runs/tfevents/index.ts";
import { readRun } from "../../src/training/run-directory.ts";

export interface Study {
  readonly env: string;
  readonly engine: string;
  readonly envs: number;
  readonly steps: number;
  readonly seed: number;
}

/** How one attempt ended: by our kill, or by itself. */
async function attempt(args: readonly string[], killAfter: number | undefined): Promise<"killed" | "ended"> {
  const child = spawn(process.execPath, [...program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (text) => {
      output += text;
    });
  }
  const ended = new Promise<number | null>((resolve) => void child.on("close", resolve));
  const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfter);
  const code = await ended;
  clearTimeout(timer);
  if (code === 0) return "ended";
  if (child.signalCode === "SIGKILL") return "killed";
  throw new Error(`a training ended with exit code ${code}:\n${output}`);
}

/** Everything that a run has left behind, but clocks. */
export function remains(run: string): Record<string, unknown> {
  const scalars: unknown[] = [];
  const events = readdirSync(run).find((name) => name.startsWith("events.out.tfevents."))!;
  const decoder = new EventFileDecoder({
    scalar: (tag, step, value) => {
      if (!tag.startsWith("time/fps") && !tag.startsWith("time/time_elapsed"))
        scalars.push([tag, step, value]);
    },
  });
  decoder.push(readFileSync(join(run, events)));
  const { checkpoint } = new CheckpointStore(join(run, "checkpoint")).read<{
    seconds: number;
    positions: unknown;
  }>();
  const { seconds: _, positions: __, ...kept } = checkpoint!.run;
  const { config, seed, engine, declared } = readRun(run).manifest;
  return {
    manifest: { config, seed, engine, declared },
    metrics: readRun(run).metrics.map(({ "time/fps": _fps, "time/time_elapsed": _time, ...row }) => row),
    events: scalars,
    agent: checkpoint!.agent,
    run: kept,
    last: savedAgent(join(run, "agent")),
    best: savedAgent(join(run, "best")),
  };
}

/** A saved agent: what its manifest says and the weights that this names. A kill may leave files that nobody reads. */
function savedAgent(directory: string): unknown {
  const { weights, sha256: _, ...said } = JSON.parse(readFileSync(join(directory, "agent.json"), "utf8"));
  return { said, weights: readFileSync(join(directory, weights)).toString("base64") };
}

/** @returns how often it was killed on the way */
export async function killAndResume(
  study: Study,
  {
    kills,
    random = Math.random,
    say = () => {},
  }: { kills: number; random?: () => number; say?: (text: string) => void },
): Promise<number> {
  const scratch = mkdtempSync(join(tmpdir(), "tempered-kill-"));
  const { env, engine, envs, steps, seed } = study;
  const args = (run: string) => [
    ...["train", env, "--engine", engine, "--envs", `${envs}`, "--steps", `${steps}`, "--seed", `${seed}`],
    ...["--hidden", "32,32", "--batch-size", "32", "--learning-starts", "100", "--checkpoint-every", "200"],
    ...[
      "--buffer-size",
      "1500",
      "--eval-every",
      "500",
      "--eval-episodes",
      "2",
      "--quiet",
      "--run",
      run,
      "--resume",
    ],
  ];
  try {
    const whole = join(scratch, "whole");
    const began = performance.now();
    await attempt(args(whole), undefined);
    const duration = performance.now() - began;
    say(`undisturbed: ${(duration / 1000).toFixed(1)} s`);
    const expected = remains(whole);
    let count = 0;
    for (let round = 1; count < kills; round++) {
      const run = join(scratch, `run${round}`);
      // At first the whole length of a run, start-up included; then shorter and shorter, so that it ends in the end.
      const before = count;
      while (count < kills && (await attempt(args(run), duration * (0.1 + 0.8 * random()))) === "killed")
        count += 1;
      await attempt(args(run), undefined);
      const found = remains(run);
      for (const [part, value] of Object.entries(expected)) {
        if (!isDeepStrictEqual(found[part], value)) {
          throw new Error(
            `after ${count - before} kills of run ${round}, its ${part} differs from that of the undisturbed run`,
          );
        }
      }
      say(`run ${round}: killed ${count - before} times, ${count} in all; identical`);
      rmSync(run, { recursive: true });
    }
    return count;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      kills: { type: "string", default: "100" },
      env: { type: "string", default: "Pendulum-v1" },
      engine: { type: "string", default: "wasm" },
      envs: { type: "string", default: "2" },
      steps: { type: "string", default: "2500" },
      seed: { type: "string", default: "1" },
    },
  });
  const study = {
    ...values,
    envs: Number(values.envs),
    steps: Number(values.steps),
    seed: Number(values.seed),
  };
  const count = await killAndResume(study, { kills: Number(values.kills), say: console.log });
  console.log(
    `${study.env}, ${study.engine}, ${study.envs} environments: killed ${count} times, nothing lost`,
  );
}
