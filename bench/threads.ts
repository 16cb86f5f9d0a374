// How many times as fast updates are with 2, 3, … threads as with one, for networks and batches of many sizes: the table by
// which `threads: "auto"` chooses. All numbers of threads take turns of a few milliseconds in one process, and the best
// turn of each counts. Run it on a machine where nothing else runs, with a Node that has the fused arithmetic, and commit what it writes.
//
//   npx tsx bench/threads.ts [--threads 2] [--seconds 4] [--out FILE]

import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chooseEngine, type EngineName } from "../src/engines/index.ts";
import { machine } from "../src/measure/machine.ts";
import { randomUpdates } from "../src/measure/random-updates.ts";

const { values } = parseArgs({
  options: {
    threads: { type: "string", default: String(Math.min(16, availableParallelism())) },
    seconds: { type: "string", default: "4" },
    out: {
      type: "string",
      default: fileURLToPath(new URL("../src/engines/thread-table.generated.ts", import.meta.url)),
    },
  },
});
const most = Number(values.threads);
const milliseconds = 1000 * Number(values.seconds);
const WIDTHS = [32, 64, 128, 256, 512];
const BATCHES = [32, 64, 128, 256, 512, 1024];
/** Pendulum's sizes for small networks, HalfCheetah's for large ones. */
const spaces = (width: number) =>
  width < 128 ? { observationDim: 3, actionDim: 1 } : { observationDim: 17, actionDim: 6 };

const lines: string[] = [];
for (const engine of ["wasm", "onnxruntime"] as const) {
  lines.push(`  ${engine}: [`);
  for (const hidden of WIDTHS) {
    for (const batch of BATCHES) {
      const speedups = await measure(engine, hidden, batch);
      const { observationDim, actionDim } = spaces(hidden);
      const sizes = `observationSize: ${observationDim}, actionSize: ${actionDim}, hidden: [${hidden}, ${hidden}]`;
      lines.push(`    { batchSize: ${batch}, ${sizes}, speedups: [${speedups.join(", ")}] },`);
      console.log(`${engine}, 2 × ${hidden}, batch ${batch}: ${speedups.join(", ")}`);
    }
  }
  lines.push("  ],");
}
const { cpu, cores, vectors } = machine();
writeFileSync(
  values.out,
  [
    "// Written by bench/threads.ts. Do not edit.",
    `// ${cpu} (${vectors}), ${cores} cores, node ${process.version}.`,
    "",
    "export const measured = {",
    ...lines,
    "};",
    "",
  ].join("\n"),
);
process.exit(0);

async function measure(engineName: EngineName, width: number, batch: number): Promise<number[]> {
  const sizes = { ...spaces(width), hidden: [width, width], batch };
  const sides = [];
  for (let threads = 1; threads <= most; threads++) {
    const engine = await chooseEngine({ engine: engineName, threads });
    const updates = await randomUpdates(engine, sizes);
    for (let i = 0; i < 50; i++) await updates.update();
    sides.push({ engine, updates, times: [] as number[] });
  }
  // A turn is short, so that whatever the machine does meanwhile hits all alike.
  const probe = performance.now();
  await sides[0]!.updates.update();
  const each = Math.max(1, Math.round(5 / (performance.now() - probe)));
  for (const end = performance.now() + milliseconds; performance.now() < end; ) {
    for (const { updates, times } of sides) {
      // The first wakes the other threads.
      await updates.update();
      const start = performance.now();
      for (let i = 0; i < each; i++) await updates.update();
      times.push(performance.now() - start);
    }
  }
  for (const { updates, engine } of sides) {
    await updates.dispose();
    await engine.dispose();
  }
  const best = sides.map(({ times }) => Math.min(...times));
  return best.map((time) => Number((best[0]! / time).toFixed(2)));
}
