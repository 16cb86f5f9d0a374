// Trains, saves, loads and predicts with the installed package, and says so in one line of JSON.

import { type Agent, evaluate, type LearnMetrics, SAC } from "tempered";
import { makeThermostat } from "./thermostat.js";

const agent: Agent = await SAC.create(makeThermostat(), {
  engine: "wasm",
  seed: 1,
  hidden: [32, 32],
  batchSize: 64,
  learningRate: 1e-3,
});
const untrained = await evaluate(agent, makeThermostat(), { episodes: 5 });
const reports: LearnMetrics[] = [];
for await (const metrics of agent.learn({ totalTimesteps: 500 })) reports.push(metrics);
const last: LearnMetrics = await agent.learn({ totalTimesteps: 1500 });
const trained = await evaluate(agent, makeThermostat(), { episodes: 5 });
await agent.save("my-agent");

await using loaded = await SAC.load("my-agent", {
  env: makeThermostat(),
  engine: "wasm",
  learningRate: 1e-4,
});
const observations = [[-5], [0], [5]];
const actions: number[][] = loaded.predict(observations, { deterministic: true });
const same = observations.map((each) => agent.predict(each, { deterministic: true }));
await agent.dispose();

console.log(
  JSON.stringify({
    reports: reports.length,
    steps: last.step,
    untrained: untrained.meanReturn,
    trained: trained.meanReturn,
    actions,
    isSame: JSON.stringify(actions) === JSON.stringify(same),
  }),
);
