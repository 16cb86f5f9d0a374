// Many bodies in one world, one policy: each row of the vector env is a place for a body, which may be empty for a while.
// All that the bodies live through teaches the one policy that moves them.
//
//   npx tsx examples/foraging.ts [steps]

import { Foraging } from "../src/envs/index.ts";
import { SAC } from "../src/index.ts";

const steps = Number(process.argv[2] ?? 20_000);
const agent = await SAC.create(new Foraging({ bodies: 8 }), {
  seed: 1,
  hidden: [64, 64],
  batchSize: 128,
  learningRate: 1e-3,
  trainFreq: 4,
});
for await (const { step, alpha, entropy, episodes, episodeReturn } of agent.learn({
  totalTimesteps: steps,
  logEvery: Math.ceil(steps / 10),
})) {
  console.log(
    `step ${step}  bodies so far ${episodes}  return ${episodeReturn.toFixed(1)}  α ${alpha.toFixed(3)}  entropy ${entropy.toFixed(2)}`,
  );
}
await agent.dispose();
