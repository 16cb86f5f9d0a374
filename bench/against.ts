// This checkout beside another one of ours, in turns: updates a second of both engines on one and two threads, and steps a
// second of HalfCheetah-v5 from end to end. Both must be built. Ratios are this one's by the other's.
//
//   npx tsx bench/against.ts OTHER_CHECKOUT [--pairs 5] [--seconds 4] [--steps 3000]

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { machine } from "../src/measure/machine.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pairs: { type: "string", default: "5" },
    seconds: { type: "string", default: "4" },
    steps: { type: "string", default: "3000" },
  },
});
const [other] = positionals;
if (other === undefined)
  throw new Error("Expected the path of another checkout, built: npx tsx bench/against.ts PATH");
const checkouts = [fileURLToPath(new URL("..", import.meta.url)), other];
const scratch = mkdtempSync(join(tmpdir(), "tempered-against-"));
const { cpu, vectors } = machine();

const last = (checkout: string, args: readonly string[]) =>
  JSON.parse(
    execFileSync(process.execPath, [join(checkout, "dist/cli/main.js"), ...args], {
      encoding: "utf8",
      cwd: checkout,
    })
      .trim()
      .split("\n")
      .at(-1)!,
  ) as Record<string, number>;

let runs = 0;
const contests = ["wasm", "onnxruntime"].flatMap((engine) =>
  ["1", "2"].flatMap((threads) => {
    const where = ["--engine", engine, "--threads", threads, "--json"];
    return [
      {
        name: `${engine}, ${threads}: updates/s`,
        run: (checkout: string) => {
          const told = execFileSync(
            process.execPath,
            [join(checkout, "dist/cli/main.js"), "bench", ...where, "--seconds", values.seconds],
            { encoding: "utf8", cwd: checkout },
          );
          return (JSON.parse(told) as { updatesPerSecond: number }).updatesPerSecond;
        },
      },
      {
        name: `${engine}, ${threads}: HalfCheetah steps/s`,
        run: (checkout: string) => {
          const run = join(scratch, `${runs++}`);
          const args = [
            "train",
            "HalfCheetah-v5",
            "--steps",
            values.steps,
            "--eval-episodes",
            "1",
            "--run",
            run,
          ];
          return last(checkout, [...args, ...where]).stepsPerSecond!;
        },
      },
    ];
  }),
);

const median = (numbers: readonly number[]) =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

console.log(`${cpu} (${vectors}), node ${process.version}, ${values.pairs} pairs in turns, medians\n`);
console.log("| | this | other | ratio | pairs |\n|---|---:|---:|---:|---|");
try {
  for (const { name, run } of contests) {
    const figures = checkouts.map(() => [] as number[]);
    for (let pair = 0; pair < Number(values.pairs); pair++) {
      // Who goes first changes, so that a drift of the machine's speed favours nobody.
      const order = pair % 2 === 0 ? [0, 1] : [1, 0];
      for (const i of order) figures[i]!.push(run(checkouts[i]!));
    }
    const ratios = figures[0]!.map((figure, i) => figure / figures[1]![i]!);
    const [own, others] = figures.map((each) => median(each).toFixed(1));
    console.log(
      `| ${name} | ${own} | ${others} | **${median(ratios).toFixed(3)}** | ${ratios.map((ratio) => ratio.toFixed(3)).join(" ")} |`,
    );
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
