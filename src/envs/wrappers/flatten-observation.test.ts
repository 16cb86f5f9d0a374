import { describe, expect, it } from "vitest";
import { RandomStream } from "../../random/index.ts";
import { type DictSpace, dict, sampleElement } from "../composite-spaces.ts";
import type { Env, StepResult } from "../env.ts";
import { box, discrete } from "../spaces.ts";
import { type EnvState, type Stateful, stateLike, stateOf } from "../stateful.ts";
import { SyncVectorEnv } from "../vector/sync-vector-env.ts";
import { FlattenObservation } from "./flatten-observation.ts";
import { guard } from "./guard-vector.ts";
import { TimeLimit } from "./time-limit.ts";

/** Random elements of a dict; steps from `wrongFrom` on have none. */
class Weather implements Env<DictSpace>, Stateful {
  readonly id = "weather";
  readonly observationSpace = dict({ wind: box(-1, 1, [2]), sky: discrete(3) });
  readonly actionSpace = box(-1, 1);
  wrongFrom = Infinity;
  private random = new RandomStream(0, "weather");
  private steps = 0;
  reset({ seed = 0 } = {}) {
    this.random = new RandomStream(seed, "weather");
    return { observation: sampleElement(this.observationSpace, this.random), info: { fresh: true } };
  }
  step(): StepResult<DictSpace> {
    const observation = sampleElement(this.observationSpace, this.random);
    const isWrong = ++this.steps >= this.wrongFrom;
    return {
      observation: isWrong ? { ...observation, sky: 3 } : observation,
      reward: 1,
      terminated: false,
      truncated: false,
      info: {},
    };
  }
  state() {
    return stateOf(this.id, { random: this.random.state(), steps: this.steps });
  }
  restore(state: EnvState) {
    const { random, steps } = stateLike(this.state(), state);
    this.random = RandomStream.from(random);
    this.steps = steps;
  }
}

describe("FlattenObservation", () => {
  it("gives rows with names, through other wrappers and side by side", async () => {
    const env = guard(new TimeLimit(new FlattenObservation(new Weather()), 10));
    expect(env.observationSpace).toEqual(box([-1, -1, 0, 0, 0], [1, 1, 1, 1, 1]));
    const names = ["wind[0]", "wind[1]", "sky=0", "sky=1", "sky=2"];
    expect(env.observationNames).toEqual(names);
    const { observation: row, info } = await env.reset({ seed: 3 });
    const observation = row.slice();
    const { wind, sky } = new Weather().reset({ seed: 3 }).observation as { wind: Float32Array; sky: number };
    expect([...observation]).toEqual([...wind, ...[0, 1, 2].map((i) => (i === sky ? 1 : 0))]);
    expect(info).toEqual({ fresh: true });
    const vector = guard(new SyncVectorEnv([env, env]));
    expect(vector.observationNames).toEqual(names);
    expect((await vector.reset({ seed: 3 })).observations.subarray(0, 5)).toEqual(observation);
  });

  it("says which part of which step is no element", async () => {
    const inner = new Weather();
    inner.wrongFrom = 2;
    const env = new FlattenObservation(inner);
    await env.reset();
    await env.step([0]);
    expect(() => env.step([0])).toThrow(
      "weather, step 2 (step 2 of its episode): expected observation.sky to be an integer from 0 to 2, got 3; correct the observation or observationSpace",
    );
  });

  it("can tell its state where the env inside can", async () => {
    const [one, other] = [new FlattenObservation(new Weather()), new FlattenObservation(new Weather())];
    await one.reset({ seed: 1 });
    await one.step([0]);
    await other.restore(structuredClone(one.state()));
    const expected = Array.from(((await one.step([0])) as StepResult).observation);
    expect(Array.from(((await other.step([0])) as StepResult).observation)).toEqual(expected);
  });
});

it("other wrappers ask for it where it is missing", () => {
  const env = new Weather() as unknown as Env;
  const words =
    "Expected weather to have a box of observations, got a dict space; wrap it: new FlattenObservation(env)";
  expect(() => guard(env)).toThrow(words);
  expect(() => new SyncVectorEnv([env])).toThrow(words);
});
