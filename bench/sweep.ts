// What a second process is worth to a sweep: 20 Pendulum runs (4 target entropies × 5 seeds) with one worker and with two, in
// turns, several pairs in the same hour. Needs the build and an otherwise idle machine of at least two cores.
//
//   npm run build && npx tsx bench/sweep.ts [--pairs 3] [--steps 1500] [--workers 2]

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { machine } from "../src/measure/machine.ts";

const { values } = parseArgs({
  options: {
    pairs: { type: "string", default: "3" },
    steps: { type: "string", default: "1500" },
    workers: { type: "string", default: "2" },
  },
});
const program = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "tempered-bench-sweep-"));
const study = join(scratch, "study.toml");
writeFileSync(
  study,
  `name = "bench"
env = "Pendulum-v1"
steps = ${values.steps}
seeds = 5
[grid]
targetEntropy = [-0.5, -1, -2, { shape = "linear", start = 0, end = -1, steps = ${values.steps} }]
`,
);

/** Seconds that the whole study takes, start-up and report included. */
async function seconds(workers: string, name: string): Promise<number> {
  const args = ["sweep", study, "--out", join(scratch, name), "--workers", workers, "--yes", "--json"];
  const start = performance.now();
  const [code] = await once(spawn(process.execPath, [program, ...args], { stdio: "ignore" }), "close");
  if (code !== 0) throw new Error(`tempered ${args.join(" ")} ended with exit code ${code}`);
  return (performance.now() - start) / 1000;
}

try {
  console.log(JSON.stringify(machine()));
  const ratios: number[] = [];
  for (let pair = 1; pair <= Number(values.pairs); pair++) {
    const one = await seconds("1", `one-${pair}`);
    const several = await seconds(values.workers, `several-${pair}`);
    ratios.push(one / several);
    console.log(
      `pair ${pair}: ${one.toFixed(1)} s with one worker, ${several.toFixed(1)} s with ${values.workers}: ${(one / several).toFixed(2)} times the throughput`,
    );
  }
  const sorted = ratios.toSorted((a, b) => a - b);
  const middle = (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
  console.log(`of ${sorted.length} pairs: median ${middle.toFixed(2)}, least ${sorted[0]!.toFixed(2)}`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
