// Normalized observations, worked out by hand, and that the statistics are the agent's own: gathered while it learns,
// left alone by evaluation, saved and loaded with it.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { batchesOf } from "../../test/agent/batches-of.ts";
import { CountingEnv } from "../../test/agent/counting-env.ts";
import { onnxruntimeEngine } from "../engines/onnxruntime/index.ts";
import { evaluate } from "./evaluate.ts";
import { ObservationNormalizer } from "./observation-normalizer.ts";
import { RunningStatistics } from "./running-statistics.ts";
import { SAC } from "./sac.ts";

const engine = await onnxruntimeEngine();
const directory = mkdtempSync(join(tmpdir(), "tempered-normalizer-"));
afterAll(() => rmSync(directory, { recursive: true }));
const small = { engine, hidden: [8, 8], batchSize: 8, learningStarts: 10, normalizeObservation: true };
const clipped = (x: number) => Math.min(Math.max(x, -10), 10);

it("gives (observation − mean) / √(variance + 1e-8), row by row, no further than 10", () => {
  const normalizer = new ObservationNormalizer(2);
  normalizer.statistics.restore({ count: 100, mean: [1, -2], variance: [4, 0] });
  const rows = Float32Array.of(2, -2, -3, -2, 1, -1, 1e6, -3);
  normalizer.normalize(rows, rows);
  const [a, b, c] = [0.5, -2, 0].map((x) => Math.fround(x / Math.sqrt(1 + 1e-8 / 4)));
  expect(Array.from(rows)).toEqual([a, 0, b, 0, c, 10, 10, -10]);
});

it("takes in every observation that the agent meets, and normalizes what it learns from as things stand then", async () => {
  const agent = await SAC.create(new CountingEnv(), { ...small, seed: 1, check: false });
  const batches = batchesOf(agent);
  for await (const _ of agent.learn({ totalTimesteps: 23 }));
  // Five steps an episode: observation [step, episode], the first of an episode included.
  const met = new RunningStatistics(2);
  const known: number[][] = [];
  for (let episode = 1; episode <= 5; episode++) {
    for (let step = 0; step <= (episode === 5 ? 3 : 5); step++) {
      known.push([step, episode]);
      met.add([step, episode]);
    }
  }
  expect(agent.normalizer!.statistics.state()).toEqual(met.state());

  const { observation, nextObservation } = batches.at(-1)!;
  const normalized = ([step, episode]: number[]) =>
    [step!, episode!].map((x, i) => clipped((x - met.mean[i]!) / Math.sqrt(met.variance[i]! + 1e-8)));
  for (const rows of [observation, nextObservation]) {
    for (let i = 0; i < 8; i++) {
      const row = Array.from(rows.subarray(2 * i, 2 * i + 2));
      const isKnown = (values: number[]) => normalized(values).every((x, j) => Math.abs(x - row[j]!) < 1e-6);
      expect(known.some(isKnown)).toBe(true);
    }
  }
  await agent.dispose();
});

it("is saved and loaded with the agent, which sees observations as they come, and evaluation leaves it alone", async () => {
  const agent = await SAC.create(new CountingEnv(), { ...small, seed: 1 });
  for await (const _ of agent.learn({ totalTimesteps: 40 }));
  const before = agent.normalizer!.statistics.state();
  const plain = await SAC.create(new CountingEnv(), { ...small, normalizeObservation: false, seed: 1 });
  expect(plain.normalizer).toBeUndefined();

  await evaluate(agent, new CountingEnv(), { episodes: 2 });
  expect(agent.normalizer!.statistics.state()).toEqual(before);
  await agent.save(directory);
  const loaded = await SAC.load(directory, { engine, env: new CountingEnv() });
  expect(loaded.normalizer!.statistics.state()).toEqual(before);
  for (const observation of [
    [3, 2],
    [1e5, 0],
  ]) {
    const how = { deterministic: true };
    expect(loaded.predict(observation, how)).toEqual(agent.predict(observation, how));
  }
  // Beyond the bound of 10 deviations all observations look alike.
  expect(loaded.predict([1e5, 1e5], { deterministic: true })).toEqual(
    loaded.predict([9e5, 9e5], { deterministic: true }),
  );
  await Promise.all([agent, plain, loaded].map((each) => each.dispose()));
});

it("is missed where an agent that had it was saved without", async () => {
  const path = join(directory, "agent.json");
  const { observationStatistics, ...rest } = JSON.parse(readFileSync(path, "utf8"));
  expect(observationStatistics.count).toBeGreaterThan(40);
  writeFileSync(path, JSON.stringify(rest));
  await expect(SAC.load(directory, { engine, env: new CountingEnv() })).rejects.toMatchObject({
    code: "SNAPSHOT",
    message: expect.stringContaining("observationStatistics"),
  });
});
