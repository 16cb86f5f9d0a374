// The trainer behind the suite's logs still trains, whole and with each replaceable part broken.

import { describe, expect, it } from "vitest";
import { FINDING_IDS } from "../../src/doctor/index.ts";
import { faults } from "../../src/faults/index.ts";
import { hover } from "./tasks.ts";
import { type Training, train } from "./train.ts";

const setting: Training = {
  task: hover,
  updates: 40,
  hidden: 16,
  batchSize: 32,
  learningRate: 1e-3,
  alphaLearningRate: 1e-3,
  lossForm: "log-alpha",
  seed: 1,
  logEvery: 20,
};

describe.each(faults.filter(({ name, parts }) => name === "healthy" || parts))(
  "training with $name",
  (fault) => {
    it("logs finite rows in which an untrained policy's entropy is what the part makes of it", async () => {
      const { names, rows } = await train(setting, fault);
      expect(rows).toHaveLength(3);
      expect(rows.flat().filter((value, i) => i % names.length !== 9 && !Number.isFinite(value))).toEqual([]);
      const entropy = rows[0]![names.indexOf("entropy")]! / hover.actionSize;
      const expected =
        { "no-tanh-correction": 1.42, "mean-over-dimensions": 0.65 / hover.actionSize }[fault.name] ?? 0.65;
      expect(Math.abs(entropy - expected)).toBeLessThan(0.15);
    });
  },
);

it("lets the actor and α rest every other update", async () => {
  const { names, rows } = await train({ ...setting, actorEvery: 2 });
  const fallen = -Math.log(rows.at(-1)![names.indexOf("alphaAfter")]!);
  // 20 steps of α in 40 updates, each about 1e-3.
  expect(fallen).toBeGreaterThan(0.01);
  expect(fallen).toBeLessThan(0.021);
});

it("updates several times a step, and starts late", async () => {
  const { names, rows } = await train({ ...setting, updatesPerStep: 4, learningStarts: 60 });
  expect(rows.map((row) => row[names.indexOf("updates")])).toEqual([20, 40]);
});

it("expects of the doctor only what it can say", () => {
  for (const { expected } of faults) {
    for (const id of expected) expect(FINDING_IDS).toContain(id);
  }
});
