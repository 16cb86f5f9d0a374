// Updates per second of a preset beside SBX's own code for the same algorithm: the same sizes, batches of random transitions,
// one update a call, each program on as many cores as it has threads, in turns. Wants a Python with jax, flax, optax, torch and
// gymnasium (TEMPERED_PYTHON), a checkout of SBX, and one of Stable-Baselines3 where that Python does not have it.
//
//   npx tsx bench/sbx.ts --sbx PATH [--sb3 PATH] [--presets sac,crossq,tqc,simba] [--threads 1,2] [--rounds 5] [--seconds 3]
//     [--engines onnxruntime,wasm] [--out FILE]
//
// Ratios are tempered's by SBX's, the median over rounds.

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { machine } from "../src/measure/machine.ts";
import { quantile } from "../src/measure/timing.ts";
import { type Contender, childContender, Unavailable } from "./contender.ts";
import { count } from "./options.ts";

const { values } = parseArgs({
  options: {
    sbx: { type: "string" },
    sb3: { type: "string" },
    presets: { type: "string", default: "sac,crossq,tqc,simba" },
    engines: { type: "string", default: "onnxruntime,wasm" },
    threads: { type: "string", default: "1,2" },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "3" },
    out: { type: "string" },
  },
});
const python = process.env.TEMPERED_PYTHON;
const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const absent =
  python === undefined
    ? "no Python named in TEMPERED_PYTHON"
    : values.sbx === undefined || !existsSync(join(values.sbx, "sbx"))
      ? "no checkout of SBX at --sbx PATH"
      : undefined;
if (absent !== undefined) {
  process.stderr.write(`skipped: there is ${absent}; see the head of bench/sbx.ts\n`);
  process.exit(0);
}

const [rounds, seconds] = [count("rounds", values.rounds), Number(values.seconds)];
const peer = ["--sbx", values.sbx!, ...(values.sb3 ? ["--sb3", values.sb3] : [])];
const results: object[] = [];
process.stdout.write(`${JSON.stringify(machine())}\n`);
for (const preset of values.presets.split(",")) {
  for (const threads of values.threads.split(",").map((text) => count("threads", text))) {
    await contest(preset, threads);
  }
}
if (values.out) writeFileSync(values.out, `${JSON.stringify({ machine: machine(), results }, null, 2)}\n`);

async function contest(preset: string, threads: number): Promise<void> {
  const own = values.engines.split(",").map((engine) => {
    const command = [process.execPath, "--import", "tsx", here("own-worker.ts")] as const;
    return childContender(`tempered, ${engine}`, [...command, "--engine", engine, "--preset", preset]);
  });
  const sbx = childContender("SBX", [python!, here("peers/sbx_update.py"), ...peer, "--preset", preset]);
  const entered: { readonly contender: Contender; readonly rates: number[] }[] = [];
  try {
    for (const contender of [sbx, ...own]) {
      await contender.start(threads);
      entered.push({ contender, rates: [] });
    }
    for (let round = 0; round < rounds; round++) {
      // Who begins changes from round to round.
      for (let turn = 0; turn < entered.length; turn++) {
        const { contender, rates } = entered[(round + turn) % entered.length]!;
        const { updates, seconds: taken } = await contender.run(seconds);
        rates.push(updates / taken);
      }
    }
    const [theirs, ...ours] = entered as [(typeof entered)[0], ...typeof entered];
    for (const { contender, rates } of [theirs, ...ours]) {
      const ratio = quantile(
        rates.map((rate, round) => rate / theirs.rates[round]!),
        0.5,
      );
      const updatesPerSecond = quantile(rates, 0.5);
      results.push({ preset, threads, name: contender.name, updatesPerSecond, ratio, rates });
      process.stdout.write(
        `${preset}, ${threads} thread${threads > 1 ? "s" : ""}, ${contender.name}: ${updatesPerSecond.toFixed(1)} updates/s, ${ratio.toFixed(2)} of SBX\n`,
      );
    }
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    process.stderr.write(`skipped ${preset}: ${error.message}\n`);
  } finally {
    for (const { contender } of entered) await contender.stop();
  }
}
