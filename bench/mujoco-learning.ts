// Does it learn real tasks as well as the same algorithm in PyTorch? Trains HalfCheetah-v5 and Hopper-v5 with tempered
// (`tempered train`, as a user starts it) and with the eager PyTorch loop of peers/halfcheetah_torch.py, both with
// Stable-Baselines3's defaults, and evaluates every agent by 10 deterministic episodes on the way and at the end.
// Writes JSON, a Markdown table and pictures of return, α and entropy under bench/results.
//
//   TEMPERED_PYTHON=python3 npx tsx bench/mujoco-learning.ts [--envs HalfCheetah-v5,Hopper-v5] [--steps 50000]
//       [--seeds 3] [--first-seed 1] [--eval-every 2500] [--jobs 2] [--programs tempered,pytorch] [--again] [--out FILE]
//
// A run uses one thread and, where taskset is there, one core; `--jobs` of them go side by side, so its times say
// nothing about speed (bench/end-to-end.ts measures that). Runs that FILE has are kept, unless `--again`.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { machine } from "../src/measure/machine.ts";
import { heldTo } from "./contender.ts";
import { figure } from "./mujoco-learning-figure.ts";
import {
  type CurvePoint,
  type LearnedRun,
  type MujocoLearning,
  markdown,
  missedBars,
  type ProgramName,
  pictureName,
  tasksOf,
} from "./mujoco-learning-table.ts";
import { count, flags } from "./options.ts";

const { values } = parseArgs({
  options: {
    envs: { type: "string", default: "HalfCheetah-v5,Hopper-v5" },
    steps: { type: "string", default: "50000" },
    seeds: { type: "string", default: "3" },
    "first-seed": { type: "string", default: "1" },
    "eval-every": { type: "string", default: "2500" },
    jobs: { type: "string", default: "2" },
    programs: { type: "string", default: "tempered,pytorch" },
    again: { type: "boolean", default: false },
    out: {
      type: "string",
      default: fileURLToPath(new URL("results/mujoco-learning.json", import.meta.url)),
    },
  },
});
const steps = count("steps", values.steps);
const evalEvery = count("eval-every", values["eval-every"]);
const envs = values.envs.split(",");
const programs = values.programs.split(",") as ProgramName[];
const EPISODES = 10;
const python = process.env.TEMPERED_PYTHON ?? "python3";
const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

type Wanted = Pick<LearnedRun, "program" | "env" | "seed" | "steps">;
const same = (a: Wanted, b: Wanted) =>
  a.program === b.program && a.env === b.env && a.seed === b.seed && a.steps === b.steps;

const wanted: Wanted[] = programs.flatMap((program) =>
  envs.flatMap((env) =>
    Array.from({ length: count("seeds", values.seeds) }, (_, i) => ({
      program,
      env,
      seed: count("first-seed", values["first-seed"]) + i,
      steps,
    })),
  ),
);
const before: readonly LearnedRun[] = existsSync(values.out)
  ? JSON.parse(readFileSync(values.out, "utf8")).runs
  : [];
const runs = before.filter((run) => !(values.again && wanted.some((other) => same(run, other))));
const queue = wanted.filter((run) => !runs.some((other) => same(run, other)));

await Promise.all(Array.from({ length: count("jobs", values.jobs) }, (_, core) => worker(core)));
const result = save();
process.stdout.write(markdown(result));
const missed = missedBars(result);
for (const line of missed) process.stderr.write(`missed: ${line}\n`);
process.exitCode = missed.length === 0 ? 0 : 1;

async function worker(core: number): Promise<void> {
  for (let run = queue.shift(); run !== undefined; run = queue.shift()) {
    const said = `${run.program} ${run.env} seed ${run.seed}`;
    try {
      const learned = run.program === "tempered" ? await tempered(run, core) : await pytorch(run, core);
      runs.push(learned);
      process.stderr.write(`${said}: ${learned.curve.at(-1)?.meanReturn.toFixed(0)}\n`);
      save();
    } catch (error) {
      process.stderr.write(`${said}: ${(error as Error).message}\n`);
    }
  }
}

function save(): MujocoLearning {
  const result: MujocoLearning = {
    command: "npx tsx bench/mujoco-learning.ts",
    machine: machine(),
    episodes: EPISODES,
    runs: runs.toSorted((a, b) => key(a).localeCompare(key(b))),
  };
  mkdirSync(dirname(values.out), { recursive: true });
  writeFileSync(values.out, `${JSON.stringify(result, null, 1)}\n`);
  writeFileSync(values.out.replace(/\.json$/, ".md"), markdown(result));
  for (const task of tasksOf(result)) {
    writeFileSync(join(dirname(values.out), pictureName(task)), figure(result, task));
  }
  return result;
}

function key({ env, program, seed, steps }: Wanted): string {
  return `${env} ${program} ${steps} ${String(seed).padStart(4, "0")}`;
}

/** `tempered train`, from these sources. */
async function tempered(run: Wanted, core: number): Promise<LearnedRun> {
  const folder = mkdtempSync(join(tmpdir(), "mujoco-learning-"));
  const curve: CurvePoint[] = [];
  let engine = "";
  let row: Record<string, number> = {};
  try {
    const settings = {
      steps,
      seed: run.seed,
      "eval-every": evalEvery,
      "eval-episodes": EPISODES,
      run: join(folder, "run"),
    };
    await lines(
      [
        process.execPath,
        ...["--import", "tsx", here("../src/cli/main.ts"), "train", run.env, "--json"],
        ...flags(settings),
      ],
      core,
      (said) => {
        if (said.event === "start") engine = said.engine as string;
        if (said.event === "metrics") row = said as typeof row;
        if (said.event === "evaluation") {
          const { step, meanReturn } = said as { step: number; meanReturn: number };
          curve.push({ step, meanReturn, alpha: row["train/ent_coef"]!, entropy: row["train/entropy"]! });
        }
      },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { ...run, about: `tempered, ${engine}, Node ${process.version}`, curve };
}

async function pytorch(run: Wanted, core: number): Promise<LearnedRun> {
  const curve: CurvePoint[] = [];
  let about = "";
  const settings = {
    env: run.env,
    steps,
    seed: run.seed,
    threads: 1,
    "eval-every": evalEvery,
    episodes: EPISODES,
  };
  await lines([python, here("peers/halfcheetah_torch.py"), ...flags(settings)], core, (said) => {
    if (said.event === "eval") {
      const { step, meanReturn, alpha, entropy } = said as unknown as CurvePoint;
      curve.push({ step, meanReturn, alpha, entropy });
    }
    if (said.event === "done") {
      const { torch, gymnasium } = said.versions as Record<string, string>;
      about = `PyTorch ${torch}, Gymnasium ${gymnasium}`;
    }
  });
  return { ...run, about, curve };
}

/** Runs a program that prints JSON lines. @throws Error with its complaint where it fails */
async function lines(
  command: readonly string[],
  core: number,
  hear: (said: Record<string, unknown>) => void,
): Promise<void> {
  const [program, ...args] = [...heldTo([core]), ...command];
  const child = spawn(program!, args, { stdio: ["ignore", "pipe", "pipe"] });
  let complaint = "";
  child.on("error", (error) => {
    complaint += error.message;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  for await (const line of createInterface({ input: child.stdout })) hear(JSON.parse(line));
  if ((await ended) !== 0) throw new Error(`${command[0]} failed:\n${complaint.trim()}`);
}
