// The presets beside each other where steps are dear: Pendulum-v1, small networks, 1,500 steps, several seeds each. Judged by 50
// deterministic episodes of the agent as it is at the end. Results are kept as they come, a run a line.
//
//   npx tsx bench/presets.ts [--presets sac,redq,droq] [--seeds 1,2,3,4,5] [--steps 1500] [--engine wasm] [--table]

import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type PresetName, presets } from "../src/agent/presets.ts";
import { makeEnv } from "../src/envs/index.ts";
import { chooseEngine, type EngineChoice, evaluate, SAC } from "../src/index.ts";

const ENV = "Pendulum-v1";
const { values } = parseArgs({
  options: {
    presets: { type: "string", default: Object.keys(presets).join(",") },
    seeds: { type: "string", default: "1,2,3,4,5" },
    steps: { type: "string", default: "1500" },
    engine: { type: "string", default: "wasm" },
    table: { type: "boolean", default: false },
  },
});
interface Run {
  readonly preset: PresetName;
  readonly seed: number;
  readonly steps: number;
  readonly meanReturn: number;
  readonly updates: number;
  readonly seconds: number;
}
const out = fileURLToPath(new URL("results/presets.jsonl", import.meta.url));
const engine = await chooseEngine({ engine: values.engine as NonNullable<EngineChoice["engine"]> });
for (const seed of values.table ? [] : values.seeds.split(",").map(Number)) {
  for (const preset of values.presets.split(",") as PresetName[]) {
    const line = JSON.stringify(await run(preset, seed, Number(values.steps)));
    appendFileSync(out, `${line}\n`);
    process.stderr.write(`${line}\n`);
  }
}
await engine.dispose();
const runs: Run[] = existsSync(out)
  ? readFileSync(out, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
  : [];
const table = tableOf(runs);
writeFileSync(out.replace(/\.jsonl$/, ".md"), table);
process.stdout.write(table);

async function run(preset: PresetName, seed: number, steps: number): Promise<Run> {
  const started = performance.now();
  await using agent = await SAC.create(makeEnv(ENV), {
    hidden: [64, 64],
    batchSize: 64,
    learningRate: 1e-3,
    ...presets[preset],
    temperature: { initialAlpha: 0.2, learningRate: 1e-3 },
    engine,
    seed,
  });
  for await (const _ of agent.learn({ totalTimesteps: steps, logEvery: steps }));
  const { meanReturn } = await evaluate(agent, makeEnv(ENV), { episodes: 50, seed: 10_000 + seed });
  const seconds = Math.round((performance.now() - started) / 1000);
  return { preset, seed, steps, meanReturn, updates: agent.learner.updates, seconds };
}

function tableOf(runs: readonly Run[]): string {
  const rows = Object.keys(presets).flatMap((preset) => {
    const own = runs.filter((run) => run.preset === preset);
    if (own.length === 0) return [];
    const returns = own.map(({ meanReturn }) => meanReturn);
    const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
    return [
      `| ${preset} | ${own[0]!.updates.toLocaleString("en")} | ${own.map(({ seed }) => seed).join(", ")} | ${returns.map((value) => value.toFixed(0)).join(", ")} | ${mean.toFixed(0)} |`,
    ];
  });
  return `# The presets on Pendulum-v1 after ${runs[0]?.steps.toLocaleString("en")} steps

Two hidden layers of 64, batches of 64, learning rates 1e-3, α from 0.2. Mean return of 50 deterministic episodes of the agent
as it is at the end, a number a seed; a solved Pendulum has about −150.

| preset | updates | seeds | returns | mean |
|---|---|---|---|---|
${rows.join("\n")}

\`npx tsx bench/presets.ts\`
`;
}
