import { describe, expect, it } from "vitest";
import { CountingEnv } from "../../../test/agent/counting-env.ts";
import { Pendulum } from "../classic-control/pendulum.ts";
import { type Env, noInfo, type StepResult } from "../env.ts";
import { box, discrete } from "../spaces.ts";
import { SyncVectorEnv } from "../vector/sync-vector-env.ts";
import { ClipAction } from "./clip-action.ts";
import { guard } from "./guard.ts";
import { RecordEpisodeStatistics } from "./record-episode-statistics.ts";
import { RescaleAction } from "./rescale-action.ts";
import { TimeLimit } from "./time-limit.ts";
import { Timeout } from "./timeout.ts";
import { unwrapped } from "./wrapper.ts";

/** Shows the action it was given as observation; gives reward 2; ends where the action is beyond its bounds. */
class Echo implements Env {
  id = "echo";
  observationSpace = box(-10, 10, [2]);
  actionSpace: Env["actionSpace"] = box([-2, 0], [4, 0.3]);
  reset() {
    return { observation: new Float32Array(2), info: noInfo };
  }
  step(action: ArrayLike<number>): StepResult {
    const observation = Float64Array.from(action);
    return {
      observation,
      reward: 2,
      terminated: observation[0]! > 4,
      truncated: false,
      info: { seen: true },
    };
  }
}

/** The same, answering later. */
class LateEcho implements Env {
  id = "late echo";
  private readonly echo = new Echo();
  observationSpace = this.echo.observationSpace;
  actionSpace = this.echo.actionSpace;
  isClosed = false;
  async reset() {
    return this.echo.reset();
  }
  async step(action: ArrayLike<number>) {
    return this.echo.step(action);
  }
  async close() {
    this.isClosed = true;
  }
}

const step = (env: Env, action: number[]) => env.step(action) as StepResult;

describe("TimeLimit", () => {
  it("truncates at the limit, starts over at reset, and keeps order", () => {
    const env = new TimeLimit(new Echo(), 2);
    expect(() => env.step([0, 0])).toThrow(
      "Expected a running episode of echo, got a step before the first reset; call reset() first",
    );
    for (let episode = 0; episode < 2; episode++) {
      env.reset();
      expect(step(env, [0, 0]).truncated).toBe(false);
      expect(step(env, [0, 0])).toMatchObject({ truncated: true, terminated: false });
      expect(() => env.step([0, 0])).toThrow("after the episode's end at step 2");
    }
  });
  it("reports both ends where they coincide, as Gymnasium, and passes an early one on", () => {
    const env = new TimeLimit(new Echo(), 1);
    env.reset();
    expect(step(env, [5, 0])).toMatchObject({ truncated: true, terminated: true });
    const longer = new TimeLimit(new Echo(), 9);
    longer.reset();
    expect(step(longer, [5, 0])).toMatchObject({ truncated: false, terminated: true });
    expect(() => longer.step([0, 0])).toThrow("after the episode's end at step 1");
  });
  it("refuses limits below 1", () => {
    expect(() => new TimeLimit(new Echo(), 0)).toThrow(
      "Expected maxEpisodeSteps to be an integer from 1 up, got 0",
    );
  });
});

describe("RescaleAction", () => {
  it("maps unit actions to the bounds exactly and to the middle", () => {
    const env = new RescaleAction(new Echo());
    expect(env.actionSpace).toEqual(box(-1, 1, [2]));
    expect([...step(env, [-1, -1]).observation]).toEqual([-2, 0]);
    expect([...step(env, [1, 1]).observation]).toEqual([4, 0.3]);
    expect([...step(env, [0, 0]).observation]).toEqual([1, 0.15]);
  });
  it("refuses spaces without finite bounds", () => {
    const env = new Echo();
    env.actionSpace = box(-Infinity, 1);
    expect(() => new RescaleAction(env)).toThrow("finite bounds, got an infinite bound");
    env.actionSpace = discrete(2);
    expect(() => new RescaleAction(env)).toThrow("got a discrete space");
    expect(() => new ClipAction(env)).toThrow("got a discrete space; leave ClipAction out");
  });
});

