import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import type { MetricsRow } from "../agent/learn-options.ts";
import { SAC } from "../agent/sac.ts";
import { readPaths } from "../runs/readers/find-logs.node.ts";
import { tensorBoard } from "./tensor-board.ts";

const scratch = mkdtempSync(join(tmpdir(), "tempered-tensorboard-"));
afterAll(() => rmSync(scratch, { recursive: true }));

it("writes what learn logs, as readers of event files read it", async () => {
  await using agent = await SAC.create("Pendulum-v1", {
    engine: "wasm",
    hidden: [8],
    batchSize: 8,
    learningStarts: 20,
  });
  const directory = join(scratch, "runs", "mine");
  const rows: MetricsRow[] = [];
  const log = [tensorBoard(directory), (row: MetricsRow) => rows.push(row)];
  await agent.learn({ totalTimesteps: 200, logEvery: 50, log });
  expect(readdirSync(directory)).toEqual([expect.stringMatching(/^events\.out\.tfevents\./)]);
  const { series } = await readPaths([directory]);
  const logged = rows.flatMap((row) => row["train/ent_coef"] ?? []).map(Math.fround);
  expect(logged).toHaveLength(4);
  expect([...series[0]!.columns.alpha!]).toEqual(logged);
  tensorBoard(directory);
  expect(readdirSync(directory)).toHaveLength(2);
});
