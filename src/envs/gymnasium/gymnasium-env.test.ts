// Real environments in a real Python. What they must equal comes from the same Python without the bridge.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { type AnySpace, dict, tuple } from "../composite-spaces.ts";
import { flattening } from "../flatten.ts";
import { box, discrete, multiBinary, multiDiscrete } from "../spaces.ts";
import {
  GymnasiumEnv,
  type GymnasiumOptions,
  GymnasiumVectorEnv,
  type GymnasiumVectorOptions,
} from "./index.ts";
import { ended, hasGymnasium, needsGymnasium, python } from "./python.fixture.ts";

process.env.PYTHONPATH = fileURLToPath(new URL(".", import.meta.url));
const WORLDS = "peculiar_worlds";

/** The spaces of the world called Structured. */
const parts = {
  choice: discrete(3, 2),
  choices: multiDiscrete([2, 1, 3, 2], { shape: [2, 2] }),
  switches: multiBinary([2, 2]),
  box: box(-1, 1, [2, 2]),
  speed: box(-1, 1),
};
const structures: Readonly<Record<string, AnySpace>> = {
  choice: parts.choice,
  choices: parts.choices,
  switches: parts.switches,
  tuple: tuple([parts.choice, parts.box]),
  dict: dict({ ...parts, arm: dict({ angle: parts.speed, grips: tuple([discrete(2)]) }) }),
};

const opened: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(opened.splice(0).map((env) => env.close())));

async function one(id: string, options: GymnasiumOptions = {}): Promise<GymnasiumEnv> {
  const env = await GymnasiumEnv.create(id, { python, onOutput: () => {}, ...options });
  opened.push(env);
  return env;
}

async function many(id: string, options: GymnasiumVectorOptions): Promise<GymnasiumVectorEnv> {
  const env = await GymnasiumVectorEnv.create(id, { python, onOutput: () => {}, ...options });
  opened.push(env);
  return env;
}

