// What readers make of logs that people brought: each input of test/fixtures/doctor that was once misread.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readPaths } from "./find-logs.node.ts";
import { readSeries } from "./read-runs.ts";

const FIXTURES = new URL("../../../test/fixtures/doctor/", import.meta.url).pathname;
const read = async (path: string) => (await readPaths([FIXTURES + path])).series;
const readText = (text: string) => readSeries({ path: "log", bytes: new TextEncoder().encode(text) });

describe("trainings in one directory", () => {
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

  it("that are empty cost nothing", async () => {
    const began = performance.now();
    await expect(readText("\n".repeat(1e6))).rejects.toMatchObject({ code: "LOG_NO_QUANTITY" });
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

describe("columns", () => {
  it("named Time Steps are Spinning Up's steps", async () => {
    const [run] = await read("public/spinup_fixed_alpha");
    expect(run!.columns.step![0]).toBe(4999);
    expect(run!.declared.initialAlpha).toBe(0.2);
  });

  it("named H_mean are the entropy", async () => {
    const [run] = await read("public/discrete_entropy_as_H_mean.csv");
    expect(run!.columns.entropy![200]).toBeCloseTo(0.6 * Math.log(4), 2);
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
  const scratch = mkdtempSync(join(tmpdir(), "tempered-many-"));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it("of more logs than descriptors is read", async () => {
    for (let i = 0; i < 1200; i++) writeFileSync(join(scratch, `${i}.csv`), "step,alpha\n1,0.5\n2,0.4\n");
    expect((await readPaths([scratch])).series.length).toBe(1200);
  });
});
