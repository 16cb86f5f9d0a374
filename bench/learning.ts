// Does it learn? Trains tasks from scratch with the default hyperparameters, several seeds each, and judges every
// final agent by 50 deterministic episodes in an environment of its own. Prints a Markdown table, keeps it beside the
// JSON under bench/results, and fails where a bar is missed. With --only, the results of other tasks are kept.
//
//   npx tsx bench/learning.ts [--engine auto|onnxruntime|wasm] [--threads 1] [--seeds N] [--only ENV] [--out FILE]

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { makeEnv } from "../src/envs/index.ts";
import { chooseEngine, type Engine, type EngineChoice, evaluate, SAC } from "../src/index.ts";
import { machine } from "../src/measure/machine.ts";
import {
  type LearningResult,
  markdown,
  missedBars,
  type TaskResult,
  type Trained,
} from "./learning-table.ts";
import { count } from "./options.ts";

const EPISODES = 50;
const LAST_UPDATES = 1000;

const tasks = [
  {
    env: "Pendulum-v1",
    steps: 10_000,
    seeds: 5,
    bar: { wanted: -200, share: 0.8, worst: -400, entropyTolerance: 0.4 },
  },
  { env: "tempered/PointMass-v0", steps: 10_000, seeds: 3, bar: { wanted: -20, share: 1, worst: -20 } },
] as const;

const { values } = parseArgs({
  options: {
    engine: { type: "string", default: "auto" },
    threads: { type: "string", default: "1" },
    seeds: { type: "string" },
    only: { type: "string" },
    out: { type: "string" },
  },
});
const threads = count("threads", values.threads);
const asked = values.seeds === undefined ? undefined : count("seeds", values.seeds);

const engine = await chooseEngine({ engine: values.engine as NonNullable<EngineChoice["engine"]>, threads });
const name = engine.name === "wasm" ? "learning-wasm" : "learning";
const out = values.out ?? fileURLToPath(new URL(`results/${name}.json`, import.meta.url));
mkdirSync(dirname(out), { recursive: true });

const kept: readonly TaskResult[] = existsSync(out) ? JSON.parse(readFileSync(out, "utf8")).tasks : [];
const isChosen = (env: string) => values.only === undefined || env === values.only;
const results = tasks.flatMap(({ env, steps, bar }): TaskResult[] => {
  const agents = kept.find((task) => task.env === env && task.steps === steps)?.agents;
  if (isChosen(env)) return [{ env, steps, bar, agents: [] }];
  return agents === undefined ? [] : [{ env, steps, bar, agents }];
});
const result: LearningResult = {
  command: `npx tsx bench/learning.ts${values.engine === "auto" ? "" : ` --engine ${values.engine}`}`,
  machine: machine(),
  engine: engine.name,
  threads,
  episodes: EPISODES,
  lastUpdates: LAST_UPDATES,
  tasks: results,
};
for (const { env, steps, agents } of results.filter((task) => isChosen(task.env))) {
  const seeds = asked ?? tasks.find((task) => task.env === env)!.seeds;
  for (let seed = 1; seed <= seeds; seed++) {
    agents.push(await trained(engine, env, steps, seed));
    process.stderr.write(`${env} seed ${seed}: ${agents.at(-1)!.meanReturn.toFixed(1)}\n`);
    writeFileSync(out, `${JSON.stringify(result, null, 1)}\n`);
    writeFileSync(out.replace(/\.json$/, ".md"), markdown(result));
  }
}
await engine.dispose();
process.stdout.write(markdown(result));
const missed = missedBars(result);
for (const line of missed) process.stderr.write(`missed: ${line}\n`);
process.exitCode = missed.length === 0 ? 0 : 1;

async function trained(engine: Engine, env: string, steps: number, seed: number): Promise<Trained> {
  await using agent = await SAC.create(makeEnv(env), { seed, engine });
  const [started, wall] = [process.cpuUsage(), performance.now()];
  let last: Pick<Trained, "alpha" | "entropy" | "targetEntropy"> | undefined;
  for await (const metrics of agent.learn({ totalTimesteps: steps, logEvery: LAST_UPDATES })) {
    last = { alpha: metrics.alpha, entropy: metrics.entropy, targetEntropy: metrics.targetEntropy };
  }
  const { user, system } = process.cpuUsage(started);
  const seconds = (performance.now() - wall) / 1000;
  const { meanReturn, stdReturn, returns } = await evaluate(agent, makeEnv(env), {
    episodes: EPISODES,
    seed: 1000 + seed,
  });
  const worstReturn = Math.min(...returns);
  return { seed, meanReturn, stdReturn, worstReturn, ...last!, seconds, cpuSeconds: (user + system) / 1e6 };
}
