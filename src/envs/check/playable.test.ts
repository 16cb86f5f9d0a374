import fc from "fast-check";
import { expect, it } from "vitest";
import { makeEnv } from "../registry.ts";
import { box, discrete, multiBinary } from "../spaces.ts";
import { checkShape } from "./check-shape.ts";
import { assertPlayable, assertShape, isPlainEnv } from "./playable.ts";
import { Problems } from "./problems.ts";

const env = {
  id: "walk",
  observationSpace: box([-5], [5]),
  actionSpace: box([-1], [1]),
  reset() {},
  step() {},
};

it("takes what most envs are for fine at a glance", () => {
  for (const id of ["Pendulum-v1", "CartPole-v1", "Acrobot-v1"])
    expect(isPlainEnv(makeEnv(id)), id).toBe(true);
  expect(isPlainEnv({ ...env, observationSpace: box(-Infinity, Infinity, [3]) })).toBe(true);
});

const odd = fc.constantFrom<unknown>(
  undefined,
  null,
  0,
  1,
  -1,
  1.5,
  Number.NaN,
  Infinity,
  "box",
  [],
  [1],
  [2],
  [0],
  [1, 2],
  {},
);
const space = fc.oneof(
  fc.record(
    {
      kind: fc.constantFrom<unknown>("box", "discrete", "dict", undefined),
      shape: odd,
      low: fc.oneof(odd, fc.array(fc.double(), { maxLength: 3 })),
      high: fc.oneof(odd, fc.array(fc.double(), { maxLength: 3 })),
      n: odd,
      start: odd,
    },
    { requiredKeys: ["kind"] },
  ),
  fc
    .tuple(fc.double(), fc.double())
    .map(([low, high]) => ({ kind: "box", shape: [1], low: [low], high: [high] })),
  fc.constantFrom<unknown>(box([-1], [1]), discrete(3), multiBinary(2)),
  odd,
);

it("never takes for fine what the checker refuses", () => {
  let fine = 0;
  fc.assert(
    fc.property(
      space,
      space,
      fc.constantFrom<unknown>("walk", "", 7),
      (observationSpace, actionSpace, id) => {
        const given = { ...env, id, observationSpace, actionSpace };
        if (!isPlainEnv(given)) return;
        fine++;
        const problems = new Problems();
        checkShape(given as never, problems);
        expect(problems.list()).toEqual([]);
      },
    ),
    { numRuns: 3000 },
  );
  expect(fine).toBeGreaterThan(20);
});

it("lets the checker say what is wrong, in one play", async () => {
  await expect(assertShape({ ...env, id: "" })).rejects.toMatchObject({
    code: "ENV_CHECK",
    message: expect.stringContaining("Expected id to be a name"),
  });
  let resets = 0;
  const gym = { ...env, reset: () => [Float32Array.of(0), resets++] };
  await expect(assertPlayable(gym as never)).rejects.toMatchObject({
    code: "ENV_CHECK",
    message: expect.stringContaining("a tuple of 2, as Gym has them from reset()"),
  });
  expect(resets).toBe(1);
});