describe.skipIf(!hasGymnasium)(`an environment, ${needsGymnasium}`, () => {
  test("Pendulum-v1 gives what Gymnasium gives, to the bit, over two episodes", async () => {
    const expected = runPython(`
env = gymnasium.make("Pendulum-v1")
rows = [env.reset(seed=7)[0].tolist()]
for step in range(300):
    observation, reward, terminated, truncated, _ = env.step(numpy.array([(step % 9 - 4) / 3], "f4"))
    rows.append([*observation.tolist(), float(reward), terminated, truncated])
    if truncated:
        rows.append(env.reset()[0].tolist())
`);
    const env = await one("Pendulum-v1");
    const rows: unknown[] = [[...(await env.reset({ seed: 7 })).observation]];
    for (let step = 0; step < 300; step++) {
      const { observation, reward, terminated, truncated } = await env.step([((step % 9) - 4) / 3]);
      rows.push([...observation, reward, terminated, truncated]);
      if (truncated) rows.push([...(await env.reset()).observation]);
    }
    expect(rows).toEqual(expected);
  });

  test("spaces, spec and versions are described", async () => {
    const env = await one("Pendulum-v1");
    expect(env.id).toBe("Pendulum-v1");
    expect(env.observationSpace).toEqual({
      kind: "box",
      shape: [3],
      low: Float64Array.of(-1, -1, -8),
      high: Float64Array.of(1, 1, 8),
    });
    expect(env.actionSpace).toEqual({
      kind: "box",
      shape: [1],
      low: Float64Array.of(-2),
      high: Float64Array.of(2),
    });
    expect(env.spec).toEqual({ id: "Pendulum-v1", maxEpisodeSteps: 200, rewardThreshold: null });
    expect(Object.keys(env.versions)).toEqual(["python", "numpy", "gymnasium"]);
  });

  test("`module:name`, arguments, float64 observations, discrete actions, infos", async () => {
    const env = await one(`${WORLDS}:Counting`, { arguments: { truncate: true } });
    expect(env.actionSpace).toEqual({ kind: "discrete", n: 4, start: -1 });
    expect(env.observationSpace.low).toEqual(Float64Array.of(-Infinity, -Infinity, -Infinity));
    expect(env.spec.maxEpisodeSteps).toBeNull();
    const { observation, info } = await env.reset({ seed: 2 ** 40 });
    expect(observation).toEqual(Float64Array.of(0, 2 ** 40, 0.1));
    expect(info).toEqual({ start: true });
    await env.step([2]);
    await env.step([2]);
    expect(await env.step([-1])).toEqual({
      observation: Float64Array.of(3, 2 ** 40, -1),
      reward: 3,
      terminated: false,
      truncated: true,
      info: { speed: 0.5, where: [0, 1], nan: null, self: "<class 'peculiar_worlds.Counting'>" },
    });
  });

  test("infos can be left out", async () => {
    const env = await one(`${WORLDS}:Counting`, { info: false });
    expect((await env.reset()).info).toEqual({});
    expect((await env.step([0])).info).toEqual({});
  });

  test("small integers and matrices are numbers like others", async () => {
    const bytes = await one(`${WORLDS}:Observing`, { arguments: { space: "bytes", shape: [2] } });
    expect((await bytes.reset()).observation).toEqual(Float32Array.of(200, 200));
    const matrix = await one(`${WORLDS}:Observing`, { arguments: { space: "matrix", shape: [2, 2] } });
    expect(matrix.observationSpace.shape).toEqual([2, 2]);
    expect((await matrix.reset()).observation).toEqual(Float32Array.of(200, 200, 200, 200));
  });

  test("an exception comes with its traceback, which begins in the environment", async () => {
    const env = await one(`${WORLDS}:Raising`);
    await env.reset();
    const error = await rejection(env.step([1]));
    expect(error).toMatchObject({ name: "GymnasiumError", code: "ENV_PYTHON" });
    expect(error.message).toContain("peculiar_worlds:Raising raised ValueError: no road ahead, action 1");
    expect(error.traceback).toMatch(/^Traceback.*\n {2}File ".*peculiar_worlds.py", line \d+, in step\n/);
    expect(error.traceback).toContain("in helper");
    expect(await rejection(env.reset())).toBe(error);
  });

  test("the end of somebody's file is an exception like others", async () => {
    const env = await one(`${WORLDS}:EndOfFile`);
    await env.reset();
    expect((await rejection(env.step([1]))).message).toContain("raised EOFError: ran out of input");
  });

  test("an environment may spawn processes", async () => {
    const env = await one(`${WORLDS}:Spawning`);
    await env.reset();
    expect((await env.step([1])).observation).toEqual(Float64Array.of(7, 7, 7));
  });

  test.each([
    [{ observation: [1] }, "step gave an observation of shape (1,), the space says (3,)"],
    [{ observation: 1 }, "step gave an observation of shape (), the space says (3,)"],
    [{ observation: [1, 2, 3, 4] }, "step gave an observation of shape (4,), the space says (3,)"],
    [{ reward: [1, 2] }, "step gave the reward array([1, 2]) (ndarray), expected a number"],
    [{ reward: "5", plain: true }, "step gave the reward '5' (str), expected a number"],
    [{ reward: null, plain: true }, "step gave the reward None (NoneType), expected a number"],
    [{ reward: [1], plain: true }, "step gave the reward [1] (list), expected a number"],
    [{ terminated: "false" }, "step gave terminated as 'false' (str), expected true or false"],
    [{ truncated: null }, "step gave truncated as None (NoneType), expected true or false"],
    [{ truncated: [true, false] }, "step gave truncated as [True, False] (list), expected true or false"],
    [{ values: 4 }, "step gave 4 values, expected five: observation, reward, terminated, truncated, info"],
  ])("what step must not give is named: %j", async (given, words) => {
    const env = await one(`${WORLDS}:Giving`, { arguments: given });
    await env.reset();
    expect((await rejection(env.step([1]))).message).toContain(words);
  });

  test("actions that are whole numbers are the nearest", async () => {
    const env = await one(`${WORLDS}:Whole`);
    await env.reset();
    const seen = [];
    for (const action of [-2, -1.6, -0.4, 0.6, 1.5, 2]) seen.push((await env.step([action])).observation[0]);
    expect(seen).toEqual([-2, -2, 0, 1, 2, 2]);
  });

  test.each([
    ["Pendulums-v1", "ENV_UNKNOWN", /Did you mean: `Pendulum`\? Nearest ids: Pendulum-v1/],
    ["Pendulum-v7", "ENV_UNKNOWN", /version `v7` for environment `Pendulum`.*Nearest ids: Pendulum-v1/],
    [`${WORLDS}:Missing`, "ENV_UNKNOWN", /Nor is there a Missing in the module peculiar_worlds/],
    [`${WORLDS}:make_table`, "ENV_UNKNOWN", /made a <class 'dict'>, not a gymnasium.Env/],
    ["no_such_module:World", "ENV_PYTHON", /No module named 'no_such_module'/],
  ])("%s is refused: %s", async (id, code, message) => {
    const error = await rejection(one(id));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  test.each(["choice", "choices", "switches", "box", "speed", "tuple", "dict"])(
    "observations of a space of the kind %s are Gymnasium's rows, with our names",
    async (space) => {
      const env = await one(`${WORLDS}:Structured`, { arguments: { space } });
      let { observation, info } = await env.reset({ seed: 4 });
      expect([...observation]).toEqual((info.row as number[]).flat(3));
      ({ observation, info } = await env.step([1]));
      expect([...observation]).toEqual((info.row as number[]).flat(3));
      const ours = structures[space];
      if (ours === undefined) {
        expect(env.observationNames).toBeUndefined();
        return;
      }
      expect(env.observationNames).toEqual(flattening(ours).names);
      expect(env.observationSpace).toEqual(flattening(ours).space);
    },
  );

  test("Taxi-v4 and Blackjack-v1 are played", async () => {
    const taxi = await one("Taxi-v4");
    expect([taxi.observationSpace.shape, taxi.actionSpace]).toEqual([
      [500],
      { kind: "discrete", n: 6, start: 0 },
    ]);
    expect((await taxi.reset({ seed: 1 })).observation.filter((x) => x === 1)).toHaveLength(1);
    const blackjack = await one("Blackjack-v1");
    expect(blackjack.observationNames?.[40]).toBe("1=8");
    await blackjack.reset({ seed: 1 });
    expect((await blackjack.step([0])).terminated).toBe(true);
  });

  test.each([
    ["choices", multiDiscrete([2, 3], { start: [0, -1] }), [1, -1]],
    ["switches", multiBinary(3), [1, 0, 1]],
  ])("actions of the kind %s arrive", async (space, described, action) => {
    const env = await one(`${WORLDS}:Acting`, { arguments: { space } });
    expect(env.actionSpace).toEqual(described);
    await env.reset();
    expect([...(await env.step(action)).observation]).toEqual(action);
  });

  test.each([
    ["text", /observation space has the Text space Text\(.*\) at odd.words; turn texts into numbers/],
    ["graph", /observation space is the Graph space .*; describe the graph by a Box of fixed size/],
    ["sequence", /observation space has the Sequence space .* at 0; give it a fixed length in a Box/],
    ["oneof", /observation space is the OneOf space .*; give each alternative its place in a Dict/],
    [
      "image",
      /observation space at camera is an image: uint8 of shape \(8, 8, 3\); there are no convolutions/,
    ],
  ])("observations of the kind %s are refused by name, with what to do", async (space, words) => {
    const error = await rejection(one(`${WORLDS}:Structured`, { arguments: { space } }));
    expect(error.code).toBe("ENV_SPACE_UNSUPPORTED");
    expect(error.message).toMatch(words);
  });

  test("actions in a Dict, images, and an observation that belies its space are refused", async () => {
    const acting = await rejection(one(`${WORLDS}:Acting`, { arguments: { space: "both" } }));
    expect(acting.message).toMatch(/action space is Dict\(.*\); make one Box of all continuous actions/);
    const image = { space: "image", shape: [8, 8, 3] };
    expect((await rejection(one(`${WORLDS}:Observing`, { arguments: image }))).message).toMatch(
      /is an image: uint8 of shape \(8, 8, 3\)/,
    );
    const env = await one(`${WORLDS}:Observing`, { arguments: { space: "bytes", shape: [1] } });
    expect((await rejection(env.reset())).message).toMatch(/shape \(1,\), the space says \(2,\)/);
  });

  test("an action of the wrong size is refused before it is sent", async () => {
    const env = await one("Pendulum-v1");
    await env.reset();
    expect((await rejection(env.step([1, 2]))).message).toBe(
      "Pendulum-v1 expected 1 action elements for 1 environments, got 2.",
    );
    await env.step([1]);
  });
});

describe.skipIf(!hasGymnasium)(`a vector of environments, ${needsGymnasium}`, () => {
  test.each([1, 2, 3])(
    "Pendulum-v1 over %i processes gives what Gymnasium's SyncVectorEnv gives",
    async (processes) => {
      const expected = runPython(`
env = gymnasium.make_vec("Pendulum-v1", num_envs=3, vectorization_mode="sync")
rows = [env.reset(seed=3)[0].ravel().tolist()]
for step in range(410):
    actions = numpy.array([[step % 5 - 2], [step % 3 - 1], [0.5]], "f4")
    observations, rewards, terminated, truncated, _ = env.step(actions)
    rows.append([*observations.ravel().tolist(), *rewards.tolist(), *truncated.astype(int).tolist()])
`);
      const env = await many("Pendulum-v1", { environments: 3, processes });
      const rows: unknown[] = [[...(await env.reset({ seed: 3 })).observations]];
      for (let step = 0; step < 410; step++) {
        const result = await env.step([(step % 5) - 2, (step % 3) - 1, 0.5]);
        rows.push([...result.observations, ...result.rewards, ...result.truncated]);
      }
      expect(rows).toEqual(expected);
    },
  );

  test("the step after an end resets: no reward, no end, the info of the reset", async () => {
    const env = await many(`${WORLDS}:Counting`, { environments: 2, processes: 1 });
    await env.reset({ seed: 5 });
    for (let i = 0; i < 2; i++) expect([...(await env.step([0, 1])).terminated]).toEqual([0, 0]);
    const last = await env.step([0, 1]);
    expect([...last.terminated, ...last.truncated]).toEqual([1, 1, 0, 0]);
    expect([...last.wasReset]).toEqual([0, 0]);
    const reset = await env.step([0, 1]);
    expect([...reset.wasReset]).toEqual([1, 1]);
    expect([...reset.rewards, ...reset.terminated]).toEqual([0, 0, 0, 0]);
    expect([...reset.observations]).toEqual([0, 5, 0.1, 0, 6, 0.1]);
    expect(reset.infos).toEqual([{ start: true }, { start: true }]);
    const next = await env.step([0, 1]);
    expect([...next.rewards, ...next.wasReset]).toEqual([1, 1, 0, 0]);
  });

  test("a mask resets some and leaves the others where they are", async () => {
    const env = await many(`${WORLDS}:Counting`, { environments: 3, processes: 2 });
    await env.reset({ seed: [4, 5, 6] });
    await env.step([0, 1, 2]);
    const { observations, infos } = await env.reset({ seed: [7, 8, 9], mask: [false, true, false] });
    expect([...observations]).toEqual([1, 4, 0, 0, 8, 0.1, 1, 6, 2]);
    expect(infos.map((info) => "start" in info)).toEqual([false, true, false]);
    expect([...(await env.step([0, 1, 2])).rewards]).toEqual([2, 1, 2]);
  });

  test("one process killed is an error of the whole, and no other is left", async () => {
    const env = await many("Pendulum-v1", { environments: 4, processes: 2 });
    await env.reset();
    const [first, second] = env.pids;
    process.kill(first!, "SIGKILL");
    expect((await rejection(env.step([0, 0, 0, 0]))).code).toBe("ENV_DIED");
    await env.close();
    await ended(second!);
  });
});

/** `rows` of a program run by the same Python. */
function runPython(program: string): unknown {
  const whole = `import json, numpy, gymnasium\n${program}\nprint(json.dumps(rows))`;
  const { stdout, stderr, status } = spawnSync(python, ["-c", whole], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

async function rejection(promise: Promise<unknown>) {
  const outcome = await promise.then(
    () => new Error("It was expected to fail."),
    (error: unknown) => error,
  );
  return outcome as Error & { code: string; traceback: string };
}
