// What an env answers with must be of the types that it is read as (JavaScript would make numbers of almost anything), inside
// its space and finite.

import { describe, expect, it } from "vitest";
import { CountingEnv } from "../../../test/agent/counting-env.ts";
import { type Env, noInfo, type StepResult } from "../env.ts";
import { box } from "../spaces.ts";
import { SyncVectorEnv } from "../vector/sync-vector-env.ts";
import { Echo } from "./echo.fixture.ts";
import { guard } from "./guard-vector.ts";

describe("guard of envs that step together", () => {
  const env = (autoreset: "next-step" | "same-step", spoiltStep: number) =>
    guard(
      new SyncVectorEnv(
        [1e9, spoiltStep].map(
          (at) => new CountingEnv({ length: 3, poison: (n) => (n === at ? { reward: Infinity } : {}) }),
        ),
        { autoreset },
      ),
    );

  it.each([
    // Episodes have three steps; with next-step autoreset every fourth call only begins one.
    ["next-step", 3, 3, "step 3 (step 3 of its episode)"],
    ["next-step", 5, 6, "step 5 (step 2 of its episode)"],
    ["same-step", 3, 3, "step 3 (step 3 of its episode)"],
    ["same-step", 5, 5, "step 5 (step 2 of its episode)"],
  ] as const)("%s: names env, step and value (step %i)", async (autoreset, spoiltStep, call, when) => {
    const guarded = env(autoreset, spoiltStep);
    await guarded.reset({ seed: 1 });
    for (let i = 1; i < call; i++) await guarded.step([0, 0, 0, 0]);
    await expect(guarded.step([0, 0, 0, 0])).rejects.toMatchObject({
      code: "ENV_VALUE",
      message: expect.stringContaining(
        `counting, env 1, ${when}: expected the reward to be a finite number in float32, got Infinity`,
      ),
    });
  });

  it("passes everything else through, and checks what was reset alone", async () => {
    const plain = new SyncVectorEnv([new CountingEnv(), new CountingEnv()], { autoreset: "disabled" });
    const guarded = guard(plain);
    expect(guarded).toMatchObject({ id: "counting", count: 2, autoreset: "disabled" });
    await guarded.reset();
    await guarded.step([0, 0, 0, 0]);
    const { observations } = await guarded.reset({ mask: [false, true] });
    expect(Array.from(observations)).toEqual([1, 1, 0, 2]);
    await guarded.close();
  });
});

