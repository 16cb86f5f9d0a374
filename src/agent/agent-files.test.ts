// Saving and loading: nothing is lost, nothing is mixed, and what cannot be loaded is said.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CountingEnv } from "../../test/agent/counting-env.ts";
import { defaultTask, stateNames } from "../../test/agent/learner.ts";
import { engineOn, onnxruntimeEngine } from "../engines/onnxruntime/index.ts";
import { byNodeApi } from "../engines/onnxruntime/installed.ts";
import { type Env, makeEnv, PointMass } from "../envs/index.ts";
import type { Agent } from "./agent.ts";
import { SAC } from "./sac.ts";

const engine = await onnxruntimeEngine();
const options = { engine, hidden: [8, 8], batchSize: 4, learningStarts: 5, seed: 3 };
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tempered-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

async function learned(steps: number, more: object = {}): Promise<Agent> {
  const agent = await SAC.create(makeEnv("Pendulum-v1"), { ...options, ...more });
  for await (const _ of agent.learn({ totalTimesteps: steps }));
  return agent;
}
const statesOf = ({ learner }: Agent) =>
  Promise.all(stateNames(learner).map((name) => learner.program.readState(name)));
const weightFiles = () => readdirSync(directory).filter((name) => name.endsWith(".safetensors"));
/** What `agent.json` says. */
const manifest = () => JSON.parse(readFileSync(join(directory, "agent.json"), "utf8"));
const rewrite = (change: object) =>
  writeFileSync(join(directory, "agent.json"), JSON.stringify({ ...manifest(), ...change }));

it("saved by something else of the process while it learns, an agent is whole", async () => {
  const more = {
    engine: engineOn(await byNodeApi(), 2),
    hidden: [32, 32],
    batchSize: 128,
    learningStarts: 130,
  };
  const agent = await SAC.create(makeEnv("Pendulum-v1"), { ...options, ...more });
  let saving: Promise<void> | undefined;
  setTimeout(() => {
    saving = agent.save(directory);
  }, 150);
  while (saving === undefined) for await (const _ of agent.learn({ totalTimesteps: 300 }));
  await saving;
  const loaded = await SAC.load(directory, { engine });
  // Steps, updates, the temperature and the weights are those of one moment: it comes again.
  const again = await SAC.create(makeEnv("Pendulum-v1"), { ...options, ...more });
  while (again.steps < loaded.steps) {
    for await (const _ of again.learn({ totalTimesteps: Math.min(300, loaded.steps - again.steps) }));
  }
  expect(loaded.learner.updates).toBe(again.learner.updates);
  expect(loaded.learner.temperature.state()).toEqual(again.learner.temperature.state());
  expect(await statesOf(loaded)).toEqual(await statesOf(again));
  await Promise.all([agent.dispose(), again.dispose(), loaded.dispose()]);
});

describe("a loaded agent", () => {
  it.each([
    ["automatic", {}],
    ["bounded, on α", { temperature: { loss: "alpha", min: 0.1, max: 3, targetEntropy: -0.7 } }],
    ["scheduled", { temperature: { targetEntropy: { shape: "cosine", start: 0, end: -2, steps: 50 } } }],
    ["fixed at 0.2", { temperature: { alpha: 0.2 } }],
    ["fixed at 0", { temperature: { alpha: 0 } }],
  ])("predicts and goes on learning bit for bit (temperature %s)", async (_, more) => {
    const agent = await learned(40, more);
    await agent.save(directory);
    const loaded = await SAC.load(directory, { engine });
    expect(loaded.hyperparameters).toEqual(agent.hyperparameters);
    expect(loaded.learner.temperature.state()).toEqual(agent.learner.temperature.state());
    expect([loaded.steps, loaded.learner.updates, loaded.seed]).toEqual([40, 35, 3]);
    expect(await statesOf(loaded)).toEqual(await statesOf(agent));
    const { batch, noise } = defaultTask;
    const one = { ...batch, action: batch.action.slice(0, 4) };
    const draws = { noise: noise.noise.slice(0, 4), nextNoise: noise.nextNoise.slice(0, 4) };
    for (let i = 0; i < 3; i++) {
      const [a, b] = [
        await agent.learner.update(one, draws, 41),
        await loaded.learner.update(one, draws, 41),
      ];
      expect(b).toEqual(a);
    }
    expect(await statesOf(loaded)).toEqual(await statesOf(agent));
    expect(loaded.learner.temperature.state()).toEqual(agent.learner.temperature.state());
    for (const deterministic of [true, false]) {
      expect(loaded.predict([0.5, -0.5, 1], { deterministic })).toEqual(
        agent.predict([0.5, -0.5, 1], { deterministic }),
      );
    }
    await Promise.all([agent.dispose(), loaded.dispose()]);
  });

  it("keeps a target that was a function at its latest value", async () => {
    const agent = await learned(10, { temperature: { targetEntropy: (step: number) => -step / 100 } });
    await agent.save(directory);
    const loaded = await SAC.load(directory, { engine });
    expect(loaded.temperature!.targetEntropy).toBe(-0.1);
    await Promise.all([agent.dispose(), loaded.dispose()]);
  });
});

