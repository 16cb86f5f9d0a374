// A study's metrics as another program reads them: hyparquet, which shares no code with the writer's encoder.

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { afterAll, expect, it } from "vitest";
import { RunDirectory } from "../training/run-directory.ts";
import { writeMetrics } from "./metrics-file.ts";
import { blankOutcome } from "./outcome.ts";
import { planOf } from "./plan.ts";
import { readStudy } from "./study.ts";

const out = mkdtempSync(join(tmpdir(), "tempered-parquet-"));
afterAll(() => rmSync(out, { recursive: true, force: true }));

it("holds every row of every run, with the settings that differ", async () => {
  const plan = planOf(
    readStudy(
      'name = "x"\nenv = "Pendulum-v1"\nseeds = [3, 8]\nsteps = 100\n[settings]\ngamma = 0.9\n' +
        '[grid]\ntau = [0.01, 0.02]\ntargetEntropy = ["auto", -2]\n',
      "study.toml",
    ),
  );
  mkdirSync(join(out, "runs"));
  const expected: Record<string, unknown>[] = [];
  // The last run has not begun.
  for (const { id, env, setting, seed, config } of plan.runs.slice(0, -1)) {
    const run = await RunDirectory.create(join(out, "runs", id), { env, seed, engine: "wasm", config: {} });
    for (let step = 10; step <= 30; step += 10) {
      const alpha = step === 20 ? Number.NaN : config.tau * step;
      const loss = step === 30 ? undefined : -step;
      run.log(step, { "train/ent_coef": alpha, ...(loss !== undefined && { "train/critic_loss": loss }) });
      expected.push({
        ...{ run: id, env, setting, seed: BigInt(seed), status: "missing" },
        ...{ tau: config.tau, targetEntropy: String(config.targetEntropy), step: BigInt(step) },
        ...{ "train/ent_coef": alpha, "train/critic_loss": loss ?? null },
      });
    }
    run.close();
  }
  writeMetrics(out, plan, plan.runs.map(blankOutcome));
  const { buffer, byteOffset, byteLength } = readFileSync(join(out, "metrics.parquet"));
  const file = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  expect(await parquetReadObjects({ file })).toEqual(expected);
  expect(parquetMetadata(file).schema.map(({ name, type }) => [name, type])).toEqual([
    ["study", undefined],
    ...["run", "env", "setting"].map((name) => [name, "BYTE_ARRAY"]),
    ["seed", "INT64"],
    ["status", "BYTE_ARRAY"],
    ["targetEntropy", "BYTE_ARRAY"],
    ["tau", "DOUBLE"],
    ["step", "INT64"],
    ["train/ent_coef", "DOUBLE"],
    ["train/critic_loss", "DOUBLE"],
  ]);
});
