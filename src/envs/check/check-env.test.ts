import { describe, expect, it } from "vitest";
import { dict } from "../composite-spaces.ts";
import type { Env } from "../env.ts";
import { box, discrete } from "../spaces.ts";
import { assertEnv, checkEnv } from "./check-env.ts";
import type { EnvProblem } from "./problems.ts";

/** A correct env: walks along a line, ends at the end of it, refuses steps then and actions beyond its bounds. */
function makeWalk() {
  let place = 0;
  let running = false;
  return {
    id: "walk",
    observationSpace: box([-5], [5]),
    actionSpace: box([-1], [1]),
    reset({ seed = 0 } = {}) {
      place = (seed % 3) - 1;
      running = true;
      return { observation: Float32Array.of(place), info: {} };
    },
    step(action: ArrayLike<number>) {
      if (!running || Math.abs(action[0]!) > 1) throw new Error("no");
      place = Math.min(Math.max(place + action[0]!, -5), 5);
      running = Math.abs(place) < 4;
      return {
        observation: Float32Array.of(place),
        reward: -Math.abs(place),
        terminated: !running,
        truncated: false,
        info: {},
      };
    },
  };
}

const remedies: Record<string, string> = {
  text: "turn texts into numbers of a fixed length",
  graph: "describe the graph by a box of fixed size",
  sequence: "give it a fixed length in a box",
  oneof: "give each alternative its place in a dict",
};

const check = (changes: object) => checkEnv({ ...makeWalk(), ...changes } as unknown as Env);
/** The same env with something changed in what step returns. */
const checkStepResult = (changes: object) => {
  const env = makeWalk();
  return check({ reset: env.reset, step: (action: number[]) => ({ ...env.step(action), ...changes }) });
};

it("finds nothing wrong with a correct env", async () => {
  expect(await checkEnv(makeWalk())).toEqual([]);
  await assertEnv(makeWalk());
});