describe("saving again", () => {
  it("replaces what was there and leaves no file behind", async () => {
    const [first, second] = [await learned(20), await learned(30)];
    await first.save(directory);
    const before = weightFiles();
    await second.save(directory);
    expect(weightFiles()).toHaveLength(1);
    expect(weightFiles()).not.toEqual(before);
    const loaded = await SAC.load(directory, { engine });
    expect(await statesOf(loaded)).toEqual(await statesOf(second));
    await Promise.all([first, second, loaded].map((agent) => agent.dispose()));
  });

  it("never touches the weights that the manifest names before the new manifest is there", async () => {
    const [first, second] = [await learned(20), await learned(20, { seed: 4 })];
    expect(first.learner.updates).toBe(second.learner.updates);
    await first.save(directory);
    const [name] = weightFiles() as [string];
    await second.save(directory);
    // Both made the same number of updates, yet the names differ: a crash in between leaves the first one whole.
    expect(weightFiles()).not.toContain(name);
    await Promise.all([first.dispose(), second.dispose()]);
  });

  it("passes over weights that a crash left behind", async () => {
    const agent = await learned(20);
    await agent.save(directory);
    writeFileSync(join(directory, "weights-0123456789abcdef.safetensors"), "half a file");
    const loaded = await SAC.load(directory, { engine });
    expect(await statesOf(loaded)).toEqual(await statesOf(agent));
    // Nobody knows whose it is: only what a manifest of ours named is ever removed.
    await agent.save(directory);
    expect(weightFiles()).toContain("weights-0123456789abcdef.safetensors");
    await Promise.all([agent.dispose(), loaded.dispose()]);
  });
});

describe("saving with the replay buffer", () => {
  it("keeps everything: what is loaded learns on to the bit", async () => {
    const agent = await learned(60);
    await agent.save(directory, { replay: true });
    const loaded = await SAC.load(directory, { engine });
    expect(await loaded.state()).toEqual(await agent.state());
    for (const one of [agent, loaded]) for await (const _ of one.learn({ totalTimesteps: 40 }));
    expect(await loaded.state()).toEqual(await agent.state());
    // Saved without it, the older buffer is not taken for its own.
    await agent.save(directory);
    const without = await SAC.load(directory, { engine });
    expect([without.steps, (await without.state()).replay!.size]).toEqual([100, 0]);
    await Promise.all([agent, loaded, without].map((one) => one.dispose()));
  });
});

describe("loading refuses", () => {
  beforeEach(async () => {
    const agent = await learned(12);
    await agent.save(directory);
    await agent.dispose();
  });
  const refusal = (given: { env?: Env } = {}) => SAC.load(directory, { engine, ...given });

  it("a directory without an agent", async () => {
    rmSync(join(directory, "agent.json"));
    await expect(refusal()).rejects.toMatchObject({
      code: "NO_AGENT",
      message: expect.stringContaining(`Expected a saved agent (agent.json) in ${directory}`),
    });
  });

  it.each([
    ["no JSON", "{"],
    ["null", "null"],
    ["another format", JSON.stringify({ format: "tempered-agent/9" })],
  ])("a manifest that is %s", async (_, text) => {
    writeFileSync(join(directory, "agent.json"), text);
    await expect(refusal()).rejects.toMatchObject({ code: "NO_AGENT" });
  });

  it("weights that are missing or damaged", async () => {
    const path = join(directory, weightFiles()[0]!);
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, bytes.length - 4));
    await expect(refusal()).rejects.toMatchObject({ code: "SNAPSHOT" });
    rmSync(path);
    await expect(refusal()).rejects.toMatchObject({
      code: "NO_AGENT",
      message: expect.stringContaining("Expected the weights that agent.json names"),
    });
  });

  it("weights of another architecture", async () => {
    rewrite({ hyperparameters: { ...manifest().hyperparameters, hidden: [8, 9] } });
    await expect(refusal()).rejects.toMatchObject({
      code: "SNAPSHOT",
      message: expect.stringMatching(
        /^Expected tensor "actor\.1\.weight" of shape \[9, 8\] in the saved agent, got \[8, 8\]/,
      ),
    });
  });

  it("an env that does not fit", async () => {
    for (const env of [new PointMass(), new CountingEnv()]) {
      await expect(refusal({ env })).rejects.toMatchObject({
        code: "SNAPSHOT",
        message: expect.stringContaining(
          "Expected an environment with 3 observations and 1 action dimensions, as Pendulum-v1",
        ),
      });
    }
  });
});
