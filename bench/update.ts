// Updates per second of tempered beside PyTorch and JAX doing the same update, interleaved so that whatever the
// machine does meanwhile hits all alike. Prints a Markdown table and keeps every figure as JSON.
//
//   npx tsx bench/update.ts [--threads 1,2] [--rounds 5] [--seconds 3] [--variants] [--out FILE]
//       [--observation-dim 17] [--action-dim 6] [--hidden 256,256] [--batch 256]
//
// The Python of the peers is TEMPERED_PYTHON, or python3. `--variants` adds each peer at its fastest: PyTorch with a
// frozen critic and fused Adam, JAX with 32 updates a call, which no agent that acts between updates can use.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { updateFlops } from "../src/measure/flops.ts";
import { machine } from "../src/measure/machine.ts";
import { type Contender, canPin, childContender, Unavailable } from "./contender.ts";
import { count, sizeOptions, sizesOf } from "./options.ts";
import { type Contest, markdown } from "./table.ts";

const { values } = parseArgs({
  options: {
    ...sizeOptions,
    threads: { type: "string", default: "1,2" },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "3" },
    variants: { type: "boolean", default: false },
    out: { type: "string", default: fileURLToPath(new URL("results/update.json", import.meta.url)) },
  },
});
const sizes = sizesOf(values);
const [rounds, seconds] = [count("rounds", values.rounds), Number(values.seconds)];
const flops = updateFlops(sizes);

const contests: Contest[] = [];
for (const threads of values.threads.split(",").map((text) => count("threads", text))) {
  contests.push(await contest(threads));
}
const result = {
  machine: machine(),
  pinned: canPin,
  sizes,
  flopsPerUpdate: flops,
  rounds,
  seconds,
  contests,
};
process.stdout.write(markdown(result));
mkdirSync(dirname(values.out), { recursive: true });
writeFileSync(values.out, `${JSON.stringify(result, null, 1)}\n`);

/** Everyone at one number of threads: all start, then take turns, a new one first in each round. */
async function contest(threads: number): Promise<Contest> {
  const [entered, skipped] = [[] as Contender[], [] as Contest["skipped"]];
  const entries: Contest["entries"] = [];
  try {
    for (const contender of contenders()) {
      try {
        entries.push({ name: contender.name, info: await contender.start(threads), gemm: 0, runs: [] });
        entered.push(contender);
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        skipped.push({ name: contender.name, reason: error.message });
        process.stderr.write(`${contender.name}: skipped, ${error.message}\n`);
      }
    }
    for (let turn = 0; turn < rounds * entered.length; turn++) {
      const round = Math.floor(turn / entered.length);
      const index = (turn + round) % entered.length;
      entries[index]!.runs.push(await entered[index]!.run(seconds));
    }
    for (const [i, contender] of entered.entries()) entries[i]!.gemm = await contender.gemm(seconds);
  } finally {
    for (const contender of entered) await contender.stop();
  }
  return { threads, entries, skipped };
}

function contenders(): Contender[] {
  const python = process.env.TEMPERED_PYTHON ?? "python3";
  const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
  const problem = Object.keys(sizeOptions).flatMap((name) => [
    `--${name}`,
    values[name as keyof typeof sizeOptions],
  ]);
  const peer = (name: string, file: string, ...extra: string[]) =>
    childContender(name, [python, here(`peers/${file}`), ...problem, ...extra]);
  const own = (engine: string) => {
    const command = [process.execPath, "--import", "tsx", here("own-worker.ts"), "--engine", engine] as const;
    return childContender(`tempered, ${engine}`, [...command, ...problem]);
  };
  return [
    own("onnxruntime"),
    own("wasm"),
    peer("PyTorch eager", "torch_sac.py"),
    peer("JAX jit", "jax_sac.py"),
    ...(values.variants
      ? [
          peer("PyTorch eager, tuned", "torch_sac.py", "--tuned"),
          peer("JAX jit, 32 updates a call", "jax_sac.py", "--updates-per-call", "32"),
        ]
      : []),
  ];
}
