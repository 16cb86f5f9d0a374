// `learn` as people call it: awaited, looped over, with callbacks and logs, and with another framework's arguments.

import { expect, it } from "vitest";
import { CountingEnv } from "../../test/agent/counting-env.ts";
import { wasmEngine } from "../engines/wasm/index.ts";
import { makeEnv } from "../envs/index.ts";
import type { Agent } from "./agent.ts";
import type { LearnEvaluation, MetricsRow } from "./learn-options.ts";
import type { LearnMetrics } from "./metrics-window.ts";
import { SAC } from "./sac.ts";

const engine = await wasmEngine();
const pendulum = () =>
  SAC.create(makeEnv("Pendulum-v1"), { engine, seed: 3, hidden: [8, 8], batchSize: 8, learningStarts: 10 });

async function looped(agent: Agent, totalTimesteps: number): Promise<LearnMetrics[]> {
  const reports: LearnMetrics[] = [];
  for await (const report of agent.learn({ totalTimesteps })) reports.push(report);
  return reports;
}

it("awaited, learns as a loop over it does, and gives the last report", async () => {
  await using awaited = await pendulum();
  await using iterated = await pendulum();
  const last = await awaited.learn({ totalTimesteps: 250 });
  const reports = await looped(iterated, 250);
  expect(awaited.steps).toBe(250);
  expect(awaited.learner.updates).toBe(240);
  expect(last).toEqual(reports.at(-1));
  expect(reports.map(({ step }) => step)).toEqual([100, 200, 250]);
  expect(await awaited.learn({ totalTimesteps: 0 })).toMatchObject({ step: 250 });
});

it("learns once, however often it is awaited, and as a promise in all", async () => {
  await using agent = await pendulum();
  const learning = agent.learn({ totalTimesteps: 20 });
  await Promise.all([learning, learning, learning.finally(() => {})]);
  expect(agent.steps).toBe(20);
  let ended = false;
  await expect(
    agent.learn({ totalTimesteps: 5, onMetrics: () => Promise.reject(new Error("mine")) }).finally(() => {
      ended = true;
    }),
  ).rejects.toThrow("mine");
  expect(ended).toBe(true);
  const caught = await agent
    .learn({
      totalTimesteps: 5,
      onMetrics: () => {
        throw new Error("mine");
      },
    })
    .catch((error: Error) => error.message);
  expect(caught).toBe("mine");
});

it("begins nothing before it is awaited or read", async () => {
  await using agent = await pendulum();
  void agent.learn({ totalTimesteps: 100 });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(agent.steps).toBe(0);
  await agent.learn({ totalTimesteps: 10 });
  expect(agent.steps).toBe(10);
});

it.each([
  [100, "Expected learn({ totalTimesteps: 100 }), got learn(100)"],
  [undefined, "Expected learn({ totalTimesteps: 10_000 }), got learn(undefined)"],
  [{ total_timesteps: 100 }, "did you mean totalTimesteps?"],
  [{ timesteps: 100 }, "did you mean totalTimesteps?"],
  [{ steps: 100 }, "did you mean totalTimesteps?"],
  [{ totalTimesteps: 10, logevery: 5 }, "did you mean logEvery?"],
  [{ totalTimesteps: 10, gamma: 0.9 }, "settings of the agent go into SAC.create"],
  [{ totalTimesteps: -1 }, "an integer from 0 up, got -1"],
  [{ totalTimesteps: Number.NaN }, "an integer from 0 up, got NaN"],
  [{ totalTimesteps: "100" }, "an integer from 0 up, got 100"],
  [{ totalTimesteps: 10, logEvery: 0 }, "an integer from 1 up, got 0"],
  [{ totalTimesteps: 10, evaluation: { every: 5 } }, "got no environment"],
  [{ totalTimesteps: 10, onEvaluation() {} }, "Expected evaluation: { env, every } beside onEvaluation"],
  [{ totalTimesteps: 10, log: "runs/a" }, "a function (row, step)"],
])("refuses %j with the right call", async (options, message) => {
  await using agent = await pendulum();
  expect(() => agent.learn(options as never)).toThrow(
    expect.objectContaining({ code: "LEARN_OPTIONS", message: expect.stringContaining(message) }),
  );
});

