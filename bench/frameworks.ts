// Real Stable-Baselines3 and real SBX, from checkouts of theirs, beside `tempered train` as a user starts it: environment steps a
// second with one update a step, on Pendulum-v1 with the small networks that games use, and on HalfCheetah-v5 with
// everybody's defaults. Whole processes in turn, another one first in each round; the first steps are not timed. What is
// not there is skipped with a word. Prints a Markdown table and keeps it, with every figure as JSON, under bench/results.
//
//   TEMPERED_PYTHON=python3 npx tsx bench/frameworks.ts --sb3 CHECKOUT --sbx CHECKOUT [--tasks small,half-cheetah]
//       [--threads 1,2] [--rounds 5] [--steps 3000] [--out FILE]

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { machine } from "../src/measure/machine.ts";
import { quantile } from "../src/measure/timing.ts";
import { canPin } from "./contender.ts";
import { lines } from "./json-lines.ts";
import { count, flags } from "./options.ts";
import { ownTraining } from "./own-training.ts";

const { values } = parseArgs({
  options: {
    sb3: { type: "string" },
    sbx: { type: "string" },
    tasks: { type: "string", default: "small,half-cheetah" },
    threads: { type: "string", default: "1,2" },
    rounds: { type: "string", default: "5" },
    steps: { type: "string", default: "3000" },
    out: { type: "string", default: fileURLToPath(new URL("results/frameworks.json", import.meta.url)) },
  },
});
const WARM_UP = 3000;
const rounds = count("rounds", values.rounds);
const last = WARM_UP + count("steps", values.steps);
const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const python = process.env.TEMPERED_PYTHON ?? "python3";

interface Task {
  readonly env: string;
  /** In everybody's spelling. */
  readonly settings: Readonly<Record<"hidden" | "batch-size", string>>;
}
const tasks: Readonly<Record<string, Task>> = {
  small: { env: "Pendulum-v1", settings: { hidden: "64,64", "batch-size": "64" } },
  "half-cheetah": { env: "HalfCheetah-v5", settings: { hidden: "256,256", "batch-size": "256" } },
};

interface Measured {
  /** Steps a second after the warm-up. */
  readonly rate: number;
  /** Versions. */
  readonly about: string;
}
interface Program {
  readonly name: string;
  /** @throws Error that says what is missing */
  measure(task: Task, threads: number): Measured;
}
const programs: readonly Program[] = [
  { name: "tempered, onnxruntime", measure: tempered("onnxruntime") },
  { name: "tempered, wasm", measure: tempered("wasm") },
  { name: "Stable-Baselines3", measure: framework("sb3", values.sb3) },
  { name: "SBX", measure: framework("sbx", values.sbx) },
];

interface Row {
  readonly task: string;
  readonly name: string;
  readonly threads: number;
  readonly about: string;
  /** One a round. */
  readonly rates: readonly number[];
}
const rows: Row[] = [];
for (const name of values.tasks.split(",")) {
  const task = tasks[name];
  if (!task) throw new Error(`Expected --tasks from ${Object.keys(tasks).join(", ")}, got "${name}"`);
  for (const threads of values.threads.split(",").map((text) => count("threads", text)))
    rows.push(...contest(name, task, threads));
}
const { cpu, vendor, vectors, cores, system } = machine();
const table = [
  "# Steps per second beside Stable-Baselines3 and SBX",
  "",
  `Made by \`npx tsx bench/frameworks.ts --sb3 CHECKOUT --sbx CHECKOUT\` on ${cpu} (${vendor}, ${vectors}, ${cores} cores),`,
  `${system}; ${canPin ? "one core a thread" : "not pinned"}. One update a step, steps ${WARM_UP} to ${last}; median of ${rounds} rounds in turn. Ratios`,
  "are medians, over the rounds, of tempered's rate over the other's in the same round.",
  "",
  ...new Set(rows.map(({ name, about }) => `- ${name}: ${about}`)),
  "",
  "| task | program | threads | steps/s | lowest–highest | onnxruntime is | wasm is |",
  "|---|---|---|---|---|---|---|",
  ...rows.map(line),
  "",
].join("\n");
process.stdout.write(table);
mkdirSync(dirname(values.out), { recursive: true });
writeFileSync(
  values.out,
  `${JSON.stringify({ machine: machine(), warmUp: WARM_UP, last, rounds, rows }, null, 1)}\n`,
);
writeFileSync(values.out.replace(/\.json$/, ".md"), table);

function contest(name: string, task: Task, threads: number): Row[] {
  const rates = programs.map((): number[] => []);
  const abouts = programs.map(() => "");
  const missing = new Set<Program>();
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < programs.length; turn++) {
      const i = (turn + round) % programs.length;
      const program = programs[i]!;
      if (missing.has(program)) continue;
      try {
        const { rate, about } = program.measure(task, threads);
        rates[i]!.push(rate);
        abouts[i] = about;
        process.stderr.write(`${name}, ${threads} thread(s), ${program.name}: ${rate.toFixed(1)} steps/s\n`);
      } catch (error) {
        missing.add(program);
        process.stderr.write(`${program.name}: skipped, ${(error as Error).message}\n`);
      }
    }
  }
  return programs.flatMap((program, i) =>
    missing.has(program)
      ? []
      : [{ task: name, name: program.name, threads, about: abouts[i]!, rates: rates[i]! }],
  );
}

function tempered(engine: string): Program["measure"] {
  return ({ env, settings }, threads) =>
    ownTraining(env, { engine, ...settings }, threads, { warmUp: WARM_UP, last });
}

function framework(kind: "sb3" | "sbx", checkout: string | undefined): Program["measure"] {
  return ({ env, settings }, threads) => {
    if (checkout === undefined) throw new Error(`no checkout of it was named (--${kind} PATH)`);
    if (!existsSync(checkout)) throw new Error(`there is no ${checkout}`);
    // SBX builds on Stable-Baselines3: its checkout where there is one, else the interpreter's.
    const paths = [checkout, values.sb3].flatMap((path) => (path === undefined ? [] : [resolve(path)]));
    const said = lines(
      [
        ...[python, here("peers/framework.py"), "--framework", kind],
        ...flags({ env, steps: last, "warm-up": WARM_UP, threads, ...settings }),
      ],
      threads,
      { PYTHONPATH: paths.join(":") },
    );
    const { stepsPerSecond, versions } = said.at(-1) as {
      stepsPerSecond: number;
      versions: Record<string, string>;
    };
    const about = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
    return { rate: stepsPerSecond, about: about.join(", ") };
  };
}

function line(row: Row): string {
  const ratio = (name: string) => {
    const own = rows.find(
      (other) => other.name === name && other.task === row.task && other.threads === row.threads,
    );
    if (!own || row.name.startsWith("tempered")) return "";
    return `${quantile(
      own.rates.map((rate, round) => rate / row.rates[round]!),
      0.5,
    ).toFixed(2)}×`;
  };
  const [low, high] = [Math.min(...row.rates), Math.max(...row.rates)];
  const cells = [
    row.task,
    row.name,
    row.threads,
    quantile([...row.rates], 0.5).toFixed(0),
    `${low.toFixed(0)}–${high.toFixed(0)}`,
    ratio("tempered, onnxruntime"),
    ratio("tempered, wasm"),
  ];
  return `| ${cells.join(" | ")} |`;
}
