// Agents that learn in environments of the user's Python, through the bridge.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { startCli } from "../src/cli/child.fixture.ts";
import { GymnasiumEnv, GymnasiumVectorEnv } from "../src/envs/gymnasium/index.ts";
import { ended, hasGymnasium, needsGymnasium, python } from "../src/envs/gymnasium/python.fixture.ts";
import type { Env, VectorEnv } from "../src/envs/index.ts";
import { type LearnMetrics, SAC, type SacOptions } from "../src/index.ts";
import { readRun } from "../src/training/run-directory.ts";

process.env.PYTHONPATH = fileURLToPath(new URL("../src/envs/gymnasium/", import.meta.url));
const WORLDS = "peculiar_worlds";
const options = { python, onOutput: () => {} };

const opened: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(opened.splice(0).map((env) => env.close())));

describe.skipIf(!hasGymnasium)(`learning through the bridge, ${needsGymnasium}`, () => {
  const settings = { engine: "wasm", hidden: [16, 16], batchSize: 16, learningStarts: 20, seed: 3 } as const;
  const one = async (world: string) => {
    const env = await GymnasiumEnv.create(`${WORLDS}:${world}`, options);
    opened.push(env);
    return env;
  };
  const pendulums = async (environments: number, processes: number) => {
    const env = await GymnasiumVectorEnv.create("Pendulum-v1", { environments, processes, ...options });
    opened.push(env);
    return env;
  };
  const learned = async (env: Env | VectorEnv, more: SacOptions = {}) => {
    await using agent = await SAC.create(env, { ...settings, ...more });
    const reports: LearnMetrics[] = [];
    for await (const report of agent.learn({ totalTimesteps: 250, logEvery: 50 })) reports.push(report);
    return reports;
  };

  test("does not depend on how many processes share the environments, nor does acting that overlaps the updates", async () => {
    const run = async (processes: number, overlapActing: boolean) =>
      learned(await pendulums(4, processes), { overlapActing });
    const [one, two, overlapped, again] = [
      await run(1, false),
      await run(2, false),
      await run(1, true),
      await run(2, true),
    ];
    expect(two).toEqual(one);
    expect(again).toEqual(overlapped);
    expect(overlapped).not.toEqual(one);
    expect(overlapped.at(-1)).toMatchObject({ step: one.at(-1)!.step, updates: one.at(-1)!.updates });
  });

  test("saves time where the step and the update each take some", async () => {
    const seconds = async (overlapActing: boolean) => {
      const env = await one("Sleepy");
      const start = performance.now();
      await learned(env, { overlapActing, hidden: [64, 64], batchSize: 64, gradientSteps: 24 });
      return performance.now() - start;
    };
    // A step sleeps for 4 ms, its updates take 4 to 12: side by side they need little more than the longer.
    expect(await seconds(true)).toBeLessThan(0.9 * (await seconds(false)));
  });

  test("ends with Python's traceback while an update is under way", async () => {
    const env = await one("RaisingLater");
    await expect(learned(env, { overlapActing: true })).rejects.toMatchObject({
      code: "ENV_PYTHON",
      traceback: expect.stringContaining("no road ahead"),
    });
  });
});

describe.skipIf(!hasGymnasium)(`tempered train gymnasium:ID --envs N, ${needsGymnasium}`, () => {
  const scratch = mkdtempSync(join(tmpdir(), "tempered-bridge-"));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));
  const start = async (run: string) => {
    const small = ["--hidden", "16", "--batch-size", "16", "--engine", "wasm", "--overlap-acting"];
    const running = startCli(
      [
        "train",
        "gymnasium:Pendulum-v1",
        "--envs",
        "4",
        "--steps",
        "1000000",
        "--json",
        "--run",
        run,
        ...small,
      ],
      scratch,
    );
    await running.shows('"train/ent_coef"');
    return { ...running, pythons: pythonsOf(running.child.pid!) };
  };

  test("a Python killed ends it with an error and the run saved, and no other is left", async () => {
    const { ended: end, pythons } = await start("python-killed");
    expect(pythons.length).toBeGreaterThan(1); // at least one for the four, and then the evaluation's
    process.kill(pythons[0]!, "SIGKILL");
    const { code, stderr } = await end;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: The Python process of Pendulum-v1 was killed by SIGKILL/);
    await Promise.all(pythons.map(ended));
    const { manifest, metrics } = readRun(join(scratch, "python-killed"));
    expect(manifest.result).toMatchObject({ outcome: "failed", error: { code: "ENV_DIED" } });
    expect(metrics.length).toBeGreaterThan(1);
    expect(existsSync(join(scratch, "python-killed", "agent", "agent.json"))).toBe(true);
  });

  test("killed itself, it leaves no Python behind", async () => {
    const { child, ended: end, pythons } = await start("killed");
    child.kill("SIGKILL");
    await end;
    await Promise.all(pythons.map(ended));
    expect(pythons.length).toBeGreaterThan(1);
  });
});

/** Ids of the Pythons that a process has started, oldest first. */
function pythonsOf(parent: number): number[] {
  const { stdout } = spawnSync("ps", ["-o", "pid=,comm=", "--ppid", String(parent)], { encoding: "utf8" });
  return [...stdout.matchAll(/^ *(\d+) python/gm)].map(([, pid]) => Number(pid));
}
