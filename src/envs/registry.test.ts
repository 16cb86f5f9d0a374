import { expect, it } from "vitest";
import { nearestName } from "../text/nearest-name.ts";
import { checkEnv } from "./check/check-env.ts";
import { listEnvs, makeEnv } from "./registry.ts";

/** Gymnasium charges for effort beyond the bounds of these envs' actions, and so must ours. */
const chargedBeyondBounds = [
  "MountainCarContinuous-v0",
  ...["Ant-v5", "HalfCheetah-v5", "Hopper-v5", "Humanoid-v5", "Walker2d-v5"],
];

it.each(listEnvs())("$id has no errors, and its own time limit", async (spec) => {
  const env = makeEnv(spec.id);
  expect(env.id).toBe(spec.id);
  expect(env.maxEpisodeSteps).toBe(spec.maxEpisodeSteps);
  const problems = await checkEnv(env);
  const expected = chargedBeyondBounds.includes(spec.id) ? ["ACTION"] : [];
  expect(problems.map(({ code }) => code)).toEqual(expected);
  await env.close();
});

it("passes options on", () => {
  expect(makeEnv("tempered/PointMass-v0", { dimensions: 2 }).actionSpace).toMatchObject({ shape: [2] });
});

it("names the nearest id", () => {
  expect(() => makeEnv("pendulum-v0")).toThrow('got "pendulum-v0"; did you mean "Pendulum-v1"?');
  expect(() => makeEnv("PointMass-v0")).toThrow('did you mean "tempered/PointMass-v0"?');
  expect(() => makeEnv("Frogger")).toThrow("choose one of these, or write your own env as a module");
});

it("refuses options that an env does not have", () => {
  expect(() => makeEnv("Pendulum-v1", { gravity: 9 })).toThrow(
    'Expected an option of Pendulum-v1 (it has none), got "gravity"',
  );
  expect(() => makeEnv("tempered/PointMass-v0", { dimension: 2 })).toThrow("(dimensions)");
});

it("nearestName takes the fewest edits", () => {
  expect(nearestName("kitten", ["sitting", "mitten", "written"])).toBe("mitten");
  expect(nearestName("zzz", ["sitting"])).toBeUndefined();
  expect(nearestName("x", [])).toBeUndefined();
});
