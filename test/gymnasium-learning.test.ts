// Agents that learn in environments of the user's Python, through the bridge.

import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { GymnasiumEnv, GymnasiumVectorEnv } from "../src/envs/gymnasium/index.ts";
import { hasGymnasium, needsGymnasium, python } from "../src/envs/gymnasium/python.fixture.ts";
import type { Env, VectorEnv } from "../src/envs/index.ts";
import { type LearnMetrics, SAC, type SacOptions } from "../src/index.ts";

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
      await learned(env, { overlapActing, hidden: [64, 64], batchSize: 64, gradientSteps: 8 });
      return performance.now() - start;
    };
    // A step sleeps for 4 ms; its updates take about as long: side by side they need little more than either.
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
