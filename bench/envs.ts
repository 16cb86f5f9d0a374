// What the MuJoCo envs cost on top of MuJoCo: env steps per second of our envs and of a bare loop of mj_step over the
// same model, frame skip, starts and actions, in turns, episode by episode; beside them Gymnasium in Python.
//
//   npx tsx bench/envs.ts [--task HalfCheetah-v5] [--steps 2000] [--rounds 7] [--json]
//
// For Python's figures, TEMPERED_PYTHON (default python3) needs gymnasium and mujoco; without them they are left out.

import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { TimeLimit } from "../src/envs/index.ts";
import { mujocoTasks } from "../src/envs/mujoco/index.ts";
import { loadMujoco } from "../src/envs/mujoco/load-mujoco.ts";
import { mjcfText } from "../src/envs/mujoco/mjcf.ts";
import { MujocoEnv } from "../src/envs/mujoco/mujoco-env.ts";
import type { Task } from "../src/envs/mujoco/task.ts";
import { sample } from "../src/envs/spaces.ts";
import { machine } from "../src/measure/machine.ts";
import { quantile } from "../src/measure/timing.ts";
import { RandomStream } from "../src/random/index.ts";
import { count } from "./options.ts";

const { values } = parseArgs({
  options: {
    task: { type: "string", multiple: true },
    steps: { type: "string", default: "2000" },
    rounds: { type: "string", default: "7" },
    json: { type: "boolean", default: false },
  },
});
const steps = count("steps", values.steps);
const rounds = count("rounds", values.rounds);
const tasks = mujocoTasks.filter(({ id }) => !values.task || values.task.includes(id));
const mujoco = await loadMujoco();

/** The start of an episode, and what was done in it. */
interface Episode {
  readonly seed: number;
  readonly state: Float64Array;
  readonly actions: readonly Float32Array[];
}

interface Rates {
  readonly task: string;
  /** Env steps per second; null where there is no such Python. */
  readonly tempered: number;
  readonly bare: number;
  readonly gymnasium: number | null;
  /** Our time over the bare loop's, less 1: median of the rounds. */
  readonly overhead: number;
}

const python = process.env.TEMPERED_PYTHON || "python3";
const rates: Rates[] = [];
for (const task of tasks) rates.push(measure(task));

if (values.json) for (const each of rates) console.log(JSON.stringify(each));
else printTable();

function measure(task: Task): Rates {
  const inner = new MujocoEnv(task, mujoco);
  const env = new TimeLimit(inner, 1000);
  const episodes = play(inner, env);
  const bare = bareLoop(task);
  const times = Array.from({ length: rounds + 1 }, () => {
    let [ours, theirs] = [0, 0];
    for (const [i, episode] of episodes.entries()) {
      // Who goes first alternates, so that neither always finds the caches warm.
      if (i % 2 === 0) ours += timed(() => follow(env, episode));
      theirs += timed(() => bare.run(episode));
      if (i % 2 === 1) ours += timed(() => follow(env, episode));
    }
    return { ours, theirs };
  }).slice(1);
  env.close();
  bare.close();
  const rate = (milliseconds: readonly number[]) => Math.round((1000 * steps) / quantile(milliseconds, 0.5));
  return {
    task: task.id,
    tempered: rate(times.map(({ ours }) => ours)),
    bare: rate(times.map(({ theirs }) => theirs)),
    gymnasium: gymnasiumRate(task.id),
    overhead: quantile(
      times.map(({ ours, theirs }) => ours / theirs - 1),
      0.5,
    ),
  };
}

/** Episodes of random actions, at most 100 steps long, `steps` steps in all. */
function play(inner: MujocoEnv, env: TimeLimit): Episode[] {
  const random = new RandomStream(0, "bench");
  const episodes: Episode[] = [];
  for (let taken = 0, seed = 0; taken < steps; seed++) {
    env.reset({ seed });
    const state = inner.physics();
    const actions: Float32Array[] = [];
    for (let over = false; !over && actions.length < 100 && taken < steps; taken++) {
      const action = sample(env.actionSpace, random);
      actions.push(action);
      over = inner.step(action).terminated;
    }
    episodes.push({ seed, state, actions });
  }
  return episodes;
}

function follow(env: TimeLimit, { seed, actions }: Episode): void {
  env.reset({ seed });
  for (const action of actions) env.step(action);
}

function bareLoop({ model: description, frameSkip }: Task) {
  const model = mujoco.MjModel.from_xml_string(mjcfText(description));
  const data = new mujoco.MjData(model);
  const [qpos, qvel, ctrl] = [data.qpos, data.qvel, data.ctrl] as Float64Array[];
  return {
    run({ state, actions }: Episode): void {
      mujoco.mj_resetData(model, data);
      qpos!.set(state.subarray(0, qpos!.length));
      qvel!.set(state.subarray(qpos!.length));
      mujoco.mj_forward(model, data);
      for (const action of actions) {
        ctrl!.set(action);
        for (let i = 0; i < frameSkip; i++) mujoco.mj_step(model, data);
      }
    },
    close(): void {
      data.delete();
      model.delete();
    },
  };
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function gymnasiumRate(task: string): number | null {
  const script = new URL("peers/gymnasium_rate.py", import.meta.url).pathname;
  const { status, stdout } = spawnSync(python, [script, task, String(steps), String(rounds)], {
    encoding: "utf8",
  });
  return status === 0 ? Math.round(Number(stdout)) : null;
}

function printTable(): void {
  const { cpu, vendor, vectors, cores, system } = machine();
  console.log(`${cpu} (${vendor}, ${vectors}, ${cores} cores), ${system}, Node ${process.version}\n`);
  console.log("| env steps/s | tempered | bare mj_step loop | our overhead | Gymnasium in Python |");
  console.log("|---|---|---|---|---|");
  for (const { task, tempered, bare, gymnasium, overhead } of rates) {
    console.log(
      `| ${task} | ${tempered} | ${bare} | ${(100 * overhead).toFixed(1)}% | ${gymnasium ?? "–"} |`,
    );
  }
  if (rates.some(({ gymnasium }) => gymnasium === null)) {
    console.log(`\n–: ${python} has no gymnasium with mujoco; name one that has with TEMPERED_PYTHON.`);
  }
}