describe("errors", () => {
  it.each<[string, string, () => ReturnType<typeof checkEnv>, string]>([
    [
      "no env",
      "NOT_AN_ENV",
      () => checkEnv(undefined as unknown as Env),
      "Expected an env object, got undefined",
    ],
    ["no step", "METHOD", () => check({ step: undefined }), "Expected a method step(), got undefined"],
    ["no id", "ID", () => check({ id: 7 }), 'Expected id to be a name such as "my-env", got 7'],
    [
      "no space",
      "SPACE",
      () => check({ actionSpace: 3 }),
      "Expected actionSpace to be a space, got 3; make one with box",
    ],
    [
      "infinite actions",
      "SPACE",
      () => check({ actionSpace: box(-Infinity, 1) }),
      "Expected finite bounds of actionSpace, got -Infinity to 1",
    ],
    ["an empty action", "SPACE", () => check({ actionSpace: box(1, 1) }), "got 1 for both"],
    [
      "a bad shape",
      "SPACE",
      () => check({ observationSpace: { ...box(0, 1), shape: 1 } }),
      "Expected observationSpace.shape to be a list",
    ],
    [
      "too few bounds",
      "SPACE",
      () => check({ observationSpace: { ...box(0, 1), shape: [2] } }),
      "Expected observationSpace.low to have 2 numbers for shape [2], got 1",
    ],
    [
      "exchanged bounds",
      "SPACE",
      () => check({ observationSpace: { ...box(0, 1), low: [2] } }),
      "Expected observationSpace.low[0] ≤ high[0], got 2 and 1",
    ],
    ["another kind", "SPACE", () => check({ actionSpace: { kind: "circle" } }), 'got the string "circle"'],
    ...["text", "graph", "sequence", "oneof"].map(
      (kind): [string, string, () => Promise<EnvProblem[]>, string] => [
        kind,
        "SPACE",
        () => check({ observationSpace: { kind: "dict", spaces: { fine: box(0, 1), odd: { kind } } } }),
        `observationSpace.odd.kind to be "box", "discrete", "multi-discrete", "multi-binary", "dict" or "tuple", got the string "${kind}"; ${remedies[kind]}`,
      ],
    ),
    [
      "a dict of actions",
      "SPACE",
      () => check({ actionSpace: dict({ turn: box(-1, 1), jump: discrete(2) }) }),
      "Expected actionSpace to be a box or choices, got a dict; make one box of all continuous actions, or one multiDiscrete of all choices",
    ],
    [
      "an image",
      "SPACE",
      () => check({ observationSpace: dict({ camera: box(0, 255, [8, 8, 3]), speed: box(0, 255) }) }),
      "Expected observationSpace.camera to be numbers for dense layers, got an image of shape [8,8,3] with values from 0 to 255; there are no convolutions",
    ],
    [
      "an empty dict",
      "SPACE",
      () => check({ observationSpace: { kind: "dict", spaces: {} } }),
      "use dict(…)",
    ],
    [
      "wrong choices",
      "SPACE",
      () => check({ actionSpace: { kind: "multi-discrete", shape: [2], n: [2, 0], start: [0, 0] } }),
      "Expected actionSpace.n to be integers from 1 up, got an Array [2,0]; make the space with multiDiscrete([n, …])",
    ],
    [
      "wrong switches",
      "SPACE",
      () => check({ actionSpace: { kind: "multi-binary", shape: 3 } }),
      "Expected actionSpace.shape to be a list of integers, got 3; use multiBinary(n)",
    ],
    [
      "an observation that is no choice",
      "THROWS",
      () => check({ observationSpace: discrete(2) }),
      "expected the observation to be an integer from 0 to 1, got -1",
    ],
    [
      "no choices",
      "SPACE",
      () => check({ actionSpace: { kind: "discrete", n: 0, start: 0 } }),
      "Expected actionSpace.n to be an integer from 1 up, got 0",
    ],
    [
      "nothing from reset",
      "RESET",
      () => check({ reset: () => undefined }),
      "Expected reset() to return { observation, info }, got undefined",
    ],
    ["nothing from step", "STEP", () => check({ step: () => undefined }), "got undefined at step 1"],
    [
      "an array of strings",
      "OBSERVATION_TYPE",
      () => checkStepResult({ observation: ["1"] }),
      'Expected the observation to be an array of numbers, got an Array ["1"] at step 1',
    ],
    [
      "a wrong length",
      "OBSERVATION_SIZE",
      () => checkStepResult({ observation: new Float32Array(2) }),
      "Expected an observation of 1 numbers for shape [1], got 2 at step 1",
    ],
    [
      "NaN",
      "OBSERVATION_NAN",
      () => checkStepResult({ observation: Float32Array.of(NaN) }),
      "Expected observation[0] to be a number from -5 to 5, got NaN",
    ],
    [
      "out of space",
      "OBSERVATION_SPACE",
      () => checkStepResult({ observation: Float32Array.of(6) }),
      "got 6 at step 1; correct the env or widen the bounds",
    ],
    [
      "infinity in a space without bounds",
      "OBSERVATION_INFINITE",
      () => {
        const { step, reset } = makeWalk();
        const result = (action: number[]) => ({ ...step(action), observation: Float32Array.of(Infinity) });
        return check({ observationSpace: box(-Infinity, Infinity, [1]), reset, step: result });
      },
      "Expected observation[0] to be a finite number in float32, got Infinity at step 1",
    ],
    [
      "a missing reward",
      "REWARD",
      () => checkStepResult({ reward: undefined }),
      "Expected the reward to be a number, got undefined at step 1",
    ],
    ["an infinite reward", "REWARD", () => checkStepResult({ reward: Infinity }), "got Infinity"],
    [
      "a reward that is infinite in float32",
      "REWARD",
      () => checkStepResult({ reward: -1e39 }),
      "Expected the reward to be a finite number in float32, got -1e+39 at step 1; scale rewards down",
    ],
    [
      "Gym's old done",
      "FLAG",
      () => checkStepResult({ terminated: undefined }),
      "Expected terminated to be true or false, got undefined",
    ],
    [
      "a number as flag",
      "FLAG",
      () => checkStepResult({ truncated: 0 }),
      "Expected truncated to be true or false, got 0",
    ],
    [
      "an exception",
      "THROWS",
      () =>
        check({
          reset: () => {
            throw new TypeError("x is not a function");
          },
        }),
      "got the exception: TypeError: x is not a function",
    ],
  ])("%s: %s", async (_, code, found, message) => {
    const problems = await found();
    expect(problems).toContainEqual({ severity: "error", code, message: expect.stringContaining(message) });
  });

  it("chance that the seed does not govern", async () => {
    const env = makeWalk();
    let calls = 0;
    const reset = (options: object) => ({
      ...env.reset(options),
      observation: Float32Array.of(calls++ / 1000),
    });
    expect(await check({ reset, step: env.step })).toEqual([
      {
        severity: "error",
        code: "SEED",
        message: expect.stringContaining("a difference at step 0; draw all randomness from a stream"),
      },
    ]);
  });

  it("a promise that is not kept", async () => {
    const problems = await checkEnv({ ...makeWalk(), step: () => new Promise(() => {}) } as Env, {
      timeoutSeconds: 0.05,
    });
    expect(problems).toMatchObject([
      { code: "THROWS", message: expect.stringContaining("a step of walk to end within 0.05 s") },
    ]);
  });

  it("assertEnv throws them all as sentences", async () => {
    const env = { ...makeWalk(), id: "", step: 1 } as unknown as Env;
    await expect(assertEnv(env)).rejects.toMatchObject({
      code: "ENV_CHECK",
      message: expect.stringMatching(/got 2 in :\n- Expected a method step\(\).*\n- Expected id/),
    });
  });
});

