// The library in ten lines: train, watch α, use the policy.
//
//   npx tsx examples/train-pendulum.ts

import { makeEnv } from "../src/envs/index.ts";
import { evaluate, SAC } from "../src/index.ts";

await using agent = await SAC.create(makeEnv("Pendulum-v1"), { seed: 1, temperature: { targetEntropy: -1 } });

for await (const m of agent.learn({ totalTimesteps: Number(process.argv[2] ?? 10_000), logEvery: 1000 })) {
  console.log(
    `step ${m.step}  α ${m.alpha.toFixed(3)}  entropy ${m.entropy.toFixed(2)}  return ${m.episodeReturn.toFixed(0)}`,
  );
}

const { meanReturn } = await evaluate(agent, makeEnv("Pendulum-v1"), { episodes: 10 });
console.log(`mean return of ten deterministic episodes: ${meanReturn.toFixed(0)}`);
