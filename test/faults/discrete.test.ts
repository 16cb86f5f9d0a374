// The doctor beside agents that choose from discrete actions while they train, healthy and not, and beside every preset.

import { describe, expect, it } from "vitest";
import { Agent } from "../../src/agent/agent.ts";
import type { AgentOptions } from "../../src/agent/agent-options.ts";
import { rowOf } from "../../src/agent/metrics-row.ts";
import { presets } from "../../src/agent/presets.ts";
import { watchAlpha } from "../../src/doctor/index.ts";
import { wasmEngine } from "../../src/engines/wasm/index.ts";
import { type Env, makeEnv } from "../../src/envs/index.ts";
import { type FaultyTemperature, faultyTemperature } from "../../src/faults/temperature.ts";
import type { DeclaredSettings } from "../../src/runs/series.ts";
import { watchedRow } from "../../src/training/rows.ts";
import { ChoosingEnv } from "../agent/choosing-env.ts";

const LEARNING_RATE = 1e-3;

/** Ids of what is told from the first update to the last, warnings and errors. */
async function toldOf(
  env: Env,
  steps: number,
  options: Partial<AgentOptions>,
  declared: DeclaredSettings,
  logEvery = 50,
): Promise<string[]> {
  await using agent = await Agent.create(env, {
    engine: await wasmEngine(),
    ownsEngine: true,
    hidden: [32, 32],
    batchSize: 32,
    learningRate: 1e-3,
    seed: 1,
    ...options,
  });
  const doctor = watchAlpha({ declared: { ...declared, alphaLearningRate: LEARNING_RATE }, every: 500 });
  const told = new Set<string>();
  for await (const metrics of agent.learn({ totalTimesteps: steps, logEvery })) {
    const updated = metrics.updates > 0;
    const row = rowOf(metrics, { seconds: 1, learningRate: 1e-3, tuned: true, updated });
    if (updated) for (const { id } of doctor.push(watchedRow(row))) told.add(id);
  }
  return [...told];
}

/** @param n actions of `env` */
function discrete(env: Env, n: number, faulty: Partial<FaultyTemperature>, steps = 3000): Promise<string[]> {
  const temperature = faultyTemperature(
    {
      targetEntropy: 0.5 * Math.log(n),
      learningRate: LEARNING_RATE,
      lossForm: "log-alpha",
      initialAlpha: 1,
      ...faulty,
    },
    steps,
  );
  const { targetEntropy } = faulty;
  const declared = { discreteActions: n, targetEntropy: targetEntropy ?? 0.5 * Math.log(n) };
  return toldOf(env, steps, { temperature }, declared);
}

describe("of a policy with five actions the doctor says", () => {
  it.each<[what: string, faulty: Partial<FaultyTemperature>, expected: string[]]>([
    ["nothing where nothing is wrong", {}, []],
    ["that −log n never binds", { targetEntropy: -Math.log(5) }, ["target-never-binds"]],
    ["that 0.98 log n is too high", { targetEntropy: 0.98 * Math.log(5) }, ["target-too-high"]],
    ["that 1.1 log n cannot be reached", { targetEntropy: 1.1 * Math.log(5) }, ["target-unreachable"]],
    ["that the sign is inverted", { sign: -1 }, ["sign-inverted"]],
  ])("%s", async (_, faulty, expected) => {
    const told = await discrete(new ChoosingEnv([5], [0]), 5, faulty);
    expect(told.slice(0, 1)).toEqual(expected);
  });
});

describe("while CartPole-v1 and Snake are learned the doctor says", () => {
  it.each<[env: string, n: number, what: string, target: number, expected: string[]]>([
    ["CartPole-v1", 2, "that −log n never binds", -1, ["target-never-binds"]],
    ["tempered/Snake-v0", 5, "that −log n never binds", -1, ["target-never-binds"]],
    ["CartPole-v1", 2, "that 0.98 log n is too high", 0.98, ["target-too-high"]],
    ["tempered/Snake-v0", 5, "that 0.98 log n is too high", 0.98, ["target-too-high"]],
    ["tempered/Snake-v0", 5, "nothing at half of log n", 0.5, []],
  ])("of %s with %i actions %s", async (env, n, _, share, expected) => {
    const faulty = { targetEntropy: share * Math.log(n), initialAlpha: 0.2 };
    expect((await discrete(makeEnv(env), n, faulty, 5000)).slice(0, 1)).toEqual(expected);
  });

  it.each([
    ["CartPole-v1", 2, { seed: 1 }, 5000],
    ["tempered/Snake-v0", 5, { seed: 3, trainFreq: 4 }, 9000],
  ])("of %s with --preset discrete no false cause before the right one", async (env, n, options, steps) => {
    const targetEntropy = 0.98 * Math.log(n);
    const temperature = { ...presets.discrete.temperature, targetEntropy };
    const declared = { discreteActions: n, targetEntropy, initialAlpha: temperature.initialAlpha };
    const all = { ...presets.discrete, ...options, temperature };
    expect((await toldOf(makeEnv(env), steps, all, declared, 250)).slice(0, 1)).toEqual(["target-too-high"]);
  });
});

describe("of a healthy run the doctor says nothing", () => {
  it.each(["redq", "droq"] as const)("with --preset %s", async (name) => {
    const options = {
      ...presets[name],
      gradientSteps: 4,
      policyDelay: 4,
      temperature: { learningRate: LEARNING_RATE },
    };
    const declared = { actionDim: 1, targetEntropy: -1, policyDelay: 4 };
    expect(await toldOf(makeEnv("Pendulum-v1"), 1500, options, declared)).toEqual([]);
  });

  it("on CartPole-v1", async () => {
    const declared = { discreteActions: 2, targetEntropy: 0.5 * Math.log(2) };
    const temperature = { learningRate: LEARNING_RATE };
    expect(await toldOf(makeEnv("CartPole-v1"), 4000, { temperature }, declared)).toEqual([]);
  });
});
