import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatMetricsLine, parseMetricsLine } from "../runs/metrics-line.ts";
import { EventFileDecoder } from "../runs/tfevents/index.ts";
import { RunDirectory, readRun } from "./run-directory.ts";

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "tempered-runs-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const settings = {
  env: "Pendulum-v1",
  seed: 7,
  engine: "wasm",
  config: { learningRate: 3e-4, temperature: { targetEntropy: -1 } },
  declared: { targetEntropy: -1, alphaLearningRate: 3e-4, actionDim: 1 },
  versions: { tempered: "0.1.0" },
};

function eventScalars(path: string): [string, number, number, number][] {
  const name = readdirSync(path).find((file) => file.startsWith("events.out.tfevents."))!;
  const scalars: [string, number, number, number][] = [];
  const decoder = new EventFileDecoder({ scalar: (...scalar) => scalars.push(scalar) });
  decoder.push(readFileSync(join(path, name)));
  decoder.end();
  return scalars;
}

describe("a run directory", () => {
  it("holds settings, rows and the same scalars as events", async () => {
    const path = join(scratch, "deep", "run");
    const times = [1_700_000_000_000, 1_700_000_001_500, 1_700_000_002_000];
    const run = await RunDirectory.create(path, { ...settings, clock: () => times.shift()! });
    run.log(200, { "train/ent_coef": 0.5, "train/ent_coef_loss": -0.25 });
    run.log(400, { "train/ent_coef": Number.NaN, "time/total_timesteps": 400 });
    run.close({ meanReturn: -150 });
    run.close();

    const stored = readRun(path);
    expect(stored.manifest).toEqual({
      format: "tempered-run/1",
      startedAt: "2023-11-14T22:13:20.000Z",
      ...settings,
      result: { meanReturn: -150 },
    });
    expect(stored.metrics).toEqual([
      { "time/total_timesteps": 200, "train/ent_coef": 0.5, "train/ent_coef_loss": -0.25 },
      { "time/total_timesteps": 400, "train/ent_coef": Number.NaN },
    ]);
    expect(eventScalars(path)).toEqual([
      ["train/ent_coef", 200, 0.5, 1_700_000_001.5],
      ["train/ent_coef_loss", 200, -0.25, 1_700_000_001.5],
      ["train/ent_coef", 400, Number.NaN, 1_700_000_002],
    ]);
    expect(readdirSync(path).sort()).toEqual([
      "events.out.tfevents.1700000000.tempered",
      "metrics.jsonl",
      "run.json",
    ]);
  });

  it("is refused where a run already is, and the old run stays as it was", async () => {
    const path = join(scratch, "twice");
    (await RunDirectory.create(path, settings)).close();
    const before = readFileSync(join(path, "run.json"), "utf8");
    await expect(RunDirectory.create(path, { ...settings, seed: 8 })).rejects.toMatchObject({
      code: "RUN_EXISTS",
      message: expect.stringMatching(/already holds one .*Choose another with --run DIR/),
    });
    expect(readFileSync(join(path, "run.json"), "utf8")).toBe(before);
  });

  it("may be a directory with other files in it, but not a file", async () => {
    const path = join(scratch, "others");
    mkdirSync(path);
    writeFileSync(join(path, "notes.txt"), "mine");
    (await RunDirectory.create(path, settings)).close();
    await expect(RunDirectory.create(join(path, "notes.txt"), settings)).rejects.toMatchObject({
      code: "RUN_UNWRITABLE",
    });
  });

  it("takes no rows once it is closed", async () => {
    const run = await RunDirectory.create(join(scratch, "closed"), settings);
    run.close();
    expect(() => run.log(1, {})).toThrow(expect.objectContaining({ code: "RUN_CLOSED" }));
  });

  it("is named by the error where it is none", () => {
    expect(() => readRun(join(scratch, "nowhere"))).toThrow(/Expected a run directory .*nowhere/);
  });

  it("writes the same metrics.jsonl whatever the clock says", async () => {
    const texts = await Promise.all(
      [1e12, 1.7e12].map(async (now) => {
        const path = join(scratch, `clock-${now}`);
        using run = await RunDirectory.create(path, { ...settings, clock: () => now });
        run.log(1, { "train/ent_coef": 1 / 3 });
        return readFileSync(join(path, "metrics.jsonl"), "utf8");
      }),
    );
    expect(texts[0]).toBe('{"time/total_timesteps":1,"train/ent_coef":0.3333333333333333}\n');
    expect(texts[1]).toBe(texts[0]);
  });

  it("survives kill -9: every line but perhaps the last is whole", async () => {
    const path = join(scratch, "killed");
    const child = spawn(
      process.execPath,
      ["--import", "tsx", new URL("../../test/fixtures/endless-run.ts", import.meta.url).pathname, path],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    await once(child.stdout, "data");
    await new Promise((resolve) => setTimeout(resolve, 100));
    child.kill("SIGKILL");
    await once(child, "exit");

    const { manifest, metrics } = readRun(path);
    expect(manifest.env).toBe("Pendulum-v1");
    expect(metrics.length).toBeGreaterThan(100);
    metrics.forEach((row, i) => {
      expect(row).toEqual({
        "time/total_timesteps": i,
        "train/ent_coef": 1 / (i + 1),
        "train/entropy": -1 - i,
      });
    });
    const lines = readFileSync(join(path, "metrics.jsonl"), "utf8").split("\n").slice(0, -1);
    expect(lines.length).toBe(metrics.length);
    const events = eventScalars(path).length / 2;
    expect(Math.abs(events - metrics.length)).toBeLessThanOrEqual(1);
  });
});

describe("a line of metrics", () => {
  it("is valid JSON and comes back, non-finite numbers too", () => {
    expect(formatMetricsLine(1, { a: Number.NaN, b: Number.NEGATIVE_INFINITY })).toBe(
      '{"time/total_timesteps":1,"a":"NaN","b":"-Infinity"}\n',
    );
    const metrics = fc.dictionary(
      fc.string().filter((name) => name !== "time/total_timesteps" && name !== "__proto__"),
      fc.double().map((x) => x + 0),
    );
    fc.assert(
      fc.property(fc.nat(), metrics, (step, row) => {
        const line = formatMetricsLine(step, row);
        expect(line.indexOf("\n")).toBe(line.length - 1);
        expect(parseMetricsLine(line)).toEqual({ "time/total_timesteps": step, ...row });
      }),
    );
  });

  it("cut short is no line", () => {
    const line = formatMetricsLine(200, { "train/ent_coef": 0.5 }).trimEnd();
    for (let cut = 0; cut < line.length; cut++) expect(parseMetricsLine(line.slice(0, cut))).toBeUndefined();
  });
});
