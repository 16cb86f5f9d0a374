// This checkout beside another one of ours: updates a second of both engines on one and two threads, and steps a second of
// HalfCheetah-v5 from end to end. Both must be built. Ratios are this one's by the other's.
//
// Both live in one process and take turns of a fraction of a second: a shared machine's speed drifts by a third within
// seconds, and two processes after each other measure mostly that. On one thread processor time counts, which a busy machine
// changes little; on more, the clock. `--after` trains so many steps before HalfCheetah is timed.
//
//   npx tsx bench/against.ts OTHER_CHECKOUT [--seconds 20] [--pairs 60] [--engines wasm,onnxruntime] [--only updates|steps]
//       [--threads 1,2] [--after 300]

import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { machine } from "../src/measure/machine.ts";
import { quantile } from "../src/measure/timing.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pairs: { type: "string", default: "60" },
    seconds: { type: "string", default: "20" },
    engines: { type: "string", default: "wasm,onnxruntime" },
    only: { type: "string" },
    threads: { type: "string", default: "1,2" },
    after: { type: "string", default: "300" },
  },
});
const [other] = positionals;
if (other === undefined)
  throw new Error("Expected the path of another checkout, built: npx tsx bench/against.ts PATH");
const pairs = Number(values.pairs);
const turnMs = (1000 * Number(values.seconds)) / (2 * pairs);

/** Something that one checkout does over and over: `times` of it. */
interface Contender {
  go(times: number): Promise<void>;
  end(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: modules of whatever checkout is named
const moduleOf = (checkout: string, ...names: string[]): Promise<any> =>
  import(
    names.map((name) => join(checkout, "dist", name)).find((path) => existsSync(path)) ??
      join(checkout, "dist", names[0]!)
  );

async function updates(checkout: string, engineName: string, threads: number): Promise<Contender> {
  const { chooseEngine } = await moduleOf(checkout, "engines/choose.js");
  // Where it was before `src/measure` was.
  const { randomUpdates } = await moduleOf(
    checkout,
    "measure/random-updates.js",
    "cli/bench/random-updates.js",
  );
  const engine = await chooseEngine({ engine: engineName, threads });
  const sizes = { observationDim: 17, actionDim: 6, hidden: [256, 256], batch: 256 };
  const made = await randomUpdates(engine, sizes);
  return {
    async go(times) {
      for (let i = 0; i < times; i++) await made.update();
    },
    async end() {
      await made.dispose();
      await engine.dispose();
    },
  };
}

async function steps(checkout: string, engine: string, threads: number): Promise<Contender> {
  const { SAC } = await moduleOf(checkout, "index.js");
  const { makeEnv } = await moduleOf(checkout, "envs/index.js");
  const agent = await SAC.create(await makeEnv("HalfCheetah-v5"), {
    seed: 1,
    engine,
    threads,
    learningStarts: 256,
  });
  const learn = async (totalTimesteps: number) => {
    for await (const _ of agent.learn({ totalTimesteps }));
  };
  await learn(Number(values.after));
  return { go: learn, end: () => agent.dispose() };
}

const contests = values.engines.split(",").flatMap((engine) =>
  values.threads
    .split(",")
    .map(Number)
    .flatMap((threads) => [
      { kind: "updates", name: `${engine}, ${threads}: updates/s`, make: updates, engine, threads },
      { kind: "steps", name: `${engine}, ${threads}: HalfCheetah steps/s`, make: steps, engine, threads },
    ]),
);

const median = (numbers: readonly number[]) => quantile(numbers, 0.5);

async function secondsOf(contender: Contender, times: number, threads: number): Promise<number> {
  const start = performance.now();
  const processor = process.cpuUsage();
  await contender.go(times);
  const { user, system } = process.cpuUsage(processor);
  return threads === 1 ? (user + system) / 1e6 : (performance.now() - start) / 1000;
}

const { cpu, vectors } = machine();
console.log(
  `${cpu} (${vectors}), node ${process.version}, ${pairs} pairs of ${turnMs.toFixed(0)} ms in turns, medians\n`,
);
console.log("| | this | other | ratio | quartiles |\n|---|---:|---:|---:|---|");
const checkouts = [fileURLToPath(new URL("..", import.meta.url)), other];
for (const { kind, name, make, engine, threads } of contests) {
  if (values.only !== undefined && values.only !== kind) continue;
  const contenders = [await make(checkouts[0]!, engine, threads), await make(checkouts[1]!, engine, threads)];
  for (const contender of contenders) await contender.go(50);
  const each = (await secondsOf(contenders[1]!, 50, threads)) / 50;
  const times = Math.max(1, Math.round(turnMs / 1000 / each));
  const rates: [number[], number[]] = [[], []];
  for (let pair = 0; pair < pairs; pair++) {
    // Who goes first changes, so that a drift of the machine's speed favours nobody.
    for (const i of pair % 2 === 0 ? [0, 1] : [1, 0])
      rates[i]!.push(times / (await secondsOf(contenders[i]!, times, threads)));
  }
  for (const contender of contenders) await contender.end();
  const ratios = rates[0].map((rate, i) => rate / rates[1][i]!);
  const quartile = (share: number) => quantile(ratios, share).toFixed(3);
  console.log(
    `| ${name} | ${median(rates[0]).toFixed(1)} | ${median(rates[1]).toFixed(1)} | ` +
      `**${median(ratios).toFixed(3)}** | ${quartile(0.25)} … ${quartile(0.75)} |`,
  );
}
process.exit(0);
