// The loop of acting, storing and updating, seen from outside, with a real engine and real envs.

import { afterAll, describe, expect, it } from "vitest";
import { CountingEnv } from "../../test/sac/counting-env.ts";
import { onnxruntimeEngine } from "../engines/onnxruntime/index.ts";
import { box, discrete, type Env, makeEnv } from "../envs/index.ts";
import type { Agent, LearnOptions } from "./agent.ts";
import type { Batch } from "./learner.ts";
import type { LearnMetrics } from "./metrics-window.ts";
import { SAC, type SacCreateOptions } from "./sac.ts";

const engine = await onnxruntimeEngine();
const made: Agent[] = [];
afterAll(() => Promise.all(made.map((agent) => agent.dispose())));

const small = { hidden: [8, 8], batchSize: 8, learningStarts: 10 };

async function agentIn(env: Env, options: SacCreateOptions = {}): Promise<Agent> {
  const agent = await SAC.create(env, { engine, ...small, ...options });
  made.push(agent);
  return agent;
}

async function learn(agent: Agent, options: LearnOptions): Promise<LearnMetrics[]> {
  const reports: LearnMetrics[] = [];
  for await (const report of agent.learn(options)) reports.push(report);
  return reports;
}

/** Copies of the batches that the agent learns from. */
function batchesOf(agent: Agent): Batch[] {
  const batches: Batch[] = [];
  const update = agent.learner.update.bind(agent.learner);
  agent.learner.update = (batch, ...rest) => {
    batches.push(structuredClone(batch));
    return update(batch, ...rest);
  };
  return batches;
}

describe("a seed", () => {
  const run = async (seed: number) => {
    const agent = await agentIn(makeEnv("Pendulum-v1"), { seed });
    return learn(agent, { totalTimesteps: 250, logEvery: 50 });
  };

  it("decides every metric", async () => {
    const first = await run(1);
    expect(await run(1)).toEqual(first);
    expect(await run(2)).not.toEqual(first);
    expect(first.map(({ step }) => step)).toEqual([50, 100, 150, 200, 250]);
    expect(first.at(-1)).toMatchObject({ updates: 240, episodes: 1, targetEntropy: -1, episodeLength: 200 });
  });

  it("reaches the env once, and the agent's own streams do not depend on the env's", async () => {
    const env = new CountingEnv();
    await learn(await agentIn(env, { seed: 9 }), { totalTimesteps: 12 });
    expect(env.seeds).toEqual([9, undefined, undefined]);
  });
});

describe("updates", () => {
  it.each([
    [{ learningStarts: 10 }, 30, 20],
    [{ learningStarts: 0 }, 30, 30],
    [{ learningStarts: 100 }, 30, 0],
    [{ learningStarts: 10, trainFreq: 4 }, 30, 5],
    [{ learningStarts: 10, trainFreq: 4, gradientSteps: 3 }, 30, 15],
    [{ learningStarts: 10, trainFreq: 4, gradientSteps: -1 }, 30, 20],
    [{ learningStarts: 10, gradientSteps: 2 }, 30, 40],
  ] as const)("with %j are, after %d steps, %d", async (options, totalTimesteps, expected) => {
    const agent = await agentIn(new CountingEnv(), options);
    const reports = await learn(agent, { totalTimesteps });
    expect(agent.learner.updates).toBe(expected);
    expect(reports.at(-1)).toMatchObject({ step: 30, updates: expected });
  });

  it("learn that a terminated episode has no future and a truncated one has", async () => {
    for (const ending of ["terminated", "truncated"] as const) {
      const agent = await agentIn(new CountingEnv({ ending }));
      const batches = batchesOf(agent);
      await learn(agent, { totalTimesteps: 60 });
      let ends = 0;
      for (const { observation, nextObservation, reward, terminated } of batches) {
        reward.forEach((step, i) => {
          // The reward is the step's number; the next observation is the step's own, not the next episode's first.
          expect(observation[2 * i]).toBe(step - 1);
          expect(nextObservation[2 * i]).toBe(step);
          expect(nextObservation[2 * i + 1]).toBe(observation[2 * i + 1]);
          expect(terminated[i]).toBe(ending === "terminated" && step === 5 ? 1 : 0);
          if (step === 5) ends += 1;
        });
      }
      expect(ends).toBeGreaterThan(10);
    }
  });

  it("see unit actions, the env sees its own units, within its bounds", async () => {
    const env = new CountingEnv();
    const agent = await agentIn(env);
    const batches = batchesOf(agent);
    await learn(agent, { totalTimesteps: 60 });
    const [first, second] = [env.actions.map(([a]) => a!), env.actions.map(([, b]) => b!)];
    expect(Math.min(...first)).toBeGreaterThanOrEqual(-0.1);
    expect(Math.max(...first)).toBeLessThanOrEqual(0.3);
    expect(Math.min(...second)).toBeGreaterThanOrEqual(-3);
    expect(Math.max(...second)).toBeLessThanOrEqual(5);
    // Warm-up actions are uniform over the bounds: something lies in either half.
    expect(Math.min(...second.slice(0, 10))).toBeLessThan(1);
    expect(Math.max(...second.slice(0, 10))).toBeGreaterThan(1);
    for (const { action, observation, reward } of batches) {
      reward.forEach((step, i) => {
        const given = env.actions[5 * (observation[2 * i + 1]! - 1) + step - 1]!;
        expect(0.1 + 0.2 * action[2 * i]!).toBeCloseTo(given[0]!, 6);
        expect(1 + 4 * action[2 * i + 1]!).toBeCloseTo(given[1]!, 6);
      });
    }
  });
});

