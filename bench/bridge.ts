// Steps per second of Gymnasium's Pendulum-v1 through the Python bridge, one environment and 16 at once, beside a loop
// over `gym.make` in Python itself; rounds in turn, and their medians as one JSON line each.
//
//   TEMPERED_PYTHON=python3 npx tsx bench/bridge.ts [--rounds 3] [--seconds 3]

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { GymnasiumEnv, GymnasiumVectorEnv } from "../src/envs/gymnasium/index.ts";
import { count } from "./options.ts";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "3" }, seconds: { type: "string", default: "3" } },
});
const rounds = count("rounds", values.rounds);
const milliseconds = 1000 * count("seconds", values.seconds);
const ENVIRONMENTS = 16;

const contenders: { name: string; rate: () => Promise<number>; rates: number[] }[] = [
  { name: "Python itself, one core", rate: inPython, rates: [] },
  { name: "unbatched", rate: unbatched, rates: [] },
  ...[1, 2].map((processes) => ({
    name: `${ENVIRONMENTS} at once, ${processes === 1 ? "1 process" : `${processes} processes`}`,
    rate: () => batched(processes),
    rates: [],
  })),
];
for (let round = 0; round < rounds; round++) {
  for (const { rate, rates } of contenders) rates.push(Math.round(await rate()));
}
for (const { name, rates } of contenders) {
  rates.sort((a, b) => a - b);
  const [lowest, median, highest] = [rates[0], rates[Math.floor(rounds / 2)], rates.at(-1)];
  console.log(JSON.stringify({ mode: name, stepsPerSecond: median, lowest, highest }));
}

async function unbatched(): Promise<number> {
  const env = await GymnasiumEnv.create("Pendulum-v1");
  await env.reset({ seed: 1 });
  const rate = await stepsPerSecond(1, async () => {
    const { truncated } = await env.step([0.5]);
    if (truncated) await env.reset();
  });
  await env.close();
  return rate;
}

async function batched(processes: number): Promise<number> {
  const envs = await GymnasiumVectorEnv.create("Pendulum-v1", { environments: ENVIRONMENTS, processes });
  await envs.reset({ seed: 1 });
  const actions = new Float64Array(ENVIRONMENTS).fill(0.5);
  const rate = await stepsPerSecond(ENVIRONMENTS, () => envs.step(actions));
  await envs.close();
  return rate;
}

async function stepsPerSecond(environments: number, step: () => Promise<unknown>): Promise<number> {
  for (let i = 0; i < 500; i++) await step();
  const start = performance.now();
  let steps = 0;
  while (performance.now() - start < milliseconds) {
    for (let i = 0; i < 100; i++) await step();
    steps += 100 * environments;
  }
  return (1000 * steps) / (performance.now() - start);
}

async function inPython(): Promise<number> {
  const script = fileURLToPath(new URL("peers/gymnasium_rate.py", import.meta.url));
  const python = process.env.TEMPERED_PYTHON ?? "python3";
  const { status, stdout, stderr } = spawnSync(python, [script, "Pendulum-v1", "30000", "3"], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}
