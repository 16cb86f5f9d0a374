// The front door: what people hand in, right and wrong, when they make an agent, load one, or ask one for actions.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { CountingEnv } from "../../test/agent/counting-env.ts";
import { wasmEngine } from "../engines/wasm/index.ts";
import { box, dict, discrete, makeEnv } from "../envs/index.ts";
import { SAC, type SacCreateOptions, type SacLoadOptions } from "./sac.ts";

const engine = await wasmEngine();
const small = { engine, hidden: [8, 8], batchSize: 8, learningStarts: 10 } satisfies SacCreateOptions;
const scratch = mkdtempSync(join(tmpdir(), "tempered-sac-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** An environment of somebody's, in which `parts` are as they wrote them. */
function world(parts: object = {}) {
  const observation = Float32Array.of(0, 0);
  return {
    id: "mine",
    observationSpace: box(-1, 1, [2]),
    actionSpace: box([-1], [1]),
    reset: () => ({ observation, info: {} }),
    step: () => ({ observation, reward: 0, terminated: false, truncated: false, info: {} }),
    ...parts,
  };
}

describe("an environment", () => {
  const observation = Float32Array.of(0, 0);
  it.each<[string, object | undefined, string | RegExp]>([
    [
      "with done instead of terminated and truncated",
      world({ step: () => ({ observation, reward: 0, done: false, info: {} }) }),
      "Expected terminated and truncated to be true or false, got done false in their place at step 1; return terminated",
    ],
    [
      "with Gym's tuple from step",
      world({ step: () => [observation, 0, false, {}] }),
      "Expected step() to return { observation, reward, terminated, truncated, info }, got a tuple of 4, as Gym has them",
    ],
    [
      "with Gym's tuple from reset",
      world({ reset: () => [observation, {}] }),
      "Expected reset() to return { observation, info }, got a tuple of 2",
    ],
    [
      "whose reset gives the observation alone",
      world({ reset: () => observation }),
      "got an observation alone",
    ],
    [
      "without an action space",
      world({ actionSpace: undefined }),
      "Expected actionSpace to be a space, got undefined; make one with box(low, high)",
    ],
    [
      "without an observation space",
      world({ observationSpace: undefined }),
      "Expected observationSpace to be a space",
    ],
    ["without methods", { id: "mine" }, "Expected a method reset(), got undefined"],
    ["that is none", undefined, "Expected an env object, got undefined"],
    ["with NaN", world({ reset: () => ({ observation: Float32Array.of(NaN, 0), info: {} }) }), "got NaN"],
    [
      "that throws",
      world({
        step: () => {
          throw new TypeError("no such joint");
        },
      }),
      /got the exception: TypeError: no such joint \(at .*sac\.test\.ts:\d+:\d+\)/,
    ],
  ])("%s is refused when the agent is made", async (_, env, message) => {
    await expect(SAC.create(env as never, small)).rejects.toMatchObject({
      code: "ENV_CHECK",
      message:
        typeof message === "string" ? expect.stringContaining(message) : expect.stringMatching(message),
    });
  });

  it("is left alone where it must not move, and told of in the first step then", async () => {
    const env = world({ step: () => ({ observation, reward: 0, done: false }) });
    await using agent = await SAC.create(env as never, { ...small, check: false });
    await expect(agent.learn({ totalTimesteps: 1 })).rejects.toMatchObject({
      code: "ENV_VALUE",
      message: expect.stringContaining("got done false in their place"),
    });
  });

  it("learns the same with and without the check", async () => {
    const ends = [true, false].map(async (check) => {
      await using agent = await SAC.create(makeEnv("Pendulum-v1"), { ...small, check });
      return await agent.learn({ totalTimesteps: 30 });
    });
    expect(await ends[0]).toEqual(await ends[1]);
  });

  it("may be an id, and have observations that are no box", async () => {
    await using agent = await SAC.create("Pendulum-v1", small);
    expect(agent.env.id).toBe("Pendulum-v1");
    await expect(SAC.create("Pendulun-v1", small)).rejects.toThrow('did you mean "Pendulum-v1"?');
    const seen = { at: Float32Array.of(0), jumps: 1 };
    await using flat = await SAC.create(
      world({
        observationSpace: dict({ at: box([-1], [1]), jumps: discrete(3) }),
        reset: () => ({ observation: seen, info: {} }),
        step: () => ({ observation: seen, reward: 0, terminated: false, truncated: false, info: {} }),
      }) as never,
      small,
    );
    expect(flat.predict([0, 0, 1, 0])).toHaveLength(1);
  });
});

describe("predict", () => {
  it("takes a batch, and gives what each observation by itself gives", async () => {
    await using agent = await SAC.create("Pendulum-v1", small);
    const observations = [
      [1, 0, 0],
      [0, 1, -2],
      [-1, 0, 8],
    ];
    const actions: number[][] = agent.predict(observations, { deterministic: true });
    expect(actions).toEqual(observations.map((each) => agent.predict(each, { deterministic: true })));
  });

  it.each([
    [[1, Number.NaN, 0], "Expected an observation of finite numbers, got NaN as number 1 of 3"],
    [[1, 0, undefined], "got undefined as number 2 of 3"],
    [["1", 0, 0], 'got the string "1" as number 0 of 3'],
    [[1, 0], "Expected an observation of 3 numbers, got 2"],
    [Float32Array.of(1, 0, 0, 0, 1, 0), "got 6; for 2 observations at once, pass an array of them"],
    [undefined, "Expected an observation of 3 numbers, got undefined"],
    [
      [
        [1, 0, 0],
        [1, 0],
      ],
      "Expected an observation of 3 numbers, got 2",
    ],
  ])("refuses %j", async (observation, message) => {
    await using agent = await SAC.create("Pendulum-v1", small);
    expect(() => agent.predict(observation as never)).toThrow(
      expect.objectContaining({ code: "OBSERVATION", message: expect.stringContaining(message) }),
    );
  });
});

it("fits a screen in console.log", async () => {
  await using agent = await SAC.create("Pendulum-v1", { ...small, seed: 4 });
  await agent.learn({ totalTimesteps: 12 });
  expect(inspect(agent)).toMatch(
    /^SAC agent in Pendulum-v1\n {2}12 steps, 2 updates, α 0\.99\d+, tuned to entropy −1\.00\n {2}3 observations → 8 × 8 → 1 action dimension; 2 critics\n {2}engine wasm, 1 thread; seed 4$/,
  );
});

describe("load", () => {
  const directory = join(scratch, "agent");
  const saved = async () => {
    await using agent = await SAC.create("Pendulum-v1", { ...small, seed: 4 });
    await agent.learn({ totalTimesteps: 20 });
    await agent.save(directory);
  };

  it("applies what it is given", async () => {
    await saved();
    const env = makeEnv("Pendulum-v1");
    await using agent = await SAC.load(directory, {
      env,
      engine,
      learningRate: 1e-4,
      gamma: 0.9,
      hidden: [8, 8],
      temperature: { targetEntropy: -0.5 },
    });
    expect(agent.hyperparameters).toMatchObject({ learningRate: 1e-4, gamma: 0.9, batchSize: 8 });
    expect(agent.temperature).toMatchObject({ targetEntropy: -0.5, learningRate: 3e-4 });
    expect(agent.steps).toBe(20);
    const before = agent.learner.temperature.logAlpha;
    await using same = await SAC.load(directory, { engine });
    expect(before).toBe(same.learner.temperature.logAlpha);
    for (const each of [agent, same]) await each.learn({ totalTimesteps: 20 });
    expect(agent.predict([1, 0, 0], { deterministic: true })).not.toEqual(
      same.predict([1, 0, 0], { deterministic: true }),
    );
    await using fixed = await SAC.load(directory, { engine, temperature: { alpha: 0.05 } });
    expect(fixed.learner.temperature.alpha).toBe(0.05);
  });

  it.each<[SacLoadOptions & { seed?: number }, string, string]>([
    [{ hidden: [16] }, "LOAD_OPTIONS", "Expected hidden as the agent was saved with ([8,8]), got [16]"],
    [{ critics: 3 }, "LOAD_OPTIONS", "Expected critics as the agent was saved with (2), got 3"],
    [{ seed: 5 }, "LOAD_OPTIONS", "its random streams go on"],
    [{ temperature: { initialAlpha: 0.1 } }, "LOAD_OPTIONS", "α goes on from where it was saved"],
    [{ learningRate: -1 }, "HYPERPARAMETER", "Expected learningRate to be a number above 0, or a schedule"],
    [{ lr: 1 } as object, "HYPERPARAMETER", 'got "lr"'],
    [{ env: new CountingEnv() }, "SNAPSHOT", "Expected an environment with 3 observations"],
    [{ env: { id: "x" } as never }, "ENV_CHECK", "Expected a method reset()"],
  ])("refuses %j", async (options, code, message) => {
    await saved();
    await expect(SAC.load(directory, { engine, ...options })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });
});