it("plays with observations and actions that are choices", async () => {
  const walk = makeWalk();
  const seen = (observation: ArrayLike<number>) => ({
    place: [observation[0]!],
    end: Math.abs(observation[0]!) >= 4 ? 1 : 0,
  });
  const problems = await check({
    observationSpace: dict({ place: box(-5, 5), end: discrete(2) }),
    actionSpace: discrete(3, -1),
    reset: (options: object) => ({ observation: seen(walk.reset(options).observation), info: {} }),
    step: (action: number[]) => {
      const result = walk.step(action);
      return { ...result, observation: seen(result.observation) };
    },
  });
  expect(problems).toEqual([]);
});

describe("warnings", () => {
  const codes = async (changes: object) =>
    (await check(changes)).map(({ severity, code }) => `${severity} ${code}`);

  it("an episode that never ends", async () => {
    expect(
      await codes({
        step: () => ({ ...makeWalk().reset(), reward: 0, terminated: false, truncated: false }),
      }),
    ).toEqual(["warning ENDLESS"]);
  });
  it("no info, a step after the end", async () => {
    const env = makeWalk();
    const step = () => ({ observation: Float32Array.of(0), reward: 0, terminated: true, truncated: false });
    expect(await codes({ actionSpace: discrete(2), reset: env.reset, step })).toEqual([
      "warning INFO",
      "warning STEP_AFTER_END",
      "warning ACTION",
    ]);
  });
  it("an action beyond its bounds that has an effect of its own", async () => {
    let place = 0;
    const reset = () => {
      place = 0;
      return { observation: Float32Array.of(place), info: {} };
    };
    const step = (action: ArrayLike<number>) => {
      place += action[0]!;
      const terminated = Math.abs(place) > 3;
      return { observation: Float32Array.of(place), reward: 0, terminated, truncated: false, info: {} };
    };
    const problems = await check({ reset, step });
    expect(problems).toContainEqual({
      severity: "warning",
      code: "ACTION",
      message: expect.stringContaining("beyond the bounds ([3])"),
    });
  });
});