it("two at once are refused, and the error names the right call", async () => {
  await using agent = await pendulum();
  const first = agent.learn({ totalTimesteps: 40 });
  const [one, two] = await Promise.allSettled([first, agent.learn({ totalTimesteps: 10 })]);
  expect(one).toMatchObject({ status: "fulfilled", value: { step: 40 } });
  expect(two).toMatchObject({
    status: "rejected",
    reason: { code: "LEARNING", message: expect.stringContaining("await agent.learn({ totalTimesteps })") },
  });
});

it("evaluates as it learns, without changing what it learns", async () => {
  await using watched = await pendulum();
  await using alone = await pendulum();
  const told: LearnEvaluation[] = [];
  const last = await watched.learn({
    totalTimesteps: 250,
    logEvery: 50,
    evaluation: { env: makeEnv("Pendulum-v1"), every: 100, episodes: 2 },
    onEvaluation: (evaluation) => told.push(evaluation),
  });
  expect(told.map(({ step, episodes }) => [step, episodes])).toEqual([
    [100, 2],
    [200, 2],
    [250, 2],
  ]);
  expect(told[0]!.isBest).toBe(true);
  const best = Math.max(...told.map(({ meanReturn }) => meanReturn));
  expect(told.findLast(({ isBest }) => isBest)!.meanReturn).toBe(best);
  expect(last).toEqual(await alone.learn({ totalTimesteps: 250, logEvery: 50 }));
  const { env } = alone;
  expect(() => alone.learn({ totalTimesteps: 1, evaluation: { env: env as never, every: 1 } })).toThrow(
    "Expected another environment to evaluate in",
  );
});

it("hands rows under Stable-Baselines3's names to logs, one after the other", async () => {
  await using agent = await pendulum();
  const rows: [number, MetricsRow][] = [];
  const calls: string[] = [];
  await agent.learn({
    totalTimesteps: 200,
    evaluation: { env: makeEnv("Pendulum-v1"), every: 200, episodes: 1 },
    onMetrics: ({ step }) => calls.push(`metrics ${step}`),
    onEvaluation: ({ step }) => calls.push(`evaluation ${step}`),
    log: [
      async (row, step) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        calls.push(`slow ${step}`);
        rows.push([step, row]);
      },
      (_, step) => calls.push(`quick ${step}`),
    ],
  });
  expect(rows.map(([step]) => step)).toEqual([100, 200]);
  expect(rows[1]![1]).toMatchObject({
    "train/ent_coef": expect.any(Number),
    "train/entropy": expect.any(Number),
    "train/n_updates": 190,
    "rollout/ep_rew_mean": expect.any(Number),
    "eval/mean_reward": expect.any(Number),
    "time/fps": expect.any(Number),
  });
  expect(rows[0]![1]).not.toHaveProperty("eval/mean_reward");
  expect(Object.values(rows[1]![1]).every(Number.isFinite)).toBe(true);
  expect(calls).toEqual([
    "slow 100",
    "quick 100",
    "metrics 100",
    "slow 200",
    "quick 200",
    "metrics 200",
    "evaluation 200",
  ]);
});

it("ends where a callback aborts it, and the agent goes on", async () => {
  await using agent = await SAC.create(new CountingEnv(), { engine, hidden: [4], batchSize: 4 });
  const stop = new AbortController();
  const last = await agent.learn({
    totalTimesteps: 1000,
    logEvery: 10,
    signal: stop.signal,
    onMetrics: ({ step }) => step >= 30 && stop.abort(),
  });
  expect([last.step, agent.steps]).toEqual([30, 30]);
  await agent.learn({ totalTimesteps: 5 });
  expect(agent.steps).toBe(35);
});
