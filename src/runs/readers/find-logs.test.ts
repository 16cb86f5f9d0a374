import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RunDirectory } from "../../training/run-directory.ts";
import { encodeFileHeader, encodeScalars } from "../tfevents/index.ts";
import { readPaths } from "./find-logs.node.ts";
import { findLogs } from "./search-logs.node.ts";

const SAMPLES = new URL("../../../test/fixtures/samples", import.meta.url).pathname;
const CSV = "time/total_timesteps,train/ent_coef,train/ent_coef_loss\n200,0.5,-1\n400,0.25,-2\n";
const events = Buffer.concat([
  encodeFileHeader(1),
  encodeScalars(200, 2, { "train/ent_coef": 0.5 }),
  encodeScalars(400, 3, { "train/ent_coef": 0.25 }),
]);

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "tempered-find-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function directory(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(scratch, "d-"));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

/** Paths below the root, framework and α of every run found. */
async function runsIn(root: string) {
  const { series, errors } = await readPaths([root]);
  expect(errors).toEqual([]);
  return series.map(({ path, framework, columns }) => [
    path.slice(root.length + 1),
    framework,
    columns.alpha && [...columns.alpha],
  ]);
}

describe("the real samples", () => {
  it("are found in their directory, each as the run it is", async () => {
    const { series, errors } = await readPaths([SAMPLES]);
    expect(errors).toEqual([]);
    expect(
      series.map(({ path, format, framework, length }) => [
        path.slice(SAMPLES.length + 1),
        format,
        framework,
        length,
      ]),
    ).toEqual([
      ["sb3_pendulum.tfevents", "tfevents", "Stable-Baselines3", 50],
      ["cleanrl_pendulum.tfevents", "tfevents", "CleanRL", 99],
      ["sb3_pendulum.csv", "csv", "Stable-Baselines3", 50],
    ]);
  });

  it("say what they say: values, settings, units", async () => {
    const { series } = await readPaths(["csv", "tfevents"].map((kind) => `${SAMPLES}/sb3_pendulum.${kind}`));
    const [csv, tfevents] = series;
    expect([...csv!.columns.alpha!]).toEqual([...tfevents!.columns.alpha!]);
    expect(csv!.columns.alpha![0]).toBe(0.9709577560424805);
    expect(csv!.columns.updates![1]).toBe(299);
    expect(tfevents!.columns.updates).toBeUndefined();
    for (const one of series) {
      expect(one.declared).toEqual({ alphaLearningRate: 0.0003 });
      expect(one).toMatchObject({ usualLossForm: "log-alpha", units: "unit", alphaLogged: "before" });
      // First gap under the log-α form, as measured when the sample was made: 1.65 nats.
      expect(one.columns.alphaLoss![0]! / Math.log(one.columns.alpha![0]!)).toBeCloseTo(1.653, 2);
    }
    const { series: clean } = await readPaths([`${SAMPLES}/cleanrl_pendulum.tfevents`]);
    const { columns, declared } = clean[0]!;
    expect(clean[0]).toMatchObject({ usualLossForm: "alpha", units: "environment", alphaLogged: "after" });
    expect(declared).toEqual({ env: "Pendulum-v1", alphaLearningRate: 0.001, gamma: 0.99, initialAlpha: 1 });
    const first = columns.alpha!.findIndex(Number.isFinite);
    expect([columns.step![first], columns.updates![first]]).toEqual([5100, 100]);
    expect(columns.alphaLoss![first]! / columns.alpha![first]!).toBeCloseTo(2.35, 1);
  });
});

