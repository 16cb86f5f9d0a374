// Expected numbers: the equations at the top of point-mass.ts by hand.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PointMass } from "./point-mass.ts";
import { contains } from "./spaces.ts";

it("moves as its equations say", () => {
  const env = new PointMass({ dimensions: 2 });
  env.setPhysics([0.5, -0.2, 0, 1]);
  const { observation, reward } = env.step([-1, 0.5]);
  // v = [0 + 0.1(−2 − 0), 1 + 0.1(1 − 1)] = [−0.2, 1]; x = [0.48, −0.1]
  for (const [i, x] of [0.48, -0.1, -0.2, 1].entries()) expect(observation[i]).toBeCloseTo(x, 6);
  // −(0.48 + 0.1) − 0.01 (1 + 0.25)
  expect(reward).toBeCloseTo(-0.5925, 12);
});

it("stops at walls, and clips actions", () => {
  const env = new PointMass({ dimensions: 1 });
  env.setPhysics([0.95, 1]);
  expect([...env.step([5]).observation]).toEqual([1, 0]);
});

it("stays in its space and its reward between −1.01 d and 0, for any d", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.nat(),
      fc.constantFrom(-1, 1),
      (dimensions, seed, action) => {
        const env = new PointMass({ dimensions });
        expect(contains(env.observationSpace, env.reset({ seed }).observation)).toBe(true);
        for (let i = 0; i < 30; i++) {
          const { observation, reward } = env.step(
            new Float32Array(dimensions).fill(i < 15 ? action : -action),
          );
          expect(contains(env.observationSpace, observation)).toBe(true);
          expect(reward).toBeGreaterThanOrEqual(-1.01 * dimensions - 1e-9);
          expect(reward).toBeLessThanOrEqual(0);
        }
      },
    ),
  );
});

it("goes on from its own state", () => {
  const env = new PointMass({ dimensions: 3 });
  env.reset({ seed: 2 });
  const state = env.physics();
  const next = [...env.step([1, 0, -1]).observation];
  env.setPhysics(state);
  expect([...env.step([1, 0, -1]).observation]).toEqual(next);
});

describe("what solved means", () => {
  const meanReturn = (dimensions: number, force: (x: number, v: number) => number) => {
    const env = new PointMass({ dimensions });
    let total = 0;
    for (let episode = 0; episode < 50; episode++) {
      let { observation } = env.reset({ seed: episode });
      for (let step = 0; step < 50; step++) {
        const action = Array.from({ length: dimensions }, (_, i) =>
          force(observation[i]!, observation[dimensions + i]!),
        );
        const result = env.step(action);
        total += result.reward;
        observation = result.observation;
      }
    }
    return total / 50;
  };
  it.each([1, 4, 8])(
    "a good controller of %d dimensions is above −5 d, doing nothing far below",
    (dimensions) => {
      expect(meanReturn(dimensions, (x, v) => -8 * x - 2 * v)).toBeGreaterThan(-5 * dimensions);
      expect(meanReturn(dimensions, () => 0)).toBeLessThan(-20 * dimensions);
    },
  );
});

it.each([0, 9, 1.5])("refuses %d dimensions", (dimensions) => {
  expect(() => new PointMass({ dimensions })).toThrow(`to be an integer from 1 to 8, got ${dimensions}`);
});
