// The short form of kill-study.ts, and what a user sees of a sweep on one machine.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { cli } from "../../src/cli/child.fixture.ts";
import { readRun } from "../../src/training/run-directory.ts";
import { killStudy } from "./kill-study.ts";
import { tempered, writeStudy } from "./sweeping.ts";

const scratch = mkdtempSync(join(tmpdir(), "tempered-sweep-test-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

it("a study killed at random instants is one that was never disturbed", async () => {
  const { kills } = await killStudy({ kills: 3, seeds: 1, steps: 700, workers: 2 });
  expect(kills).toBeGreaterThanOrEqual(3);
}, 300_000);

it("runs in segments have the metrics of `tempered train`, and SIGTERM keeps what was done", async () => {
  const study = join(scratch, "study.toml");
  const out = join(scratch, "out");
  writeStudy(study, { seeds: 1, steps: 1200 });
  const first = tempered("sweep", study, "--out", out, "--workers", "1", "--yes", "--json");
  await expect.poll(() => first.events.length, { timeout: 60_000 }).toBeGreaterThan(0);
  await new Promise((resolve) => setTimeout(resolve, 2500));
  first.child.kill("SIGTERM");
  expect(await first.ended).toBe("ended");
  const stopped = first.events.at(-1)!;
  expect(stopped).toMatchObject({ event: "done", interrupted: true });

  const again = tempered("sweep", study, "--out", out, "--workers", "1", "--yes", "--json");
  await again.ended;
  expect(again.events.at(-1)).toMatchObject({ event: "done", interrupted: false, finished: 2, missing: 0 });

  const { runs, settings } = JSON.parse(readFileSync(join(out, "report.json"), "utf8"));
  expect(settings.map(({ setting, runs }: { setting: string; runs: number }) => [setting, runs])).toEqual([
    ["targetEntropy=-0.5", 1],
    ["targetEntropy=-1", 1],
  ]);
  const [{ id, meanReturn, status, verdict }] = runs;
  expect({ status, verdict: typeof verdict }).toEqual({ status: "finished", verdict: "string" });
  expect(settings[0].iqm).toBe(meanReturn);

  const whole = join(scratch, "whole");
  const config = join(out, "runs", id, "run.json");
  expect((await cli(["train", "--config", config, "--run", whole, "--quiet"], scratch)).code).toBe(0);
  const rows = (path: string) =>
    readRun(path).metrics.map(({ "time/fps": _, "time/time_elapsed": __, ...row }) => row);
  expect(rows(join(out, "runs", id))).toEqual(rows(whole));
}, 300_000);
