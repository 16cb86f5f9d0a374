// Agents of every variant: what is drawn for their updates, and that they go on from a saved state as if nothing had happened.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../engines/engine.ts";
import { onnxruntimeEngine } from "../engines/onnxruntime/index.ts";
import { wasmEngine } from "../engines/wasm/index.ts";
import { makeEnv } from "../envs/index.ts";
import { RandomStream } from "../random/index.ts";
import type { UpdateSpec } from "../sac/update.ts";
import { EXCLUDED } from "../sac/update-inputs.ts";
import { Agent } from "./agent.ts";
import type { LearnMetrics } from "./metrics-window.ts";
import { hyperparameters, type SacOptions } from "./options.ts";
import { presets } from "./presets.ts";
import { SAC } from "./sac.ts";
import { fillMask, UpdateDraws } from "./update-draws.ts";

const streams = (seed: number) => ({
  "update noise": new RandomStream(seed, "update noise"),
  "target critics": new RandomStream(seed, "target critics"),
  dropout: new RandomStream(seed, "dropout"),
});
const spec: UpdateSpec = { observationSize: 3, actionSize: 1, hidden: [8, 8], batchSize: 4, tau: 0.005 };

describe("what an update is given", () => {
  it("is a mask that leaves out its share, each unit for itself", () => {
    for (const rate of [0.01, 0.2, 0.9]) {
      const mask = new Float32Array(100_000);
      fillMask(mask, rate, new RandomStream(1, `mask ${rate}`));
      const out = mask.filter((value) => value === 0).length;
      // Five standard deviations.
      expect(Math.abs(out - 1e5 * rate)).toBeLessThan(5 * Math.sqrt(1e5 * rate * (1 - rate)));
      expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / (1 - rate))]));
      const together = mask.filter((value, i) => value === 0 && mask[i + 1] === 0).length;
      expect(Math.abs(together - 1e5 * rate ** 2)).toBeLessThan(6 * Math.sqrt(1e5 * rate ** 2) + 5);
    }
  });

  it("is another set of critics each time, every pair as often", () => {
    const draws = new UpdateDraws({ ...spec, critics: 4, targetCritics: 2 });
    const random = streams(3);
    const counts = new Map<string, number>();
    for (let i = 0; i < 3000; i++) {
      const { excluded } = draws.draw(random, true);
      const taken = [0, 1, 2, 3].filter((critic) => excluded![critic] === 0);
      expect(taken.length).toBe(2);
      expect(excluded!.filter((value) => value === Math.fround(EXCLUDED)).length).toBe(2);
      counts.set(`${taken}`, (counts.get(`${taken}`) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values())
      expect(Math.abs(count - 500)).toBeLessThan(5 * Math.sqrt(500 * (5 / 6)));
  });

  it("is nothing that the update does not take", () => {
    expect(Object.keys(new UpdateDraws(spec).arrays)).toEqual(["noise", "nextNoise"]);
    expect(Object.keys(new UpdateDraws({ ...spec, choices: [2] }).arrays)).toEqual([]);
    expect(Object.keys(new UpdateDraws({ ...spec, choices: [2], dropout: 0.1 }).arrays)).toEqual(
      ["next/target", "taken/critic", "policy/critic"].flatMap((use) =>
        [1, 2].flatMap((critic) => [0, 1].map((layer) => `dropout/${use}${critic}/${layer}`)),
      ),
    );
  });
});

