// Runs that are ended before their time: by halving, the same ones whatever befalls the study, and by the doctor, where that
// is asked for. What was stopped goes on where the study changes its mind.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import type { RunOutcome } from "../../src/sweep/outcome.ts";
import { HALVING, killStudy } from "./kill-study.ts";
import { mustBeSame, studyRemains, tempered, writeStudy } from "./sweeping.ts";

const scratch = mkdtempSync(join(tmpdir(), "tempered-stopped-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const sweep = async (study: string, out: string, ...flags: string[]) => {
  const run = tempered("sweep", study, "--out", out, "--workers", "2", "--yes", "--json", ...flags);
  await run.ended;
  const { runs } = JSON.parse(readFileSync(join(out, "report.json"), "utf8")) as { runs: RunOutcome[] };
  return { runs, done: run.events.at(-1)!, ended: run.events.filter(({ event }) => event === "run") };
};

it("halving stops the same runs after every kill", async () => {
  const { kills } = await killStudy({ kills: 3, seeds: 1, steps: 1000, workers: 2, extra: HALVING });
  expect(kills).toBeGreaterThanOrEqual(3);
}, 400_000);

it("halving lets one setting go on, and all of them once it is taken out of the file", async () => {
  const study = join(scratch, "study.toml");
  const out = join(scratch, "out");
  writeStudy(study, { seeds: 2, steps: 900, extra: HALVING });
  const { runs, done } = await sweep(study, out);
  expect(done).toMatchObject({ event: "done", finished: 2, failed: 0, stopped: 2, missing: 0 });
  const stopped = runs.filter(({ status }) => status === "stopped");
  expect(new Set(stopped.map(({ setting }) => setting)).size).toBe(1);
  for (const { stopped: why, meanReturn } of stopped) {
    expect(meanReturn).toBeNull();
    expect(why).toMatchObject({ by: "halving", rung: 1 });
    // The first row at or behind the rung.
    expect(why!.step).toBeGreaterThanOrEqual(650);
    expect(why!.step).toBeLessThan(900);
    const { score, needed } = why as { score: number; needed: number };
    expect(score).toBeLessThan(needed);
  }
  const again = await sweep(study, out);
  expect(again.ended).toEqual([]);
  expect(again.runs).toEqual(runs);

  writeStudy(study, { seeds: 2, steps: 900 });
  const all = await sweep(study, out);
  expect(all.ended.map(({ id }) => id).sort()).toEqual(stopped.map(({ id }) => id).sort());
  expect(all.done).toMatchObject({ finished: 4, stopped: 0 });
  const whole = join(scratch, "whole");
  await sweep(study, whole);
  mustBeSame(studyRemains(out), studyRemains(whole));
}, 400_000);

it("a run that the doctor finds decisively broken ends there, if asked", async () => {
  const study = join(scratch, "broken.toml");
  const out = join(scratch, "broken");
  writeFileSync(
    study,
    'name = "x"\nenv = "Pendulum-v1"\nsteps = 2000\nsegment = 700\n' +
      '[settings]\nengine = "wasm"\nhidden = [32, 32]\nbatchSize = 32\nevalEpisodes = 1\n' +
      "[grid]\nalphaLearningRate = [3e-4, 0.3]\n",
  );
  const { runs, done } = await sweep(study, out, "--stop-broken");
  expect(done).toMatchObject({ finished: 1, stopped: 1 });
  expect(runs[0]).toMatchObject({ status: "finished" });
  expect(runs[1]).toMatchObject({
    status: "stopped",
    stopped: { by: "doctor", finding: "alpha-lr-too-high" },
  });
  // The doctor looks every 100 steps, and not only where segments end.
  expect(runs[1]!.stopped!.step).toBeLessThan(2000);
  const all = await sweep(study, out);
  expect(all.done).toMatchObject({ finished: 2, stopped: 0 });
}, 400_000);
