// Evaluation: whole episodes, with the mean and spread worked out by hand.

import { expect, it } from "vitest";
import { CountingEnv } from "../../test/agent/counting-env.ts";
import { evaluate } from "./evaluate.ts";

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
