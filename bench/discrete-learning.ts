// Discrete SAC, several seeds each, at several shares of log n as the target entropy. Judged by 50 deterministic episodes in an
// environment of its own are the agent at the end and the best on the way, as ten episodes at every tenth of the run show
// it. Results are kept beside each other as they come, a run
// a line, and the Markdown table is made of all of them.
//
//   npx tsx bench/discrete-learning.ts [--only ENV] [--shares 0.5] [--seeds 1,2,3,4,5] [--engine wasm] [--table]

import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { AgentState } from "../src/agent/agent-state.ts";
import { makeEnv } from "../src/envs/index.ts";
import { Agent, chooseEngine, type EngineChoice, evaluate, SAC } from "../src/index.ts";
import { type DiscreteRun, discreteTable } from "./discrete-table.ts";

const EPISODES = 50;

const small = { learningRate: 1e-3, batchSize: 128, tau: 0.02 };
const tasks = [
  { env: "CartPole-v1", steps: 20_000, options: { ...small, hidden: [64, 64] } },
  { env: "Acrobot-v1", steps: 20_000, options: { ...small, hidden: [64, 64] } },
  {
    env: "tempered/Snake-v0",
    steps: 100_000,
    options: { hidden: [128, 128], learningRate: 1e-3, trainFreq: 4 },
  },
] as const;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    shares: { type: "string", default: "0.5" },
    seeds: { type: "string", default: "1,2,3,4,5" },
    engine: { type: "string", default: "wasm" },
    table: { type: "boolean", default: false },
  },
});
const numbers = (text: string) => text.split(",").map(Number);
const out = fileURLToPath(new URL("results/discrete-learning.jsonl", import.meta.url));
const engine = await chooseEngine({ engine: values.engine as NonNullable<EngineChoice["engine"]> });

for (const { env, steps, options } of tasks) {
  if (values.table || (values.only !== undefined && values.only !== env)) continue;
  for (const seed of numbers(values.seeds)) {
    for (const share of numbers(values.shares)) {
      const result = await run(env, steps, options, share, seed);
      appendFileSync(out, `${JSON.stringify(result)}\n`);
      process.stderr.write(`${JSON.stringify(result)}\n`);
    }
  }
}
await engine.dispose();
const lines = existsSync(out) ? readFileSync(out, "utf8").trim().split("\n") : [];
const table = discreteTable(lines.map((line) => JSON.parse(line) as DiscreteRun));
writeFileSync(out.replace(/\.jsonl$/, ".md"), table);
process.stdout.write(table);

async function run(
  env: string,
  steps: number,
  options: (typeof tasks)[number]["options"],
  share: number,
  seed: number,
): Promise<DiscreteRun> {
  const started = performance.now();
  await using agent = await SAC.create(makeEnv(env), {
    ...options,
    engine,
    seed,
    temperature: { targetEntropyShare: share },
  });
  let [entropy, count, largest] = [0, 0, 0];
  let best: { state: AgentState; meanReturn: number } | undefined;
  let last: { alpha: number; qMean: number; targetEntropy: number } | undefined;
  for await (const report of agent.learn({ totalTimesteps: steps, logEvery: 500 })) {
    last = report;
    largest = Math.max(largest, report.alpha);
    if (report.step % (steps / 10) === 0) {
      const { meanReturn } = await evaluate(agent, makeEnv(env), { seed: 20_000 + seed });
      if (!(best && best.meanReturn >= meanReturn)) {
        best = { meanReturn, state: await agent.state({ replay: false }) };
      }
    }
    // Of the last tenth of the run.
    if (report.step <= 0.9 * steps) continue;
    entropy += report.entropy;
    count += 1;
  }
  const judged = { episodes: EPISODES, seed: 10_000 + seed };
  const last50 = await evaluate(agent, makeEnv(env), judged);
  await using restored = await Agent.restore(makeEnv(env), best!.state, { engine });
  const best50 = await evaluate(restored, makeEnv(env), judged);
  return {
    env,
    steps,
    options,
    share,
    seed,
    meanReturn: last50.meanReturn,
    bestReturn: best50.meanReturn,
    entropy: entropy / count,
    targetEntropy: last!.targetEntropy,
    alpha: last!.alpha,
    largestAlpha: largest,
    qMean: last!.qMean,
    seconds: Math.round((performance.now() - started) / 1000),
  };
}
