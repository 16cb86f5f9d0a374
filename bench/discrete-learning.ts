// Discrete SAC on three tasks, several seeds each, with `--preset discrete`, at several shares of log n as the target
// entropy; the doctor reads along. Judged, by 50 deterministic episodes that start from seeds used for nothing else, are
// the agent at the end and the one that evaluations on the way (ten episodes, twenty times a run) found best: `agent/` and
// `best/` of `tempered train --eval-every`. Results are kept beside each other as they come, a run a line, and the Markdown
// table is made of all of them.
//
//   npx tsx bench/discrete-learning.ts [--only ENV] [--shares 0.5] [--seeds 1,2,3,4,5] [--engine wasm] [--table]

import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { AgentState } from "../src/agent/agent-state.ts";
import { rowOf } from "../src/agent/metrics-row.ts";
import { presets } from "../src/agent/presets.ts";
import { watchAlpha } from "../src/doctor/index.ts";
import { makeEnv } from "../src/envs/index.ts";
import { Agent, chooseEngine, type EngineChoice, evaluate, SAC } from "../src/index.ts";
import { watchedRow } from "../src/training/rows.ts";
import { type DiscreteRun, discreteTable } from "./discrete-table.ts";

const EPISODES = 50;
const EVALUATIONS = 20;
const LOG_EVERY = 250;

const { discrete } = presets;
const tasks = [
  { env: "CartPole-v1", actions: 2, steps: 20_000, trainFreq: 1 },
  { env: "Acrobot-v1", actions: 3, steps: 30_000, trainFreq: 1 },
  { env: "tempered/Snake-v0", actions: 5, steps: 100_000, trainFreq: 4 },
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

for (const task of tasks) {
  if (values.table || (values.only !== undefined && values.only !== task.env)) continue;
  for (const seed of numbers(values.seeds)) {
    for (const share of numbers(values.shares)) {
      const line = JSON.stringify(await run(task, share, seed));
      appendFileSync(out, `${line}\n`);
      process.stderr.write(`${line}\n`);
    }
  }
}
await engine.dispose();
const lines = existsSync(out) ? readFileSync(out, "utf8").trim().split("\n") : [];
const table = discreteTable(lines.map((line) => JSON.parse(line) as DiscreteRun));
writeFileSync(out.replace(/\.jsonl$/, ".md"), table);
process.stdout.write(table);

async function run(
  { env, actions, steps, trainFreq }: (typeof tasks)[number],
  share: number,
  seed: number,
): Promise<DiscreteRun> {
  const started = performance.now();
  const options = {
    ...discrete,
    trainFreq,
    temperature: { ...discrete.temperature, targetEntropyShare: share },
  };
  await using agent = await SAC.create(makeEnv(env), { ...options, engine, seed });
  const targetEntropy = share * Math.log(actions);
  const { learningRate: alphaLearningRate, initialAlpha } = discrete.temperature;
  // What `tempered train` tells the doctor of a run.
  const doctor = watchAlpha({
    declared: {
      env,
      discreteActions: actions,
      gamma: 0.99,
      updatesPerStep: 1 / trainFreq,
      targetEntropy,
      alphaLearningRate,
      initialAlpha,
      lossForm: "log-alpha",
    },
  });
  const findings = new Set<string>();
  /** [steps, α, entropy, return of the episodes since, return of an evaluation or null], a row an evaluation */
  const curve: DiscreteRun["curve"][number][] = [];
  const late = { entropy: [] as number[], logAlpha: [] as number[], qMean: 0 };
  let largest = 0;
  let best: { state: AgentState; meanReturn: number } | undefined;
  for await (const report of agent.learn({ totalTimesteps: steps, logEvery: LOG_EVERY })) {
    const { step, alpha, entropy, logAlpha, qMean, updates, episodeReturn } = report;
    if (updates === 0) continue;
    const row = rowOf(report, {
      seconds: 1,
      learningRate: discrete.learningRate,
      tuned: true,
      updated: true,
    });
    for (const { id } of doctor.push(watchedRow(row))) findings.add(id);
    largest = Math.max(largest, alpha);
    if (step > 0.8 * steps) {
      late.entropy.push(entropy);
      late.logAlpha.push(logAlpha);
      late.qMean = qMean;
    }
    if (step % (steps / EVALUATIONS) !== 0) continue;
    const { meanReturn } = await evaluate(agent, makeEnv(env), { seed: 20_000 + seed });
    curve.push([step, alpha, entropy, episodeReturn, meanReturn].map((x) => Number(x.toPrecision(4))));
    if (best === undefined || meanReturn > best.meanReturn) {
      best = { meanReturn, state: await agent.state({ replay: false }) };
    }
  }
  const judged = { episodes: EPISODES, seed: 10_000 + seed };
  const last50 = await evaluate(agent, makeEnv(env), judged);
  await using restored = await Agent.restore(makeEnv(env), best!.state, { engine });
  const best50 = await evaluate(restored, makeEnv(env), judged);
  const firstAndLast = [late.logAlpha[0]!, late.logAlpha.at(-1)!] as const;
  return {
    env,
    steps,
    options,
    share,
    seed,
    meanReturn: last50.meanReturn,
    bestReturn: best50.meanReturn,
    entropy: late.entropy.reduce((sum, x) => sum + x, 0) / late.entropy.length,
    targetEntropy,
    alpha: Math.exp(firstAndLast[1]),
    largestAlpha: largest,
    drift: firstAndLast[1] - firstAndLast[0],
    qMean: late.qMean,
    findings: [...findings],
    curve,
    processor: cpus()[0]?.model ?? "unknown",
    seconds: Math.round((performance.now() - started) / 1000),
  };
}
