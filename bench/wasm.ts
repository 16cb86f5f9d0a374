// The wasm engine's kernels beside the most that 128-bit registers can do, measured in turns in the same run: matrix
// products of 256³ in their three forms, and one action of a policy with two hidden layers of 256. Run it on one core.
// Prints a Markdown table and keeps the figures as JSON.
//
//   npx tsx bench/wasm.ts [--out FILE]

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import asc from "assemblyscript/asc";
import { wasmEngine } from "../src/engines/wasm/index.ts";
import { defineGraph, input, matmul, state, sum, type Tensor } from "../src/graph/index.ts";
import { machine } from "../src/measure/machine.ts";
import { RandomStream } from "../src/random/index.ts";
import { mlp } from "../src/sac/layers.ts";
import { network } from "../src/sac/network.ts";
import { squashedGaussian } from "../src/sac/policy.ts";

const { values } = parseArgs({
  options: {
    out: { type: "string", default: fileURLToPath(new URL("results/wasm.json", import.meta.url)) },
  },
});

const SIZE = 256;
const PRODUCTS = 8;
const ROUNDS = 40;

const engine = await wasmEngine();
const random = new RandomStream(1, "benchmark");
const measured = [
  await registerPeak(),
  await product("A·B", false, false),
  await product("Aᵀ·B", true, false),
  await product("A·Bᵀ", false, true),
  await policy(),
];
const milliseconds = measured.map(() => [] as number[]);
for (let round = 0; round < ROUNDS; round++) {
  measured.forEach(({ run, calls }, i) => {
    const start = performance.now();
    for (let call = 0; call < calls; call++) run();
    milliseconds[i]!.push((performance.now() - start) / calls);
  });
}
await engine.dispose();

const results = measured.map(({ name, flops }, i) => {
  const p10 = milliseconds[i]!.sort((a, b) => a - b)[Math.floor(ROUNDS / 10)]!;
  return { name, microseconds: 1000 * p10, gflops: flops / p10 / 1e6 };
});
const peak = results[0]!.gflops;
const lines = results.map(({ name, microseconds, gflops }) => {
  const share = gflops > 0 ? `${gflops.toFixed(1)} | ${Math.round((100 * gflops) / peak)}%` : "|";
  return `| ${name} | ${microseconds.toFixed(1)} | ${share} |`;
});
const { cpu, vectors } = machine();
process.stdout.write(
  [
    `${cpu} (${vectors}), node ${process.version}`,
    "",
    "| | µs | GFLOP/s | of the register peak |",
    "|---|---|---|---|",
  ]
    .concat(lines, "")
    .join("\n"),
);
mkdirSync(dirname(values.out), { recursive: true });
writeFileSync(
  values.out,
  `${JSON.stringify({ machine: machine(), node: process.version, results }, null, 1)}\n`,
);

interface Measured {
  readonly name: string;
  /** Of one call; 0 where arithmetic is not what counts. */
  readonly flops: number;
  /** Calls a round. */
  readonly calls: number;
  run(): unknown;
}

/** Twelve independent chains of multiply and add: as many as hide the latency, all in registers. */
async function registerPeak(): Promise<Measured> {
  const chains = Array.from({ length: 12 }, (_, i) => `c${i}`);
  const source = `export function peak(n: i32): f32 {
    const y = f32x4.splat(1.0000001), z = f32x4.splat(0.99999);
    let ${chains.map((c) => `${c} = y`).join(", ")};
    do { ${chains.map((c) => `${c} = f32x4.add(f32x4.mul(${c}, y), z);`).join(" ")} } while (--n);
    return ${chains.map((c) => `f32x4.extract_lane(${c}, 0)`).join(" + ")};
  }`;
  const { binary } = await asc.compileString(source, { optimizeLevel: 3, enable: ["simd"], runtime: "stub" });
  const { instance } = await WebAssembly.instantiate(binary! as Uint8Array<ArrayBuffer>);
  const run = instance.exports.peak as (n: number) => number;
  const iterations = 100_000;
  return { name: "register peak", flops: iterations * 12 * 8, calls: 10, run: () => run(iterations) };
}

/** A chain of products, so that a call's own cost does not count; packing does. */
async function product(name: string, transposeA: boolean, transposeB: boolean): Promise<Measured> {
  const b = state("b", [SIZE, SIZE]);
  let y: Tensor = state("a", [SIZE, SIZE]);
  for (let i = 0; i < PRODUCTS; i++) y = matmul(y, b, { transposeA, transposeB });
  const program = await engine.compile(defineGraph({ outputs: { y: sum(y) } }));
  const flops = PRODUCTS * 2 * SIZE ** 3;
  return { name: `${PRODUCTS} × ${name}, ${SIZE}³`, flops, calls: 10, run: () => program.run({}) };
}

async function policy(): Promise<Measured> {
  const actor = network({ name: "actor", inputSize: 17, layers: mlp([SIZE, SIZE], 12) });
  const blocks = actor.blocks.map(({ name, shape }) => state(name, shape));
  const action = squashedGaussian(6).mode(actor.apply(blocks, [input("observation", [1, 17])]));
  const program = await engine.compile(defineGraph({ outputs: { action } }));
  for (const name of program.stateNames) {
    const weights = await program.readState(name);
    random.fillNormal(weights);
    await program.writeState(
      name,
      weights.map((x) => 0.05 * x),
    );
  }
  const inputs = { observation: new Float32Array(17).fill(0.3) };
  return { name: "one action, 17 → 256 → 256 → 6", flops: 0, calls: 2000, run: () => program.run(inputs) };
}
