// Steps per second on HalfCheetah-v5, everything included: acting, MuJoCo, the replay buffer, one update a step.
// `tempered train` as a user starts it, beside two eager PyTorch loops (one built as CleanRL's, one with nothing in it
// that the algorithm does not need) and a JAX loop (built as SBX's) on Gymnasium's HalfCheetah-v5. They take turns, whole
// processes each, and the first three thousand steps are not timed: until then V8 compiles, on the same core. Prints a
// Markdown table and keeps it, with every figure as JSON, under bench/results.
//
//   TEMPERED_PYTHON=python3 npx tsx bench/end-to-end.ts [--threads 1,2] [--rounds 5] [--steps 3000] [--env ID]
//       [--avx2] [--out FILE]
//
// `--avx2` adds both PyTorch loops held to MKL's AVX2 kernels, which MKL takes by itself on AMD processors.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Machine, machine } from "../src/measure/machine.ts";
import { quantile } from "../src/measure/timing.ts";
import { canPin } from "./contender.ts";
import { lines } from "./json-lines.ts";
import { count, flags } from "./options.ts";
import { ownTraining } from "./own-training.ts";

const { values } = parseArgs({
  options: {
    threads: { type: "string", default: "1,2" },
    rounds: { type: "string", default: "5" },
    steps: { type: "string", default: "3000" },
    env: { type: "string", default: "HalfCheetah-v5" },
    avx2: { type: "boolean", default: false },
    out: { type: "string", default: fileURLToPath(new URL("results/end-to-end.json", import.meta.url)) },
  },
});
const WARM_UP = 3000;
const rounds = count("rounds", values.rounds);
const last = WARM_UP + count("steps", values.steps);
const { env } = values;
const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const python = process.env.TEMPERED_PYTHON ?? "python3";

interface Program {
  readonly name: string;
  /** Steps per second after the warm-up, and versions. @throws Error that says what is missing */
  measure(threads: number): { rate: number; about: string };
}

interface Row {
  readonly name: string;
  readonly threads: number;
  readonly about: string;
  /** One a round. */
  readonly rates: readonly number[];
}

const torchLoops = {
  "PyTorch eager, as CleanRL": "halfcheetah_cleanrl.py",
  "PyTorch eager, lean": "halfcheetah_torch.py",
};
const programs: Program[] = [
  { name: "tempered, onnxruntime", measure: tempered },
  ...Object.entries(torchLoops).map(([name, script]) => ({ name, measure: peer(script) })),
  ...Object.entries(values.avx2 ? torchLoops : {}).map(([name, script]) => ({
    name: `${name}, MKL held to AVX2`,
    measure: peer(script, { MKL_ENABLE_INSTRUCTIONS: "AVX2" }),
  })),
  { name: "JAX jit, as SBX", measure: peer("halfcheetah_jax.py") },
];

const rows: Row[] = [];
for (const threads of values.threads.split(",").map((text) => count("threads", text))) {
  rows.push(...contest(threads));
}
const result = { machine: machine(), env, pinned: canPin, warmUp: WARM_UP, last, rounds, rows };
const table = markdown(result.machine, rows);
process.stdout.write(table);
mkdirSync(dirname(values.out), { recursive: true });
writeFileSync(values.out, `${JSON.stringify(result, null, 1)}\n`);
writeFileSync(values.out.replace(/\.json$/, ".md"), table);

/** Everyone at one number of threads, another one first in each round. */
function contest(threads: number): Row[] {
  const rates = programs.map((): number[] => []);
  const abouts = programs.map(() => "");
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < programs.length; turn++) {
      const i = (turn + round) % programs.length;
      const { name, measure } = programs[i]!;
      try {
        const { rate, about } = measure(threads);
        rates[i]!.push(rate);
        abouts[i] = about;
        process.stderr.write(`${threads} thread(s), ${name}: ${rate.toFixed(1)} steps/s\n`);
      } catch (error) {
        if (i === 0) throw error;
        process.stderr.write(`${name}: skipped, ${(error as Error).message}\n`);
      }
    }
  }
  return programs.flatMap(({ name }, i) =>
    rates[i]!.length === rounds ? [{ name, threads, about: abouts[i]!, rates: rates[i]! }] : [],
  );
}

function tempered(threads: number): { rate: number; about: string } {
  return ownTraining(env, { engine: "onnxruntime" }, threads, { warmUp: WARM_UP, last });
}

function peer(script: string, environment: Record<string, string> = {}): Program["measure"] {
  return (threads) => {
    const settings = { env, steps: last, threads, "warm-up": WARM_UP };
    const said = lines([python, here(`peers/${script}`), ...flags(settings)], threads, environment);
    const { stepsPerSecond, versions } = said.at(-1) as {
      stepsPerSecond: number;
      versions: Record<string, string>;
    };
    const about = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
    return { rate: stepsPerSecond, about: about.join(", ") };
  };
}

function markdown({ cpu, vendor, vectors, cores, system }: Machine, rows: readonly Row[]): string {
  const abouts = [...new Set(rows.map(({ name, about }) => `- ${name}: ${about}`))];
  return [
    `# ${env}, steps per second`,
    "",
    `Made by \`npx tsx bench/end-to-end.ts${values.avx2 ? " --avx2" : ""}\``,
    `on ${cpu} (${vendor}, ${vectors}, ${cores} cores), ${system}; ${canPin ? "one core a thread" : "not pinned"}.`,
    "",
    ...abouts,
    "",
    "As CleanRL: `peers/halfcheetah_cleanrl.py`, with what CleanRL's program has in every step. Lean:",
    "`peers/halfcheetah_torch.py`, with nothing that the algorithm does not need. As SBX: `peers/halfcheetah_jax.py`.",
    "",
    `One environment step and one update a step, networks of 2×256, batch 256, steps ${WARM_UP} to ${last}; median of`,
    `${rounds} rounds in turn. Ratio: median, over the rounds, of tempered's rate over the other's in the same round.`,
    "",
    "| program | threads | steps/s | lowest–highest | tempered is |",
    "|---|---|---|---|---|",
    ...rows.map((row) => {
      const own = rows.find(({ threads }) => threads === row.threads)!;
      const ratio = quantile(
        own.rates.map((rate, round) => rate / row.rates[round]!),
        0.5,
      );
      const [low, high] = [Math.min(...row.rates), Math.max(...row.rates)];
      return (
        `| ${row.name} | ${row.threads} | ${quantile([...row.rates], 0.5).toFixed(0)} | ` +
        `${low.toFixed(0)}–${high.toFixed(0)} | ${row === own ? "" : `${ratio.toFixed(2)}×`} |`
      );
    }),
    "",
  ].join("\n");
}