const scratch = mkdtempSync(join(tmpdir(), "tempered-variants-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const small = { hidden: [16, 16], batchSize: 16, learningStarts: 20, seed: 5, bufferSize: 150 };
const variants: Readonly<Record<string, [env: string, SacOptions]>> = {
  "REDQ, three updates a step": [
    "Pendulum-v1",
    { ...presets.redq, critics: 5, gradientSteps: 3, policyDelay: 4 },
  ],
  "DroQ, three steps, normalized rewards": [
    "Pendulum-v1",
    { ...presets.droq, dropout: 0.2, gradientSteps: 2, policyDelay: 2, nStep: 3, normalizeReward: true },
  ],
  "TQC of three critics": [
    "Pendulum-v1",
    { ...presets.tqc, critics: 3, quantiles: 7, nStep: 2, normalizeObservation: true },
  ],
  "CrossQ past its warm-up": [
    "Pendulum-v1",
    { ...presets.crossq, criticHidden: [32, 16], renormWarmup: 20, gradientSteps: 2, dropout: 0.1 },
  ],
  "CrossQ of discrete actions": [
    "CartPole-v1",
    { ...presets.crossq, criticHidden: [], policyDelay: 1, renormWarmup: 50, normalizeObservation: true },
  ],
  "DroQ of discrete actions": [
    "CartPole-v1",
    { ...presets.droq, gradientSteps: 2, policyDelay: 3, nStep: 5 },
  ],
  "the preset for discrete actions": ["tempered/Snake-v0", { ...presets.discrete, hidden: [16, 16] }],
};

describe.each([
  ["wasm", wasmEngine],
  ["onnxruntime", onnxruntimeEngine],
])("on %s", (_, make) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await make();
  });

  it.each(Object.keys(variants))("%s goes on from a saved agent to the bit", async (name) => {
    const [env, settings] = variants[name]!;
    const all = { ...small, ...settings, engine };
    const reports = async (agent: Agent, totalTimesteps: number) => {
      const told: LearnMetrics[] = [];
      for await (const report of agent.learn({ totalTimesteps, logEvery: 7 })) told.push(report);
      return told;
    };
    await using whole = await SAC.create(makeEnv(env), all);
    const expected = await reports(whole, 203);
    await using first = await SAC.create(makeEnv(env), all);
    await reports(first, 101);
    const directory = join(scratch, `${engine.name} ${name}`);
    await first.save(directory, { replay: true });
    await using second = await SAC.load(directory, { engine });
    const rest = await reports(second, 102);
    expect(rest).toEqual(expected.slice(-rest.length));
    expect(await second.state()).toEqual(await whole.state());
    for (const { entropy, actorLoss } of expected.filter(({ updates }) => updates > 20)) {
      expect([entropy, actorLoss].every(Number.isFinite)).toBe(true);
    }
  });
});

it("an actor that rests leaves the actor and α as they are", async () => {
  await using agent = await Agent.create(makeEnv("Pendulum-v1"), {
    ...small,
    engine: await wasmEngine(),
    ownsEngine: true,
    policyDelay: 3,
  });
  const seen: string[] = [];
  const weights: number[] = [];
  for await (const { logAlpha, entropy } of agent.learn({ totalTimesteps: 29, logEvery: 1 })) {
    seen.push(`${logAlpha.toFixed(5)} ${Number.isNaN(entropy)}`);
    weights.push(agent.learner.actorBlocks()[0]![0]!);
  }
  // Nine updates, of which the first, fourth and seventh move them: log α by 3e-4 each.
  expect(seen.slice(20)).toEqual(
    [1, 1, 1, 2, 2, 2, 3, 3, 3].map((n, i) => `${(-3e-4 * n).toFixed(5)} ${i % 3 !== 0}`),
  );
  expect(new Set(weights).size).toBe(4);
});

it("quantiles that cannot be are refused", async () => {
  expect(() => hyperparameters({ quantiles: 5, droppedQuantiles: 5 })).toThrow(
    "Expected droppedQuantiles to be less than the 5 that each critic gives, got 5",
  );
  expect(() => hyperparameters({ quantiles: 5, critics: 3, targetCritics: 2 })).toThrow(
    "Expected all critics in the target where they give quantiles, got targetCritics 2 of 3",
  );
  const engine = await wasmEngine();
  await expect(SAC.create(makeEnv("CartPole-v1"), { ...presets.tqc, engine })).rejects.toThrow(
    "Expected continuous actions for critics that give quantiles (TQC), got 2 discrete ones",
  );
  await engine.dispose();
});

it("more critics for the target than there are is refused", () => {
  expect(() => hyperparameters({ critics: 2, targetCritics: 3 })).toThrow(
    "Expected targetCritics to be at most the 2 critics that there are, got 3",
  );
});
