// Evaluation: whole episodes, with the mean and spread worked out by hand.

import { expect, it } from "vitest";
import { CountingEnv } from "../../test/agent/counting-env.ts";
import { cutNote, evaluate } from "./evaluate.ts";

const still = { predict: () => [0, 0] };

it("sums rewards over whole episodes, however they end", async () => {
  for (const ending of ["terminated", "truncated"] as const) {
    const env = new CountingEnv({ ending, length: 4 });
    const result = await evaluate(still, env, { episodes: 3, seed: 5 });
    expect(result).toEqual({ episodes: 3, meanReturn: 10, stdReturn: 0, returns: [10, 10, 10] });
    expect(env.seeds).toEqual([5, undefined, undefined]);
    expect(env.actions).toHaveLength(12);
  }
});

it("ends with an episode that has no end, counts it as far as it came, and says so", async () => {
  const env = new CountingEnv({ length: 1e9 });
  const result = await evaluate(still, env, { episodes: 3, maxSteps: 4 });
  expect(result).toEqual({ episodes: 1, meanReturn: 10, stdReturn: 0, returns: [10], cutAt: 4 });
  expect(cutNote(result)).toContain("episode 1, which was not over after 4 steps");
  const short = await evaluate(still, new CountingEnv({ length: 4 }), { episodes: 3, maxSteps: 4 });
  expect([short.episodes, short.cutAt, cutNote(short)]).toEqual([3, undefined, undefined]);
});

it("gives the population's standard deviation", async () => {
  // Returns 1 + 2 = 3 and 100 + 2 = 102: mean 52.5, deviation 49.5.
  const env = new CountingEnv({ length: 2, poison: (step) => (step === 3 ? { reward: 100 } : {}) });
  expect(await evaluate(still, env, { episodes: 2 })).toEqual({
    episodes: 2,
    meanReturn: 52.5,
    stdReturn: 49.5,
    returns: [3, 102],
  });
});

it("asks for deterministic actions unless told otherwise", async () => {
  const asked: unknown[] = [];
  const agent = {
    predict(_: unknown, how: unknown) {
      asked.push(how);
      return [0, 0];
    },
  };
  await evaluate(agent, new CountingEnv({ length: 1 }), { episodes: 1 });
  await evaluate(agent, new CountingEnv({ length: 1 }), { episodes: 1, deterministic: false });
  expect(asked).toEqual([{ deterministic: true }, { deterministic: false }]);
});