describe("guard", () => {
  class Broken extends Echo {
    observation = Float32Array.of(0, 0);
    reward = 0;
    override step(): StepResult {
      return {
        observation: this.observation,
        reward: this.reward,
        terminated: false,
        truncated: false,
        info: noInfo,
      };
    }
    override reset() {
      return { observation: this.observation, info: noInfo };
    }
  }
  const message = (spoil: (env: Broken) => void, atReset = false) => {
    const env = new Broken();
    const guarded = guard(env);
    guarded.reset();
    guarded.step([0, 0]);
    guarded.reset();
    if (!atReset) guarded.step([0, 0]);
    spoil(env);
    try {
      atReset ? guarded.reset() : guarded.step([0, 0]);
    } catch (error) {
      expect(error).toMatchObject({ code: "ENV_VALUE" });
      return (error as Error).message;
    }
    return "";
  };

  it("names env, step and value", () => {
    expect(
      message((env) => {
        env.observation[1] = Number.NaN;
      }),
    ).toContain(
      "echo, step 3 (step 2 of its episode): expected observation[1] to be a number from -10 to 10, got NaN; look for",
    );
    expect(
      message((env) => {
        env.observation[0] = 11;
      }),
    ).toContain("observation[0] to be a number from -10 to 10, got 11");
    expect(
      message((env) => {
        env.reward = Number.NEGATIVE_INFINITY;
      }),
    ).toContain("the reward to be a finite number in float32, got -Infinity");
    expect(
      message((env) => {
        env.observation = new Float32Array(3);
      }),
    ).toContain("an observation of 2 numbers for shape [2], got 3");
    expect(
      message((env) => {
        env.observation[0] = Infinity;
      }, true),
    ).toContain("echo, reset after step 1: expected observation[0]");
  });
  it.each([
    [Infinity, 0, "observation[0] to be a finite number in float32, got Infinity"],
    [-1e39, 0, "observation[0] to be a finite number in float32, got -1e+39"],
    [0, 1e39, "the reward to be a finite number in float32, got 1e+39"],
  ])(
    "stops at what is infinite to a network, in a space without bounds too: %d, %d",
    (value, reward, words) => {
      class Unbounded extends Echo {
        override readonly observationSpace = box(-Infinity, Infinity, [2]);
        override step(): StepResult {
          const observation = Float64Array.of(value, 0);
          return { observation, reward, terminated: false, truncated: false, info: noInfo };
        }
      }
      const guarded = guard(new Unbounded());
      guarded.reset();
      expect(() => guarded.step([0, 0])).toThrow(words);
    },
  );
  it("gives advice on what was wrong, not on something else", () => {
    const advice = (spoil: (env: Broken) => void) => message(spoil).split("; ")[1];
    expect(
      advice((env) => {
        env.reward = Number.NaN;
      }),
    ).toBe("look for a division by zero or a missing value in what makes the reward");
    expect(
      advice((env) => {
        env.reward = -1e39;
      }),
    ).toMatch(/^scale rewards down/);
    expect(
      advice((env) => {
        env.observation[1] = Number.NaN;
      }),
    ).toBe("look for a division by zero or a missing value");
  });
  it("lets float32 rounding at a bound pass", () => {
    expect(
      message((env) => {
        env.observation[0] = 10.000001;
      }),
    ).toBe("");
  });
});

