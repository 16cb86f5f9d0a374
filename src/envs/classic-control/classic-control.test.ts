// Expected trajectories: real Gymnasium 1.3 (test/fixtures/envs/make.py).

import { describe, expect, it } from "vitest";
import fixture from "../../../test/fixtures/envs/classic-control.json" with { type: "json" };
import type { PhysicalEnv } from "../env.ts";
import { listEnvs } from "../registry.ts";
import { box, contains, discrete } from "../spaces.ts";
import { TimeLimit } from "../wrappers/time-limit.ts";
import { Acrobot } from "./acrobot.ts";
import { CartPole } from "./cart-pole.ts";
import { MountainCar } from "./mountain-car.ts";
import { MountainCarContinuous } from "./mountain-car-continuous.ts";
import { Pendulum } from "./pendulum.ts";

const cases: [keyof typeof fixture & `${string}-v${string}`, () => PhysicalEnv][] = [
  ["Pendulum-v1", () => new Pendulum()],
  ["MountainCarContinuous-v0", () => new MountainCarContinuous()],
  ["CartPole-v1", () => new CartPole()],
  ["Acrobot-v1", () => new Acrobot()],
  ["MountainCar-v0", () => new MountainCar()],
];

/** A space of the fixture: JSON has no word for infinity. */
const spaceOf = (space: object) => {
  if (!("low" in space)) {
    const { n, start } = space as { n: number; start: number };
    return discrete(n, start);
  }
  const { low, high, shape } = space as { low: (number | null)[]; high: (number | null)[]; shape: number[] };
  return box(
    low.map((bound) => bound ?? -Infinity),
    high.map((bound) => bound ?? Infinity),
    shape,
  );
};

describe.each(cases)("%s", (id, make) => {
  const expected = fixture[id];

  it("has Gymnasium's spaces", () => {
    const env = make();
    expect(env.observationSpace).toEqual(spaceOf(expected.observationSpace));
    expect(env.actionSpace).toEqual(spaceOf(expected.actionSpace));
    const { maxEpisodeSteps, rewardThreshold } = listEnvs().find((each) => each.id === id)!;
    expect([maxEpisodeSteps, rewardThreshold ?? null]).toEqual([
      expected.maxEpisodeSteps,
      expected.rewardThreshold,
    ]);
  });

  it("goes where Gymnasium goes", async () => {
    for (const t of expected.trajectories) {
      const env = make();
      const limited = new TimeLimit(env, expected.maxEpisodeSteps);
      await limited.reset();
      env.setPhysics(t.state);
      let worst = 0;
      for (const [i, action] of t.actions.entries()) {
        const result = await limited.step([action]);
        for (const [j, x] of t.observations[i]!.entries())
          worst = Math.max(worst, Math.abs(result.observation[j]! - x));
        worst = Math.max(worst, Math.abs(result.reward - t.rewards[i]!));
        expect([i, result.terminated, result.truncated]).toEqual([i, t.terminated[i], t.truncated[i]]);
      }
      expect(worst).toBeLessThan(1e-6);
    }
  });

  it("starts inside its space, differently each time, alike for a seed", () => {
    const env = make();
    const start = (seed?: number) => [...env.reset(seed === undefined ? {} : { seed }).observation];
    const [first, second, again] = [start(5), start(), start(5)];
    expect(first).toEqual(again);
    expect(first).not.toEqual(second);
    expect(start(6)).not.toEqual(first);
    expect(contains(env.observationSpace, first)).toBe(true);
  });

  it("begins again from its own state", () => {
    const env = make();
    env.reset({ seed: 1 });
    const state = env.physics();
    const next = [...env.step([1]).observation];
    env.setPhysics(state);
    expect([...env.step([1]).observation]).toEqual(next);
  });

  it("refuses actions and states of another size", () => {
    const env = make();
    const { actionSpace } = env;
    if (actionSpace.kind === "discrete") {
      const words = `Expected an action of one integer from 0 to ${actionSpace.n - 1} for ${id}, got`;
      expect(() => env.step([actionSpace.n])).toThrow(
        `${words} ${actionSpace.n}; pass it as an array: step([1])`,
      );
      for (const action of [[-1], [0.5], [Number.NaN]])
        expect(() => env.step(action)).toThrow(`${words} ${action}`);
      expect(() => env.step([1, 0])).toThrow(`${words} 2 numbers`);
      expect(() => env.step(1 as never)).toThrow(`${words} undefined numbers`);
    } else {
      expect(() => env.step([1, 2])).toThrow(`Expected an action of 1 numbers for ${id}, got 2`);
    }
    const size = env.physics().length;
    expect(() => env.setPhysics([1])).toThrow(`Expected a state of ${size} numbers for ${id}, got 1`);
  });
});

it("CartPole: a step beyond the end is worth nothing", () => {
  const env = new CartPole();
  env.setPhysics([2.39, 5, 0, 0]);
  expect(env.step([1])).toMatchObject({ reward: 1, terminated: true });
  expect(env.step([1])).toMatchObject({ reward: 0, terminated: true });
});

it("Pendulum starts uniformly over the circle and ±1 rad/s", () => {
  const env = new Pendulum();
  const states = Array.from({ length: 4000 }, () => {
    env.reset();
    return env.physics();
  });
  for (const [i, bound] of [Math.PI, 1].entries()) {
    const values = states.map((state) => state[i]!);
    const variance = values.reduce((sum, x) => sum + x * x, 0) / values.length;
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(bound);
    // A uniform variable on ±b has variance b²/3; five standard errors of it are 7%.
    expect(Math.abs(variance / (bound ** 2 / 3) - 1)).toBeLessThan(0.07);
  }
});
