// Discrete actions from end to end: drawn by the policy's probabilities, handed to the env as its numbers, learned from, and
// kept with the agent.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ChoosingEnv } from "../../test/agent/choosing-env.ts";
import type { Engine } from "../engines/engine.ts";
import { wasmEngine } from "../engines/wasm/index.ts";
import { discrete, makeEnv, multiBinary, SyncVectorEnv } from "../envs/index.ts";
import { RandomStream } from "../random/index.ts";
import { linear, relu } from "../sac/layers.ts";
import { network } from "../sac/network.ts";
import { ActingPolicy } from "./acting.ts";
import { actionScale, drawUniformly, toColumns, toEnvironment } from "./action-scale.ts";
import { Agent } from "./agent.ts";
import { evaluate } from "./evaluate.ts";
import { SAC } from "./sac.ts";

const options = { hidden: [32, 32], batchSize: 32, learningStarts: 50, seed: 2 };
let engine: Engine;
beforeAll(async () => {
  engine = await wasmEngine();
});
const scratch = mkdtempSync(join(tmpdir(), "tempered-discrete-"));
afterAll(() => rmSync(scratch, { recursive: true }));

describe("actions", () => {
  it("are columns in an update, choice by choice", () => {
    const columns = new Float32Array(10).fill(7);
    toColumns([3, 2], [2, 0, 0, 1], columns);
    expect([...columns]).toEqual([0, 0, 1, 1, 0, 1, 0, 0, 0, 1]);
  });

  it("begin where the environment begins to count", () => {
    const scale = actionScale(discrete(4, -2));
    const action = new Float64Array(1);
    toEnvironment(scale, [3], action);
    expect([...action]).toEqual([1]);
    expect([scale.size, scale.choices]).toEqual([1, [4]]);
    expect(actionScale(multiBinary(3)).choices).toEqual([2, 2, 2]);
  });

  it("are equally likely while nothing is learned", () => {
    const scale = actionScale(new ChoosingEnv([3, 2]).actionSpace);
    const random = new RandomStream(1, "uniform");
    const counts = [0, 0, 0, 0, 0, 0];
    const action = new Float32Array(2);
    for (let i = 0; i < 6000; i++) {
      drawUniformly(scale, action, random);
      counts[action[0]! * 2 + action[1]!]! += 1;
    }
    // Five standard deviations of a count of 1,000.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(145);
  });
});

describe("the policy", () => {
  // One unit that is on, and logits log 1, log 2, log 5 · log 3, log 1 in the head's biases.
  const layout = network({ name: "actor", inputSize: 1, layers: [linear(1), relu, linear(5)] });
  const blocks = layout.pack([
    { weight: Float32Array.of(0), bias: Float32Array.of(0) },
    { weight: new Float32Array(5), bias: Float32Array.from([1, 2, 5, 3, 1], Math.log) },
  ]);
  const policy = new ActingPolicy(layout);

  it("takes the likeliest action of each choice", () => {
    const action = new Float32Array(2);
    policy.choose(blocks, [0], [3, 2], action);
    expect([...action]).toEqual([2, 0]);
  });

  it("draws each action as often as its probability says", () => {
    const random = new RandomStream(3, "draws");
    const counts = [0, 0, 0, 0, 0];
    const action = new Float32Array(2);
    for (let i = 0; i < 8000; i++) {
      policy.choose(blocks, [0], [3, 2], action, random);
      counts[action[0]!]! += 1;
      counts[3 + action[1]!]! += 1;
    }
    [1000, 2000, 5000, 6000, 2000].forEach((expected, i) => {
      expect(Math.abs(counts[i]! - expected)).toBeLessThan(5 * Math.sqrt(expected * (1 - expected / 8000)));
    });
  });

  it("finds an action for a draw next to 1, and for logits beyond what exp can take", () => {
    const far = layout.pack([
      { weight: Float32Array.of(0), bias: Float32Array.of(0) },
      { weight: new Float32Array(5), bias: Float32Array.of(-1e4, 1e4, -1e4, 1e4, 1e4) },
    ]);
    const action = new Float32Array(2);
    policy.choose(far, [0], [3, 2], action, { uniform: () => 1 - 2 ** -53 });
    expect([...action]).toEqual([1, 1]);
  });
});

describe("an agent", () => {
  it("learns which actions are asked for, and holds the entropy at its target", async () => {
    const env = new ChoosingEnv();
    await using agent = await Agent.create(env, {
      ...options,
      engine,
      learningRate: 3e-3,
      temperature: { learningRate: 3e-3, targetEntropyShare: 0.3, initialAlpha: 0.2 },
    });
    let last = { entropy: Number.NaN, targetEntropy: Number.NaN, actionSaturation: 0 };
    for await (const report of agent.learn({ totalTimesteps: 2500, logEvery: 500 })) last = report;
    expect(last.targetEntropy).toBeCloseTo(0.3 * Math.log(6), 12);
    expect(Math.abs(last.entropy - last.targetEntropy)).toBeLessThan(0.1 * last.targetEntropy);
    expect(last.actionSaturation).toBeNaN();
    for (const action of env.taken)
      expect(
        env.actionSpace.n.every(
          (n, i) => action[i]! >= env.actionSpace.start[i]! && action[i]! < env.actionSpace.start[i]! + n,
        ),
      ).toBe(true);
    const { meanReturn } = await evaluate(agent, new ChoosingEnv(), { episodes: 20 });
    expect(meanReturn).toBe(5);
  });

  it.each([1, 2])("goes on from its state to the bit, in %i environments", async (count) => {
    const make = () =>
      Agent.create(new SyncVectorEnv(Array.from({ length: count }, () => makeEnv("CartPole-v1"))), {
        ...options,
        engine,
        normalizeObservation: true,
      });
    await using whole = await make();
    for await (const _ of whole.learn({ totalTimesteps: 240 }));
    await using first = await make();
    for await (const _ of first.learn({ totalTimesteps: 120 }));
    await using second = await Agent.restore(
      new SyncVectorEnv(Array.from({ length: count }, () => makeEnv("CartPole-v1"))),
      await first.state(),
      { engine },
    );
    for await (const _ of second.learn({ totalTimesteps: 240 - second.steps }));
    expect(await second.state()).toEqual(await whole.state());
  });

  it("is saved and loaded, and plays what it played", async () => {
    await using agent = await SAC.create(new ChoosingEnv(), { ...options, engine });
    for await (const _ of agent.learn({ totalTimesteps: 100 }));
    await agent.save(join(scratch, "agent"));
    await using loaded = await SAC.load(join(scratch, "agent"), { env: new ChoosingEnv(), engine });
    const observation = [0, 1, 0, 1, 0];
    expect(loaded.predict(observation, { deterministic: true })).toEqual(
      agent.predict(observation, { deterministic: true }),
    );
    await expect(SAC.load(join(scratch, "agent"), { env: new ChoosingEnv([4, 1]), engine })).rejects.toThrow(
      "Expected an environment with 5 observations and 3 × 2 discrete actions, as Choosing that the agent learned in, got 5 and 4 × 1 discrete actions in Choosing",
    );
  });
});
