// Steps per second of Gymnasium's Pendulum-v1 through the Python bridge: one environment, then 16 at once; one JSON
// line each. Needs a Python with gymnasium: `TEMPERED_PYTHON=python3 npx tsx bench/bridge.ts [--seconds 5]`.

import { parseArgs } from "node:util";
import { GymnasiumEnv, GymnasiumVectorEnv } from "../src/envs/gymnasium/index.ts";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "5" } } });
const milliseconds = 1000 * Number(values.seconds);

const one = await GymnasiumEnv.create("Pendulum-v1");
await one.reset({ seed: 1 });
await report("unbatched", 1, 1, async () => {
  const { truncated } = await one.step([0.5]);
  if (truncated) await one.reset();
});
await one.close();

for (const processes of [1, 2]) {
  const many = await GymnasiumVectorEnv.create("Pendulum-v1", { environments: 16, processes });
  await many.reset({ seed: 1 });
  const actions = new Float64Array(16).fill(0.5);
  await report("batched", 16, processes, () => many.step(actions));
  await many.close();
}

async function report(mode: string, environments: number, processes: number, step: () => Promise<unknown>) {
  for (let i = 0; i < 500; i++) await step();
  const start = performance.now();
  let steps = 0;
  while (performance.now() - start < milliseconds) {
    for (let i = 0; i < 100; i++) await step();
    steps += 100 * environments;
  }
  const stepsPerSecond = Math.round((1000 * steps) / (performance.now() - start));
  console.log(JSON.stringify({ mode, environments, processes, stepsPerSecond }));
}
