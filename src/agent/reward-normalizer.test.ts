// Rewards in units of the discounted return's deviation, against numbers worked out by hand.

import { expect, it } from "vitest";
import { RewardNormalizer } from "./reward-normalizer.ts";

it("scales by the deviation of the discounted returns of all environments, which an episode's end begins anew", () => {
  const normalizer = new RewardNormalizer(2, 0.5);
  const paid: [env: number, reward: number, isOver: boolean][] = [
    [0, 1, false],
    [1, 4, true],
    [0, 2, false],
    [1, 8, false],
    [0, 3, true],
    [0, 1, false],
  ];
  for (const step of paid) normalizer.add(...step);
  // 1; 4; 2 + 0.5 · 1; 8 after an end; 3 + 0.5 · 2.5; 1 after an end
  const returns = [1, 4, 2.5, 8, 4.25, 1];
  const mean = returns.reduce((sum, x) => sum + x) / 6;
  const variance = returns.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 6;
  const rewards = Float32Array.of(10, -5);
  normalizer.normalize(rewards);
  // The statistics begin as if 1e-4 of a return of mean 0 had been seen.
  expect(rewards[0]).toBeCloseTo(10 / Math.sqrt(variance), 3);
  expect(rewards[1]).toBeCloseTo(-5 / Math.sqrt(variance), 3);
});

it("goes on from its state as JSON, to the bit", () => {
  const [one, other] = [new RewardNormalizer(1, 0.9), new RewardNormalizer(1, 0.9)];
  one.add(0, 0.1, false);
  other.restore(JSON.parse(JSON.stringify(one.state())));
  for (const each of [one, other]) each.add(0, 0.3, false);
  expect(other.state()).toEqual(one.state());
  one.begin();
  expect(one.state().returns).toEqual([0]);
});
