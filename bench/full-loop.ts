// What acting, the environment, the replay buffer and reporting add to the bare update: `agent.learn` on Pendulum-v1
// against the same agent's learner fed random batches (noise drawn), in turn, in one process.
//
//   npx tsx bench/full-loop.ts [--engine auto] [--threads 1] [--rounds 6] [--seconds 3]

import { parseArgs } from "node:util";
import { Agent } from "../src/agent/agent.ts";
import { emptyBatch } from "../src/agent/replay-buffer.ts";
import { chooseEngine } from "../src/engines/choose.ts";
import { makeEnv } from "../src/envs/index.ts";
import { quantile } from "../src/measure/timing.ts";
import { RandomStream } from "../src/random/index.ts";
import { count } from "./options.ts";

const { values } = parseArgs({
  options: {
    engine: { type: "string", default: "auto" },
    threads: { type: "string", default: "1" },
    rounds: { type: "string", default: "6" },
    seconds: { type: "string", default: "3" },
  },
});
const engine = await chooseEngine({
  engine: values.engine as "auto" | "onnxruntime" | "wasm",
  threads: count("threads", values.threads),
});
const agent = await Agent.create(makeEnv("Pendulum-v1"), { engine, learningStarts: 256 });
const { batchSize } = agent.hyperparameters;
const observations = agent.learner.networks.actor.spec.inputSize;

const random = new RandomStream(1, "benchmark");
const batch = emptyBatch(batchSize, observations, agent.actionSize);
for (const array of [batch.observation, batch.action, batch.reward, batch.nextObservation])
  random.fillNormal(array);
const draws = () => new Float32Array(batchSize * agent.actionSize);
const noise = { noise: draws(), nextNoise: draws() };

async function bareRate(seconds: number): Promise<number> {
  let updates = 0;
  const start = performance.now();
  while (performance.now() - start < 1e3 * seconds) {
    random.fillNormal(noise.noise);
    random.fillNormal(noise.nextNoise);
    await agent.learner.update(batch, noise, 0);
    updates += 1;
  }
  return (1e3 * updates) / (performance.now() - start);
}

async function loopRate(seconds: number): Promise<number> {
  const first = agent.steps;
  const start = performance.now();
  for await (const _ of agent.learn({ totalTimesteps: 1_000_000, logEvery: 20 })) {
    if (performance.now() - start >= 1e3 * seconds) break;
  }
  return (1e3 * (agent.steps - first)) / (performance.now() - start);
}

for await (const _ of agent.learn({ totalTimesteps: 600 })) {
  // Warm-up: past the random actions, every function compiled.
}
const [seconds, rounds] = [count("seconds", values.seconds), count("rounds", values.rounds)];
const rates: { bare: number; loop: number }[] = [];
for (let round = 0; round < rounds; round++) {
  rates.push({ bare: await bareRate(seconds), loop: await loopRate(seconds) });
}
await agent.dispose();
await engine.dispose();

const median = (of: (rate: (typeof rates)[number]) => number) => quantile(rates.map(of), 0.5);
console.log(
  `Pendulum-v1, 2×256, batch ${batchSize}, ${engine.name}, ${engine.threads} thread(s), median of ${rounds} rounds`,
);
console.log("| bare updates/s | full loop steps/s | ratio |\n|---|---|---|");
console.log(
  `| ${median(({ bare }) => bare).toFixed(0)} | ${median(({ loop }) => loop).toFixed(0)} | ${median(({ bare, loop }) => loop / bare).toFixed(3)} |`,
);
