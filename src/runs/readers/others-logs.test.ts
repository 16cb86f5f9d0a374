// What readers make of logs that people brought: each input of test/fixtures/doctor that was once misread.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { encodeFileHeader, encodeScalars } from "../tfevents/index.ts";
import { readPaths } from "./find-logs.node.ts";
import { readRuns, readSeries } from "./read-runs.ts";

const FIXTURES = new URL("../../../test/fixtures/doctor/", import.meta.url).pathname;
const read = async (path: string) => (await readPaths([FIXTURES + path])).series;
const readText = (text: string) => readSeries({ path: "log", bytes: new TextEncoder().encode(text) });

const scratch = mkdtempSync(join(tmpdir(), "tempered-others-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** An event file of `rows` rows from one step on: the tags' values by the row. */
function events(from: number, rows: number, scalars: (row: number) => Record<string, number>): Buffer {
  const records = Array.from({ length: rows }, (_, i) => encodeScalars(from + 100 * i, from + i, scalars(i)));
  return Buffer.concat([encodeFileHeader(from), ...records]);
}

function directory(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(scratch, "d-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(root, name), content);
  return root;
}

describe("trainings in one directory", () => {
  it.each([
    ["losses/alpha", "losses/alpha_loss"],
    ["entropy_temprature/alpha", "loss/entropy_loss"],
  ])("that log %s are read apart too, however many cells are missing", async (alpha, loss) => {
    const training = (rows: number) =>
      events(0, rows, (i) => ({ [alpha]: 0.9 ** i, ...(i > 0 && { [loss]: -i }) }));
    const logs = [7, 3, 1].map((rows, i) => ({ path: `runs/events.${i}`, bytes: training(rows) }));
    const { series } = await readRuns({ logs });
    expect(series.map(({ length }) => length)).toEqual([7, 3, 1]);
    expect(series.every(({ notFinite }) => notFinite === undefined)).toBe(true);
  });

  it.each([
    ["progress.csv", "train/ent_coef", "train/ent_coef_loss"],
    ["progress.txt", "trainer/Alpha", "trainer/Alpha Loss"],
  ])("beside a %s are read, if they are others", async (table, alpha, loss) => {
    const rows = Array.from({ length: 5 }, (_, i) => `${100 * i},${0.9 ** i},-1`);
    const of = (rate: number) => events(0, 5, (i) => ({ [alpha]: rate ** i, [loss]: -1 }));
    const root = directory({
      [table]: [`step,${alpha},${loss}`, ...rows].join("\n"),
      "events.out.tfevents.1.host": of(0.9),
      "events.out.tfevents.2.host": of(1.5),
    });
    const { series } = await readPaths([root]);
    expect(series.map(({ columns }) => Number(columns.alpha![1]!.toPrecision(6)))).toEqual([0.9, 1.5]);
  });

  it.each([
    ["public/merge_invents_nan", [40, 1, 1, 1]],
    ["public/four_trainings_one_directory", [6, 3, 3, 1]],
    ["public/progress_csv_hides_event_files", [60, 40, 30]],
  ])("%s are read apart, and no NaN is made", async (path, rows) => {
    const series = await read(path);
    expect(series.map(({ length }) => length)).toEqual(rows);
    for (const { notFinite, columns } of series) {
      expect(notFinite).toBeUndefined();
      expect(columns.alpha!.every(Number.isFinite)).toBe(true);
    }
  });
});

describe("a step axis that starts again", () => {
  it.each([
    ["public/learn_called_again_axis_restarts", [7, 14, 21]],
    ["restarted-counter-saturated-sb3.csv", [5, 10]],
  ])("%s is one run that says where", async (path, restarts) => {
    const series = await read(path);
    expect(series.map((run) => run.restarts)).toEqual([restarts]);
  });
});

describe("printed lines", () => {
  it("of Yarats' console have a step, alpha, entropy and return", async () => {
    const [run] = await read("public/yarats_console.txt");
    expect(run).toMatchObject({ framework: "pytorch_sac", length: 59 });
    const { step, alpha, entropy, return: returns } = run!.columns;
    expect([step![1], alpha![1], entropy![1], returns![1]]).toEqual([2000, 0.0819, 0.5, 10]);
  });

  it("quoted in a message are what they were", async () => {
    const [run] = await read("public/sb3_table_quoted.txt");
    expect(run).toMatchObject({ framework: "Stable-Baselines3", length: 30 });
    expect(run!.columns.updates![29]).toBe(23_900);
    const [twice] = await readText(">> step=1 alpha=0.5\n>> step=2 alpha=0.25\n");
    expect([...twice!.columns.alpha!]).toEqual([0.5, 0.25]);
  });

  it.each([
    "| train | E: 9 | S: 4500 | R: -3.25e+01 | TLOSS: 0.5 | TVAL: 1.0e-01 | AENT: -1.5",
    "  | train          | E: 9 | S: 4500 | R: -32.5000 | D: 8.1 s | BR: 0.3 | ALOSS: 1.0 | CLOSS: 2 | TLOSS: 0.5000 | TVAL: 0.1000 | AENT: -1.5000",
  ])("of that console in other columns: %s", async (line) => {
    const evaluation = "| eval  | E: 9 | S: 4500 | R: 77.0";
    const [run] = await readText([line, evaluation, line.replace("4500", "5000")].join("\n"));
    const { step, alpha, entropy, return: returns } = run!.columns;
    expect([[...step!], [...alpha!], entropy![1], [...returns!]]).toEqual([
      [4500, 5000],
      [0.1, 0.1],
      -1.5,
      [-32.5, -32.5],
    ]);
  });

  it.each(["> ", ">> ", "    > "])("of a table after %j are one run", async (mark) => {
    const table = (n: number) => [
      "| train/        |      |",
      `|    ent_coef   | 0.${n}  |`,
      `|    n_updates  | ${n}00  |`,
    ];
    const [run] = await readText(
      [1, 2, 3]
        .flatMap(table)
        .map((line) => mark + line)
        .join("\n"),
    );
    expect([[...run!.columns.alpha!], [...run!.columns.updates!]]).toEqual([
      [0.1, 0.2, 0.3],
      [100, 200, 300],
    ]);
  });

  it("that are empty cost nothing", async () => {
    const began = performance.now();
    await expect(readText("\n".repeat(1e6))).rejects.toMatchObject({ code: "LOG_NO_QUANTITY" });
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

describe("RLlib's printed results", () => {
  const result = (trial: string, t: number) =>
    `Result for ${trial}:\n  info:\n    learner:\n      default_policy:\n        learner_stats:\n          alpha_value: ${0.5 / t}\n          log_alpha_value: -1\n          target_entropy: -1.0\n  iterations_since_restore: ${t}\n  timesteps_total: ${1000 * t}\n  training_iteration: ${t}\n\n== Status ==\nMemory: 3.1/7.7 step 4\n`;

  it("are rows along timesteps_total, and name the environment", async () => {
    const [run] = await read("public/rllib_yaml.txt");
    expect(run).toMatchObject({ framework: "RLlib", length: 30, declared: { env: "CartPole-v0" } });
    expect([run!.columns.step![29], run!.columns.alpha![0]]).toEqual([30_000, 0.740818]);
  });

  it.each([
    ["SAC_Pendulum-v1_3f2a1_00000", "Pendulum-v1"],
    ["SAC_Ant-v4_0_lr=0.1", "Ant-v4"],
  ])("of the trial %s", async (trial, env) => {
    const [run] = await readText([1, 2, 3].map((t) => result(trial, t)).join("\n"));
    expect(run).toMatchObject({ framework: "RLlib", length: 3, declared: { env, targetEntropy: -1 } });
    expect([...run!.columns.step!]).toEqual([1000, 2000, 3000]);
    expect([...run!.columns.alpha!]).toEqual([0.5, 0.25, 0.5 / 3]);
  });
});

it.each([
  "number,value,params_gamma,params_lr,alpha\n0,3,0.99,0.1,0.5\n1,4,0.98,0.2,0.6\n",
  "ent_coef,batch_size,tau,reward\n0.1,64,0.01,3\n0.2,128,0.02,4\n",
])("a table of trials is no log: %j", async (text) => {
  await expect(readText(text)).rejects.toThrow(/table of trials/);
});

it("a log that repeats its settings in each row, or anneals one, is one", async () => {
  expect(await readText("alpha,gamma,tau,lr\n0.5,0.99,0.01,0.1\n0.4,0.99,0.01,0.09\n")).toHaveLength(1);
});

describe("columns", () => {
  it("named Time Steps are Spinning Up's steps", async () => {
    const [run] = await read("public/spinup_fixed_alpha");
    expect(run!.columns.step![0]).toBe(4999);
    expect(run!.declared.initialAlpha).toBe(0.2);
    expect(run!.columns.alpha!.every((alpha) => alpha === 0.2)).toBe(true);
  });

  it.each([
    ["Epoch\tTotalEnvInteracts\tAverageLogPi\tLossPi\n1\t4000\t-2\t-1\n2\t8000\t-1\t-2\n", 4000],
    ["Epoch\tTime Steps\tAverageLogPi\tLossQ\n1\t999\t-2\t3\n2\t1999\t-1\t2\n", 999],
  ])("of another Spinning Up log, with its α: %j", async (table, first) => {
    const root = directory({ "progress.txt": table, "config.json": '{"alpha": 0.05, "gamma": 0.98}' });
    const [run] = (await readPaths([root])).series;
    expect([run!.columns.step![0], ...run!.columns.alpha!]).toEqual([first, 0.05, 0.05]);
    expect(run!.declared).toMatchObject({ initialAlpha: 0.05, gamma: 0.98 });
  });

  it.each([1, 20])("of Tianshou with %d environments count their own updates", async (environments) => {
    const records = [encodeFileHeader(1)];
    for (let update = 1; update <= 400; update++) {
      records.push(
        encodeScalars(update, update, { "update/alpha": 0.99 ** update, "update/critic1_loss": 1 }),
      );
      if (update % 100 !== 0) continue;
      const epoch = update / 100;
      records.push(encodeScalars(environments * update, update, { "train/returns_stat/mean": epoch }));
      records.push(encodeScalars(epoch, update, { "info/gradient_step": update, "info/train_step": 9 }));
    }
    const { series } = await readRuns({ logs: [{ path: "log", bytes: Buffer.concat(records) }] });
    const { updates, alpha, return: returns } = series[0]!.columns;
    const rows = [...alpha!].flatMap((a, i) => (Number.isFinite(a) ? [updates![i]!] : []));
    expect([rows.length, rows.at(-1)]).toEqual([400, 400]);
    expect(returns!.filter(Number.isFinite)).toEqual(Float64Array.of(1, 2, 3, 4));
  });

  it("named H_mean are the entropy", async () => {
    const [run] = await read("public/discrete_entropy_as_H_mean.csv");
    expect(run!.columns.entropy![200]).toBeCloseTo(0.6 * Math.log(4), 2);
  });

  it("under update/ count gradient steps, whatever info/ says at its epochs", async () => {
    const [run] = await read("public/tianshou_info_axis");
    expect([run!.columns.updates![0], run!.columns.updates!.at(-1)]).toEqual([999, 199_999]);
  });

  it.each(["train/reward", "train/reward_mean"])("of %s are one step's in FinRL", async (tag) => {
    const rows = "train/ent_coef,train/ent_coef_loss,REWARD\n0.5,-1,3\n0.4,-1,2\n";
    const [run] = await readText(rows.replace("REWARD", tag));
    expect(run!.columns.return).toBeUndefined();
    expect(await read("public/last_step_reward_read_as_return.csv")).not.toHaveProperty("0.columns.return");
  });

  it("left blank are not NaN", async () => {
    const [run] = await read("public/alpha_missing_at_end.csv");
    expect(run!.notFinite).toBeUndefined();
  });

  it.each([
    '"Step","lr=3e-4 - losses/alpha","lr=3e-4 - losses/alpha_loss"',
    '"Step","seed: 7 - losses/alpha","seed: 7 - losses/alpha_loss"',
    "step,alpha,return@k=5",
  ])("named %s are a table's", async (header) => {
    const rows = Array.from({ length: 100 }, (_, i) => `${i},0.5,${i * 2}`);
    const series = await readText([header, ...rows].join("\n"));
    expect(series).toMatchObject([{ format: "csv", length: 100 }]);
  });
});

it("lists in lists of any depth are passed over", async () => {
  const deep = `${"[".repeat(3000)}1${"]".repeat(3000)}`;
  const [run] = await readText(`{"alpha":0.5,"deep":${deep}}\n{"alpha":0.4,"deep":${deep}}\n`);
  expect([...run!.columns.alpha!]).toEqual([0.5, 0.4]);
});

describe("a directory", () => {
  it("of more logs than descriptors is read", async () => {
    const names = Array.from({ length: 1200 }, (_, i) => [`${i}.csv`, "step,alpha\n1,0.5\n2,0.4\n"]);
    expect((await readPaths([directory(Object.fromEntries(names))])).series.length).toBe(1200);
  });
});

describe("several runs in one table", () => {
  it.each(["seed", "run_id", "exp_name"])("are told apart by %s, in any order", async (column) => {
    const rows = [1, 2, 3].flatMap((t) => [`a,${t},${0.5 / t}`, `b,${t},${0.8 / t}`]);
    const series = await readText([`${column},step,alpha`, ...rows].join("\n"));
    expect(series.map(({ path }) => path)).toEqual([`log#${column}=a`, `log#${column}=b`]);
    expect(series.map(({ columns }) => [...columns.step!])).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    expect(series[1]!.columns.alpha![0]).toBe(0.8);
  });

  it("of one seed is one run of the file's name", async () => {
    expect(await readText("seed,step,alpha\n7,1,0.5\n7,2,0.4\n")).toMatchObject([{ path: "log", length: 2 }]);
  });
});

describe("documents", () => {
  const lines = ["Step 1000 alpha: 0.5\n", "Step 2000 alpha: 0.25\n"];

  it.each([{ output_type: "stream", text: lines }, { data: { "text/plain": lines.join("") } }])(
    "of a notebook are what its cells printed: %j",
    async (output) => {
      const cells = [
        { cell_type: "markdown", source: ["alpha: 0.9"] },
        { cell_type: "code", source: ["alpha = 0.7"], outputs: [output] },
      ];
      const [run] = await readText(JSON.stringify({ cells, nbformat: 4, metadata: {} }, null, 1));
      expect([...run!.columns.alpha!]).toEqual([0.5, 0.25]);
      expect([...run!.columns.step!]).toEqual([1000, 2000]);
    },
  );

  it("of a trainer's state are its log_history", async () => {
    const state = {
      global_step: 2,
      log_history: [
        { step: 1, alpha: 0.5 },
        { step: 2, alpha: 0.4 },
      ],
    };
    const [run] = await readText(JSON.stringify(state, null, 2));
    expect([...run!.columns.alpha!]).toEqual([0.5, 0.4]);
  });
});

describe("what is no log is answered with what to do", () => {
  it.each([
    [
      "import torch\nclass SAC:\n    alpha = 0.2\n    def update(self):\n        pass\n",
      /source code.*--print-callback/,
    ],
    [
      'Traceback (most recent call last):\n  File "a.py", line 1\nValueError: alpha = 3\n',
      /traceback.*before that error/,
    ],
  ])("%j", async (text, said) => {
    await expect(readText(text)).rejects.toThrow(said);
  });

  it("and a log that ends in a traceback is a log", async () => {
    const log = "step 1 alpha 0.5\nstep 2 alpha 0.4\nstep 3 alpha 0.3\nTraceback (most recent call last):\n";
    expect(await readText(log)).toMatchObject([{ length: 3 }]);
  });
});

it("an event file of another run beside a table is read, and said", async () => {
  const series = await read("public/progress_csv_hides_event_files");
  expect(series.map(({ notes }) => notes.some((note) => note.includes("another run's")))).toEqual([
    false,
    true,
    true,
  ]);
});