describe("answers of the wrong type", () => {
  const right = {
    observation: new Float32Array(2),
    reward: 0,
    terminated: false,
    truncated: false,
    info: {},
  };
  const answers: [string, unknown, string][] = [
    ["an array as reward", { ...right, reward: [1] }, "the reward to be a number, got an Array [1]"],
    ["null as reward", { ...right, reward: null }, "the reward to be a number, got null"],
    ["a string as reward", { ...right, reward: "5" }, 'the reward to be a number, got the string "5"'],
    ["true as reward", { ...right, reward: true }, "the reward to be a number, got true"],
    ["no reward", { ...right, reward: undefined }, "the reward to be a number, got undefined"],
    ["a bigint as reward", { ...right, reward: 5n }, "the reward to be a number, got 5"],
    [
      "a string as flag",
      { ...right, terminated: "false" },
      'terminated to be true or false, got the string "false"',
    ],
    ["a number as flag", { ...right, truncated: 1 }, "truncated to be true or false, got 1"],
    ["strings", { ...right, observation: ["1", "2"] }, 'an array of numbers, got an Array ["1","2"]'],
    ["one string", { ...right, observation: "12" }, 'an array of numbers, got the string "12"'],
    ["nested arrays", { ...right, observation: [[1], [2]] }, "got an Array [[…],[…]]"],
    ["symbols", { ...right, observation: [Symbol("a"), 1] }, "got an Array [Symbol(a),1]"],
    ["integers", { ...right, observation: new Int32Array(2) }, "got an object of type Int32Array"],
    ["no observation", { ...right, observation: null }, "got null"],
    [
      "too many numbers",
      { ...right, observation: new Float32Array(3) },
      "an observation of 2 numbers for shape [2], got 3",
    ],
    [
      "nothing",
      undefined,
      "step() to return { observation, reward, terminated, truncated, info }, got undefined",
    ],
    ["a string", "done", 'got the string "done"'],
    [
      "a hostile object",
      {
        ...right,
        observation: new Proxy(
          {},
          {
            getPrototypeOf() {
              throw null;
            },
          },
        ),
      },
      "where the env throws, got null",
    ],
  ];
  const answering = (answer: unknown, first: unknown = right): Env =>
    Object.assign(new Echo(), { reset: () => first, step: () => answer });
  const later = (env: Env): Env => ({
    ...env,
    reset: async () => env.reset(),
    step: async (action) => env.step(action),
  });

  const saying = (words: string) => ({ message: expect.stringContaining(words) });

  it.each(answers)("%s from step", async (_, answer, words) => {
    for (const make of [(env: Env) => env, later]) {
      const guarded = guard(make(answering(answer)));
      await guarded.reset();
      await expect((async () => guarded.step([0, 0]))()).rejects.toMatchObject(saying(words));
      await expect((async () => guarded.step([0, 0]))()).rejects.toMatchObject(
        saying("echo, step 2 (step 2 of its episode)"),
      );
      const together = guard(new SyncVectorEnv([make(answering(right)), make(answering(answer))]));
      await together.reset();
      await expect(together.step([0, 0, 0, 0])).rejects.toMatchObject(saying(words));
      await expect(together.step([0, 0, 0, 0])).rejects.toMatchObject(
        saying("echo, env 1, step 2 (step 2 of its episode)"),
      );
    }
  });

  it.each([
    ["nothing", null, "reset() to return { observation, info }, got null"],
    ["a string", { observation: "00", info: {} }, 'an array of numbers, got the string "00"'],
    ["too little", { observation: new Float32Array(1) }, "an observation of 2 numbers for shape [2], got 1"],
  ])("%s from reset", async (_, first, words) => {
    const env = answering(right, first);
    expect(() => guard(env).reset()).toThrow(`echo, reset after step 0: expected`);
    expect(() => guard(env).reset()).toThrow(words);
    const together = guard(new SyncVectorEnv([answering(right), env]));
    await expect(together.reset()).rejects.toMatchObject(saying(`echo, env 1, reset after step 0: expected`));
    await expect(together.reset()).rejects.toMatchObject(saying(words));
  });

  it.each([
    ["null", null, "null"],
    ["undefined", undefined, "undefined"],
    ["a string", "out of memory", 'the string "out of memory"'],
    ["a hostile object", Object.create(null), "an object of type null"],
  ])("%s thrown becomes an error that says where", async (_, thrown, words) => {
    const throwing: Env = Object.assign(new Echo(), {
      step() {
        throw thrown;
      },
    });
    for (const env of [throwing, later(throwing)]) {
      const guarded = guard(env);
      await guarded.reset();
      const expected = {
        code: "ENV_THROWN",
        message: expect.stringContaining(
          `step 1 (step 1 of its episode): expected an Error where the env throws, got ${words}`,
        ),
        cause: thrown,
      };
      await expect((async () => guarded.step([0, 0]))()).rejects.toMatchObject(expected);
      const together = guard(new SyncVectorEnv([env]));
      await together.reset();
      await expect(together.step([0, 0])).rejects.toMatchObject(expected);
    }
  });

  it("leaves plain arrays of numbers alone", async () => {
    const env = answering({ ...right, observation: [1, 2] }, { observation: [3, 4], info: {} });
    expect(guard(env).reset()).toMatchObject({ observation: [3, 4] });
    expect(guard(env).step([0, 0])).toMatchObject({ observation: [1, 2] });
    const together = guard(new SyncVectorEnv([env, env]));
    expect(Array.from((await together.reset()).observations)).toEqual([3, 4, 3, 4]);
    expect(Array.from((await together.step([0, 0, 0, 0])).observations)).toEqual([1, 2, 1, 2]);
  });

  it("leaves errors as they were thrown", () => {
    const error = new RangeError("too far");
    const env = Object.assign(new Echo(), {
      reset() {
        throw error;
      },
    });
    expect(() => guard(env).reset()).toThrow(error);
  });
});
