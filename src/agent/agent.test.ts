// The loop of acting, storing and updating, seen from outside, with a real engine and real envs.

import { afterAll, describe, expect, it } from "vitest";
import { batchesOf } from "../../test/agent/batches-of.ts";
import { CountingEnv } from "../../test/agent/counting-env.ts";
import { onnxruntimeEngine } from "../engines/onnxruntime/index.ts";
import { box, discrete, type Env, makeEnv, SyncVectorEnv, type VectorEnv } from "../envs/index.ts";
import type { Agent } from "./agent.ts";
import type { LearnOptions } from "./learn-options.ts";
import type { LearnMetrics } from "./metrics-window.ts";
import { SAC, type SacCreateOptions } from "./sac.ts";

const engine = await onnxruntimeEngine();
const made: Agent[] = [];
afterAll(() => Promise.all(made.map((agent) => agent.dispose())));

const small = { hidden: [8, 8], batchSize: 8, learningStarts: 10 };

async function agentIn(env: Env | VectorEnv, options: SacCreateOptions = {}): Promise<Agent> {
  // Some of these environments count what happens to them.
  const agent = await SAC.create(env, { engine, check: false, ...small, ...options });
  made.push(agent);
  return agent;
}

async function learn(agent: Agent, options: LearnOptions): Promise<LearnMetrics[]> {
  const reports: LearnMetrics[] = [];
  for await (const report of agent.learn(options)) reports.push(report);
  return reports;
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
      for (const { observation, nextObservation, reward, discount } of batches) {
        reward.forEach((step, i) => {
          // The reward is the step's number; the next observation is the step's own, not the next episode's first.
          expect(observation[2 * i]).toBe(step - 1);
          expect(nextObservation[2 * i]).toBe(step);
          expect(nextObservation[2 * i + 1]).toBe(observation[2 * i + 1]);
          expect(discount[i]).toBe(ending === "terminated" && step === 5 ? 0 : Math.fround(0.99));
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

describe("environments that step together", () => {
  const lengths = [5, 3, 4];
  const vector = (options: ConstructorParameters<typeof SyncVectorEnv>[1] = {}, ending?: "truncated") => {
    const envs = lengths.map((length) => new CountingEnv({ length, ...(ending && { ending }) }));
    return { envs, env: new SyncVectorEnv(envs, options) };
  };

  it("of one are the environment by itself, metric for metric", async () => {
    const run = async (env: Env | VectorEnv) =>
      learn(await agentIn(env, { seed: 4 }), { totalTimesteps: 450, logEvery: 50 });
    const single = await run(makeEnv("Pendulum-v1"));
    expect(await run(new SyncVectorEnv([makeEnv("Pendulum-v1")], { autoreset: "same-step" }))).toEqual(
      single,
    );
  });

  it.each(["next-step", "same-step"] as const)(
    "with %s autoreset give transitions of episodes alone, none from the end of one to the next",
    async (autoreset) => {
      const { env, envs } = vector({ autoreset });
      const agent = await agentIn(env, { seed: 9 });
      const batches = batchesOf(agent);
      const reports = await learn(agent, { totalTimesteps: 120, logEvery: 1 });
      expect(envs.map(({ seeds }) => seeds[0])).toEqual([9, 10, 11]);
      const ends = new Set<number>();
      for (const { observation, nextObservation, reward, discount } of batches) {
        reward.forEach((step, i) => {
          expect([observation[2 * i], nextObservation[2 * i]]).toEqual([step - 1, step]);
          expect(nextObservation[2 * i + 1]).toBe(observation[2 * i + 1]);
          if (discount[i] === 0) ends.add(step);
        });
      }
      expect([...ends].sort()).toEqual([3, 4, 5]);
      // Steps are those of the envs; a step that only began an episode is none.
      const taken = envs.reduce((sum, { actions }) => sum + actions.length, 0);
      expect(agent.steps).toBe(taken);
      expect(agent.steps).toBeGreaterThanOrEqual(120);
      expect(agent.steps).toBeLessThan(120 + envs.length);
      expect(reports.at(-1)).toMatchObject({ step: taken, updates: taken - 10 });
      const episodes = envs.map(({ actions }, i) => Math.floor(actions.length / lengths[i]!));
      expect(reports.at(-1)!.episodes).toBe(episodes.reduce((sum, n) => sum + n));
      const total = episodes.reduce((sum, n, i) => sum + n * lengths[i]!, 0);
      expect(reports.at(-1)!.episodeLength).toBeCloseTo(total / reports.at(-1)!.episodes, 12);
    },
  );

  it("bootstrap truncated episodes", async () => {
    const { env } = vector({}, "truncated");
    const agent = await agentIn(env);
    const batches = batchesOf(agent);
    await learn(agent, { totalTimesteps: 90 });
    expect(batches.some(({ reward }) => reward.includes(5))).toBe(true);
    for (const { discount } of batches) expect(discount.includes(0)).toBe(false);
  });

  it.each([
    [{ trainFreq: 2 }, (steps: number) => Math.floor(steps / 2) - 5],
    [{ trainFreq: 7, gradientSteps: 3 }, (steps: number) => 3 * (Math.floor(steps / 7) - 1)],
    [{ trainFreq: 4, gradientSteps: -1 }, (steps: number) => 4 * (Math.floor(steps / 4) - 2)],
  ] as const)("with %j update as often a step as one does", async (options, expected) => {
    const agent = await agentIn(vector().env, options);
    await learn(agent, { totalTimesteps: 300 });
    expect(agent.learner.updates).toBe(expected(agent.steps));
  });

  it("must begin their episodes by themselves", async () => {
    await expect(agentIn(vector({ autoreset: "disabled" }).env)).rejects.toMatchObject({ code: "AUTORESET" });
  });

  it("stop learning with the env's number at a value that is none", async () => {
    const envs = [
      new CountingEnv(),
      new CountingEnv({ poison: (step) => (step === 7 ? { reward: Number.NaN } : {}) }),
    ];
    const learning = learn(await agentIn(new SyncVectorEnv(envs)), { totalTimesteps: 50 });
    await expect(learning).rejects.toThrow(
      "counting, env 1, step 7 (step 2 of its episode): expected the reward",
    );
  });
});

describe("acting that overlaps the updates", () => {
  /** Steps end one turn of the event loop after an update has begun, so that they need the overlap. */
  class Patient extends CountingEnv {
    wake: () => void = () => {};
    patience = 10;
    // @ts-expect-error: an Env may answer by a promise, CountingEnv does not
    override async step(action: ArrayLike<number>) {
      if (this.actions.length > this.patience) {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
      return super.step(action);
    }
  }

  it("runs the updates of a step while the next one is in flight, those of the last when learning goes on", async () => {
    const env = new Patient();
    const agent = await agentIn(env as unknown as Env, { overlapActing: true });
    const update = agent.learner.update.bind(agent.learner);
    agent.learner.update = (...args) => {
      env.wake();
      return update(...args);
    };
    await learn(agent, { totalTimesteps: 40 });
    expect([agent.steps, agent.learner.updates]).toEqual([40, 29]);
    await learn(agent, { totalTimesteps: 1 });
    expect([agent.steps, agent.learner.updates]).toEqual([41, 30]);
  });

  it("learns from the same draws as without, and is as deterministic; only actions are an update stale", async () => {
    const run = async (overlapActing: boolean) => {
      const env = new CountingEnv();
      const agent = await agentIn(env, { seed: 3, overlapActing });
      const batches = batchesOf(agent);
      await learn(agent, { totalTimesteps: 60, logEvery: 7 });
      return { actions: env.actions, batches, updates: agent.learner.updates };
    };
    const [without, overlapped, again] = [await run(false), await run(true), await run(true)];
    expect(overlapped).toEqual(again);
    expect(overlapped.updates).toBe(without.updates - 1);
    const draws = ({ batches }: typeof without) =>
      batches.map(({ observation, reward }) => [observation, reward]);
    expect(draws(overlapped)).toEqual(draws(without).slice(0, -1));
    // Uniform actions for ten steps, then one by a policy that both know untrained, then they part.
    expect(overlapped.actions.slice(0, 11)).toEqual(without.actions.slice(0, 11));
    expect(overlapped.actions[11]).not.toEqual(without.actions[11]);
  });

  it("ends with the env's error, once", async () => {
    const env = new CountingEnv({ poison: (step) => (step === 25 ? { reward: Number.NaN } : {}) });
    const agent = await agentIn(env, { overlapActing: true });
    await expect(learn(agent, { totalTimesteps: 50 })).rejects.toMatchObject({ code: "ENV_VALUE" });
    expect(agent.steps).toBe(24);
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
    ["a reward", { reward: Number.NaN }, "the reward to be a finite number in float32, got NaN"],
    [
      "an infinite reward",
      { reward: -Infinity },
      "the reward to be a finite number in float32, got -Infinity",
    ],
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
      "a choice of one",
      new CountingEnv({ actionSpace: discrete(1) }),
      {},
      "TEMPERATURE",
      "Expected something to choose from, got 1 discrete actions",
    ],
    [
      "action bounds that are not finite",
      new CountingEnv({ actionSpace: box([-Infinity], [1]) }),
      {},
      "ENV_CHECK",
      "Expected finite bounds of actionSpace, got -Infinity to 1",
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
