// The wasm engine's two arithmetics beside each other, and beside PyTorch eager with MKL and oneDNN held to AVX2 and with
// AVX-512, all doing the same update. Everyone takes a short turn in each round; a ratio is the median over rounds of the two
// turns of one round. On one thread processor time counts, which a busy machine changes little; on more, the clock.
//
//   npx tsx bench/arithmetic.ts [--threads 1] [--rounds 60] [--seconds 0.3] [--node PATH] [--out FILE]
//       [--observation-dim 17] [--action-dim 6] [--hidden 256,256] [--batch 256]
//
// Ours run in the Node named, by default this one, which needs relaxed SIMD: Node 22 or later. The Python of PyTorch is
// TEMPERED_PYTHON, or python3; without torch its rows are left out.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { machine } from "../src/measure/machine.ts";
import { quantile } from "../src/measure/timing.ts";
import { type Contender, canPin, childContender, type Info, Unavailable } from "./contender.ts";
import { count, flags, sizeOptions, sizesOf } from "./options.ts";

const { values } = parseArgs({
  options: {
    ...sizeOptions,
    threads: { type: "string", default: "1" },
    rounds: { type: "string", default: "60" },
    seconds: { type: "string", default: "0.3" },
    node: { type: "string", default: process.execPath },
    out: { type: "string" },
  },
});
sizesOf(values);
const threads = count("threads", values.threads);
const rounds = count("rounds", values.rounds);
const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const python = process.env.TEMPERED_PYTHON ?? "python3";
const { threads: _, rounds: __, seconds: ___, node, out, ...sizes } = values;
const own = (arithmetic: string) =>
  childContender(`wasm, ${arithmetic}`, [
    ...([node, "--import", "tsx", here("own-worker.ts"), "--engine", "wasm"] as const),
    ...["--arithmetic", arithmetic, ...flags(sizes)],
  ]);
const AVX2 = ["MKL_ENABLE_INSTRUCTIONS=AVX2", "ONEDNN_MAX_CPU_ISA=AVX2", "ATEN_CPU_CAPABILITY=avx2"];
const torch = (name: string, environment: readonly string[]) =>
  childContender(name, ["env", ...environment, python, here("peers/torch_sac.py"), ...flags(sizes)]);

const contenders = [
  own("fused"),
  own("portable"),
  torch("PyTorch eager, AVX2", AVX2),
  torch("PyTorch eager", []),
];
const entered: { contender: Contender; info: Info; rates: number[] }[] = [];
for (const contender of contenders) {
  try {
    entered.push({ contender, info: await contender.start(threads), rates: [] });
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    process.stderr.write(`${contender.name}: left out, ${error.message}\n`);
  }
}
for (let round = 0; round < rounds; round++) {
  for (let i = 0; i < entered.length; i++) {
    const { contender, rates } = entered[(i + round) % entered.length]!;
    const { updates, seconds, cpu } = await contender.run(Number(values.seconds));
    rates.push(updates / (threads === 1 ? cpu : seconds));
  }
}
for (const { contender } of entered) await contender.stop();

const [fused] = entered;
const results = entered.map(({ contender: { name }, info, rates }) => {
  const ratios = rates.map((rate, round) => fused!.rates[round]! / rate);
  const [low, ratio, high] = [0.25, 0.5, 0.75].map((share) => quantile(ratios, share));
  return { name, info, best: Math.max(...rates), median: quantile(rates, 0.5), low, ratio, high };
});
const { cpu, vectors } = machine();
const clock = threads === 1 ? "a second of processor time" : "a second";
const lines = [
  `${cpu} (${vectors}), ${threads} thread${threads === 1 ? "" : "s"}${canPin ? ", one core each" : ""}, ` +
    `${rounds} rounds of ${values.seconds} s, batch ${values.batch}, hidden ${values.hidden}`,
  "",
  `| | updates ${clock}, median | best | fused is | quartiles |`,
  "|---|---:|---:|---:|---|",
  ...results.map(
    ({ name, median, best, ratio, low, high }) =>
      `| ${name} | ${median.toFixed(1)} | ${best.toFixed(1)} | **${ratio!.toFixed(3)}×** | ${low!.toFixed(3)} … ${high!.toFixed(3)} |`,
  ),
];
process.stdout.write(`${lines.join("\n")}\n`);
if (out !== undefined) {
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, `${JSON.stringify({ machine: machine(), threads, rounds, results }, null, 1)}\n`);
}