describe("learning ends", () => {
  it("at once when aborted before it begins, and after the current step when aborted later", async () => {
    const agent = await agentIn(new CountingEnv());
    expect(await learn(agent, { totalTimesteps: 50, signal: AbortSignal.abort() })).toEqual([]);
    expect(agent.steps).toBe(0);
    const controller = new AbortController();
    for await (const { step } of agent.learn({
      totalTimesteps: 50,
      signal: controller.signal,
      logEvery: 5,
    })) {
      if (step === 15) controller.abort();
    }
    expect(agent.steps).toBe(15);
    expect(agent.predict([1, 2])).toHaveLength(2);
    await learn(agent, { totalTimesteps: 5 });
    expect(agent.steps).toBe(20);
  });

  it.each([
    [
      "an observation",
      { observation: Float32Array.of(Number.NaN, 1) },
      "observation[0] to be a number from 0 to 1000000, got NaN",
    ],
    [
      "an observation outside its space",
      { observation: Float32Array.of(0, -4) },
      "observation[1] to be a number from 0 to 1000000, got -4",
    ],
    ["a reward", { reward: Number.NaN }, "the reward to be a finite number, got NaN"],
    ["an infinite reward", { reward: -Infinity }, "the reward to be a finite number, got -Infinity"],
  ])("with an error that names env, step and value at %s that is none", async (_, poison, message) => {
    const agent = await agentIn(new CountingEnv({ poison: (step) => (step === 13 ? poison : {}) }));
    const learning = learn(agent, { totalTimesteps: 50 });
    await expect(learning).rejects.toMatchObject({
      code: "ENV_VALUE",
      message: expect.stringContaining(`counting, step 13 (step 3 of its episode): expected ${message}`),
    });
    expect(agent.steps).toBe(12);
  });
});

describe("predict", () => {
  it("is deterministic on request, and otherwise draws", async () => {
    const agent = await agentIn(new CountingEnv());
    const mean = agent.predict([1, 2], { deterministic: true });
    expect(agent.predict([1, 2], { deterministic: true })).toEqual(mean);
    expect(agent.predict([1, 2])).not.toEqual(agent.predict([1, 2]));
  });

  it("says how long an observation is", async () => {
    const agent = await agentIn(new CountingEnv());
    expect(() => agent.predict([1])).toThrow("Expected an observation of 2 numbers, got 1");
  });
});

describe("making an agent refuses", () => {
  it.each<[string, Env, SacCreateOptions, string, string]>([
    [
      "a discrete action space",
      new CountingEnv({ actionSpace: discrete(4) }),
      {},
      "ACTION_SPACE",
      "got a discrete one with 4 actions",
    ],
    [
      "action bounds that are not finite",
      new CountingEnv({ actionSpace: box([-Infinity], [1]) }),
      {},
      "ACTION_SPACE",
      "got [-Infinity, 1]",
    ],
    [
      "a target that no policy reaches",
      new CountingEnv(),
      { temperature: { targetEntropy: 2 } },
      "TEMPERATURE",
      "try -2 (the sign is missing)",
    ],
    ["min above max", new CountingEnv(), { temperature: { min: 1, max: 0.1 } }, "TEMPERATURE", "swap them"],
    [
      "a learning rate of 0",
      new CountingEnv(),
      { learningRate: 0 },
      "HYPERPARAMETER",
      "Expected learningRate",
    ],
    [
      "a temperature's learning rate below 0",
      new CountingEnv(),
      { temperature: { learningRate: -1 } },
      "TEMPERATURE",
      "got -1",
    ],
    ["a seed that is none", new CountingEnv(), { seed: -1 }, "SEED", "got -1"],
  ])("%s", async (_, env, options, code, message) => {
    await expect(agentIn(env, options)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });
});

it("a fixed α stays what it is", async () => {
  const agent = await agentIn(new CountingEnv(), { temperature: { alpha: 0.25 } });
  const [report] = await learn(agent, { totalTimesteps: 30 });
  expect(report).toMatchObject({ alpha: 0.25, alphaLoss: 0 });
});
