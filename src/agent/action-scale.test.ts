// Unit actions and the environment's, and spaces that cannot be acted in.

import fc from "fast-check";
import { expect, it } from "vitest";
import { box } from "../envs/index.ts";
import { actionScale, toEnvironment } from "./action-scale.ts";

it("maps −1 to the lower bound, 1 to the upper one and 0 to the middle", () => {
  const scale = actionScale(box([-2, 0], [2, 10]));
  const action = new Float64Array(2);
  toEnvironment(scale, [-1, 1], action);
  expect([...action]).toEqual([-2, 10]);
  toEnvironment(scale, [0, 0], action);
  expect([...action]).toEqual([0, 5]);
});

it("never leaves the bounds, and comes back", () => {
  const bound = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(bound, bound, fc.float({ min: -1, max: 1, noNaN: true }), (a, b, unit) => {
      fc.pre(Math.abs(a - b) > 1e-3);
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const scale = actionScale(box([low], [high]));
      const action = new Float64Array(1);
      for (const u of [unit, -1, 1]) {
        toEnvironment(scale, [u], action);
        expect(action[0]).toBeGreaterThanOrEqual(low);
        expect(action[0]).toBeLessThanOrEqual(high);
        expect((2 * (action[0]! - low)) / (high - low) - 1).toBeCloseTo(u, 4);
      }
    }),
  );
  const action = new Float64Array(1);
  toEnvironment(actionScale(box([-0.1], [0.3])), [1], action);
  expect(action[0]).toBe(0.3);
});

it.each([
  [
    box([-1, -Infinity], [1, 1]),
    "Expected finite action bounds with low < high, got [-Infinity, 1] in dimension 1",
  ],
  [box([-1], [Infinity]), "got [-1, Infinity] in dimension 0"],
  [box([2], [2]), "got [2, 2] in dimension 0"],
])("refuses what a Gaussian cannot act in", (space, message) => {
  expect(() => actionScale(space)).toThrow(message);
  expect(() => actionScale(space)).toThrow(expect.objectContaining({ code: "ACTION_SPACE" }));
});