it("ClipAction puts actions on the nearest bound", () => {
  expect([...step(new ClipAction(new Echo()), [-7, 0.2]).observation]).toEqual([-2, 0.2]);
});

it("actions of a wrong length reach the env, which knows how to say so", () => {
  const refusal = "Expected an action of 1 numbers for Pendulum-v1, got 2";
  expect(() => new RescaleAction(new Pendulum()).step([0, 0])).toThrow(refusal);
  expect(() => new ClipAction(new Pendulum()).step([0, 0])).toThrow(refusal);
});

it("RecordEpisodeStatistics adds return and length to the last info only", () => {
  const env = new RecordEpisodeStatistics(new TimeLimit(new Echo(), 3));
  for (let episode = 0; episode < 2; episode++) {
    env.reset();
    expect(step(env, [0, 0]).info).toEqual({ seen: true });
    step(env, [0, 0]);
    expect(step(env, [0, 0]).info).toEqual({ seen: true, episode: { r: 6, l: 3 } });
  }
});

it("wrappers around an env that answers later answer later, and close it", async () => {
  const inner = new LateEcho();
  const env = new RecordEpisodeStatistics(guard(new TimeLimit(new RescaleAction(inner), 1)));
  expect((await env.reset()).observation).toEqual(new Float32Array(2));
  const result = await env.step([1, 1]);
  expect(result).toMatchObject({ truncated: true, info: { episode: { r: 2, l: 1 } } });
  expect([...result.observation]).toEqual([4, 0.3]);
  await env.close();
  expect(inner.isClosed).toBe(true);
  expect(unwrapped(env)).toBe(inner);
});

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
      "echo, step 3 (step 2 of its episode): expected observation[1] to be a number from -10 to 10, got NaN. Training stopped",
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
    const advice = (spoil: (env: Broken) => void) => message(spoil).split("Training stopped; ")[1];
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
    ["strings", { ...right, observation: ["1", "2"] }, "a Float32Array or Float64Array, got an Array [1,2]"],
    ["one string", { ...right, observation: "12" }, 'a Float32Array or Float64Array, got the string "12"'],
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
      "threw null",
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
    ["an array", { observation: [0, 0], info: {} }, "a Float32Array or Float64Array, got an Array [0,0]"],
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
        message: expect.stringContaining(`step 1 (step 1 of its episode): the env threw ${words}`),
        cause: thrown,
      };
      await expect((async () => guarded.step([0, 0]))()).rejects.toMatchObject(expected);
      const together = guard(new SyncVectorEnv([env]));
      await together.reset();
      await expect(together.step([0, 0])).rejects.toMatchObject(expected);
    }
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

describe("Timeout", () => {
  const never = () => new Promise<never>(() => {});

  it.each(["reset", "step", "close"] as const)(
    "gives up on a promise of %s that is not kept",
    async (call) => {
      const env = new Timeout(Object.assign(new Echo(), { [call]: never }), 0.05);
      await expect((async () => (call === "step" ? env.step([0, 0]) : env[call]()))()).rejects.toMatchObject({
        code: "ENV_TIMEOUT",
        message: expect.stringContaining(
          `Expected an answer of ${call}() of echo within 0.05 s, got a promise`,
        ),
      });
    },
  );

  it("leaves kept promises, broken ones and answers at once alone", async () => {
    const env = new Timeout(new LateEcho(), 5);
    expect((await env.step([1, 0])).observation).toEqual(Float64Array.of(1, 0));
    expect(new Timeout(new Echo(), 5).step([1, 0])).toMatchObject({ reward: 2 });
    const broken = new Timeout(Object.assign(new LateEcho(), { step: () => Promise.reject(7) }), 5);
    await expect(broken.step([0, 0])).rejects.toBe(7);
    expect(() => new Timeout(new Echo(), 0)).toThrow("Expected a time-out above 0 seconds, got 0");
  });
});