describe("a directory", () => {
  it("is searched with everything below it; what is no log is passed over", async () => {
    const root = directory({
      "a/progress.csv": CSV,
      "b/c/SAC_1/events.out.tfevents.1.host": events,
      "b/c/SAC_2/events.out.tfevents.1.host": events,
      "mine.csv": "step,alpha\n1,0.5\n",
      "README.md": "# Runs\nalpha: 0.5",
      "notes.csv": "name,age\nx,3\n",
      "model.zip": Uint8Array.of(80, 75, 3, 4, 0, 0),
      "empty.csv": "",
      "node_modules/x/progress.csv": CSV,
    });
    expect(await runsIn(root)).toEqual([
      ["mine.csv", "unknown", [0.5]],
      ["a/progress.csv", "Stable-Baselines3", [0.5, 0.25]],
      ["b/c/SAC_1/events.out.tfevents.1.host", "Stable-Baselines3", [0.5, 0.25]],
      ["b/c/SAC_2/events.out.tfevents.1.host", "Stable-Baselines3", [0.5, 0.25]],
    ]);
  });

  it("with one run in several formats gives it once, from the most exact", async () => {
    const box = "| train/ | |\n| ent_coef | 0.5 |\n";
    const root = directory({ "progress.csv": CSV, "log.txt": box, "events.out.tfevents.1.host": events });
    expect(await runsIn(root)).toEqual([["progress.csv", "Stable-Baselines3", [0.5, 0.25]]]);
  });

  it("that links to itself is searched once", async () => {
    const root = directory({ "progress.csv": CSV });
    symlinkSync(root, join(root, "again"));
    expect(await runsIn(root)).toHaveLength(1);
  });

  it("made by our own runs is read with what run.json declares", async () => {
    const root = directory({});
    using run = await RunDirectory.create(join(root, "run"), {
      env: "Pendulum-v1",
      seed: 1,
      engine: "wasm",
      config: {},
      declared: { targetEntropy: -1, alphaLearningRate: 0.0003, lossForm: "log-alpha", actionDim: 1 },
    });
    run.log(100, { "train/ent_coef": 0.5, "train/log_alpha": Math.log(0.5), "train/entropy": 0.625 });
    run.log(200, { "train/ent_coef": 0.25, "train/log_alpha": Math.log(0.25), "train/entropy": Number.NaN });
    const { series, errors } = await readPaths([root]);
    expect(errors).toEqual([]);
    expect(series).toHaveLength(1);
    expect(series[0]).toMatchObject({
      path: join(root, "run", "metrics.jsonl"),
      framework: "tempered",
      declared: { env: "Pendulum-v1", targetEntropy: -1, lossForm: "log-alpha", actionDim: 1 },
      notFinite: { entropy: 1 },
    });
    const { series: fromEvents } = await readPaths([
      join(
        root,
        "run",
        `events.out.tfevents.${Math.floor(Date.parse(run.manifest.startedAt) / 1000)}.tempered`,
      ),
    ]);
    const { time: _, ...columns } = fromEvents[0]!.columns;
    expect(columns).toEqual(series[0]!.columns);
    expect(fromEvents[0]!.declared).toEqual(series[0]!.declared);
  });

  it("is searched without leaving it where that is asked for", async () => {
    const root = directory({
      "secret/progress.csv": "train/ent_coef\n0.5\n",
      "config.yaml": "target_entropy: -7\n",
      "runs/a/progress.csv": "train/ent_coef\n0.5\n",
    });
    symlinkSync(join(root, "secret"), join(root, "runs", "out"));
    symlinkSync(join(root, "secret", "progress.csv"), join(root, "runs", "a", "train.csv"));
    symlinkSync(join(root, "runs", "a"), join(root, "runs", "within"));
    const found = await findLogs(join(root, "runs"), { confined: true });
    expect(found.directories.map(({ companions }) => companions)).toEqual([
      [[join(root, "runs", "a", "progress.csv")]],
    ]);
    expect(found.settings).toEqual([]);
    const free = await findLogs(join(root, "runs"));
    expect(free.directories).toHaveLength(2);
    expect(free.settings).toHaveLength(1);
  });

  it("without a log says so in one line", async () => {
    const root = directory({ "README.md": "nothing" });
    const { series, errors } = await readPaths([root, join(root, "missing.csv")]);
    expect(series).toEqual([]);
    expect(errors.map(({ code }) => code)).toEqual(["LOG_NOT_FOUND", "LOG_NOT_FOUND"]);
    expect(errors[0]!.message).toBe(
      `${root}: Expected logs of SAC programs in this directory or below, found none among 1 files.`,
    );
    expect(errors[1]!.message).toMatch(
      /missing\.csv: Expected a log file or a directory, but it cannot be opened: ENOENT/,
    );
  });
});

describe("settings beside a log", () => {
  it.each<[string, Record<string, string>, object]>([
    [
      "config.yaml",
      { "config.yaml": "gamma: 0.98\nent_coef: auto_0.1  # start low\npolicy:\n  target_entropy: -3.0\n" },
      { gamma: 0.98, initialAlpha: 0.1, targetEntropy: -3 },
    ],
    [
      "args.json in the directory above",
      { "../args.json": '{"gamma": 0.97, "env_id": "Hopper-v4"}' },
      { gamma: 0.97, env: "Hopper-v4" },
    ],
    [
      "flags.json over args.json above",
      { "../args.json": '{"gamma": 0.97}', "flags.json": '{"gamma": 0.9}' },
      { gamma: 0.9 },
    ],
    [
      "Weights & Biases' config.yaml",
      { "config.yaml": "gamma:\n    desc: null\n    value: 0.95\nwandb_version: 1\n" },
      { gamma: 0.95 },
    ],
    [
      "RL Zoo's ordered mapping",
      {
        "config.yml":
          "!!python/object/apply:collections.OrderedDict\n- - - ent_coef\n    - auto\n  - - gradient_steps\n    - 4\n  - - train_freq\n    - 2\n",
      },
      { initialAlpha: 1, updatesPerStep: 2 },
    ],
    [
      "Hydra's directory",
      { ".hydra/config.yaml": "agent:\n  discount: 0.96\nenv: cheetah_run\n" },
      { gamma: 0.96, env: "cheetah_run" },
    ],
    ["hostile nesting", { "config.json": `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}` }, {}],
  ])("%s", async (_what, files, declared) => {
    const nested = Object.fromEntries(
      Object.entries(files).map(([name, text]) => [join("exp/run", name), text]),
    );
    const root = directory({ "exp/run/progress.csv": CSV, ...nested });
    const { series } = await readPaths([join(root, "exp/run")]);
    expect(series[0]!.declared).toEqual(declared);
    const alone = await readPaths([join(root, "exp/run/progress.csv")]);
    if (!Object.keys(files).some((name) => name.startsWith("..")))
      expect(alone.series[0]!.declared).toEqual(declared);
  });
});

it("standard input is read for the path -", async () => {
  const stdin = (async function* () {
    yield new TextEncoder().encode("Alpha: 0.5\nAlp");
    yield new TextEncoder().encode("ha: 0.25\n");
  })();
  const { series } = await readPaths(["-"], { stdin });
  expect(series).toHaveLength(1);
  expect(series[0]).toMatchObject({ path: "-", format: "text", framework: "unknown" });
  expect([...series[0]!.columns.alpha!]).toEqual([0.5, 0.25]);
});
