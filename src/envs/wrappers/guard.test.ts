// What a step answers with must be of the types that it is read as: JavaScript would make numbers of almost anything.

import { expect, it } from "vitest";
import type { Env } from "../env.ts";
import { makeEnv } from "../registry.ts";
import { guard } from "./guard.ts";

/** Pendulum, of whose third step `change` replaces something. */
function broken(change: Record<string, unknown>): Env {
  const env = makeEnv("Pendulum-v1");
  let steps = 0;
  return {
    id: "broken",
    observationSpace: env.observationSpace,
    actionSpace: env.actionSpace,
    reset: (options) => env.reset(options),
    step: (action) => ({ ...(env.step(action) as object), ...(++steps === 3 ? change : {}) }) as never,
  };
}

it.each([
  [{ reward: [1] }, "the reward to be a finite number in float32, got [1] (array)"],
  [{ reward: null }, "the reward to be a finite number in float32, got null"],
  [{ reward: "5" }, 'the reward to be a finite number in float32, got "5" (string)'],
  [{ reward: true }, "the reward to be a finite number in float32, got true (boolean)"],
  [{ reward: undefined }, "the reward to be a finite number in float32, got undefined"],
  [{ reward: Number.NaN }, "the reward to be a finite number in float32, got NaN"],
  [{ terminated: "false" }, 'terminated to be true or false, got "false" (string)'],
  [{ truncated: 0 }, "truncated to be true or false, got 0"],
  [{ terminated: undefined }, "terminated to be true or false, got undefined"],
  [{ observation: "123" }, 'an observation that is an array of numbers, got "123" (string)'],
  [{ observation: ["1", "0", "0"] }, "an observation that is an array of numbers"],
  [{ observation: [[1], [0], [0]] }, "an observation that is an array of numbers, got [[1],[0],[0]] (array)"],
  [{ observation: undefined }, "an observation that is an array of numbers, got undefined"],
])("a step with %j stops, with env, step and type", async (change, expected) => {
  const env = guard(broken(change));
  await env.reset({ seed: 1 });
  for (let i = 0; i < 2; i++) await env.step([0]);
  const step = async () => env.step([0]);
  await expect(step()).rejects.toMatchObject({
    code: "ENV_VALUE",
    message: expect.stringContaining(`broken, step 3 (step 3 of its episode): expected ${expected}`),
  });
});

it("plain arrays of numbers pass", async () => {
  const env = guard(broken({ observation: [1, 0, 0.5] }));
  await env.reset({ seed: 1 });
  for (let i = 0; i < 4; i++) expect((await env.step([0])).observation).toHaveLength(3);
});
