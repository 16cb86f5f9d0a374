import { describe, expect, test } from "vitest";
import { invertedPendulum } from "../mujoco/inverted-pendulum.ts";
import { makeMujocoEnv } from "../mujoco/mujoco-env.ts";
import { SyncVectorEnv } from "../vector/sync-vector-env.ts";
import { NormalizeObservation, NormalizeVectorObservation } from "./normalize-observation.ts";
import { RunningStatistics } from "./running-statistics.ts";

describe("running statistics", () => {
  test("equal Gymnasium 1.3's RunningMeanStd in float64, from the prior on", () => {
    const statistics = new RunningStatistics(2);
    const expected = [
      {
        mean: [2.9997000299970003, -0.9999000099990001],
        variance: [0.0009998100279963007, 0.00019997000399950008],
      },
      {
        mean: [3.9998000099995004, -0.24998750062496866],
        variance: [1.0007999200059996, 0.5625249985938282],
      },
      { mean: [3.999866671110963, 0.5833138895370156], variance: [0.6672110751869751, 1.7638747686111205] },
    ];
    for (const [i, vector] of [
      [3, -1],
      [5, 0.5],
      [4, 2.25],
    ].entries()) {
      statistics.add(vector);
      for (let j = 0; j < 2; j++) {
        expect(statistics.mean[j]).toBeCloseTo(expected[i]!.mean[j]!, 13);
        expect(statistics.variance[j]).toBeCloseTo(expected[i]!.variance[j]!, 13);
      }
    }
    expect(statistics.count).toBeCloseTo(3.0001, 13);
  });

  test("survive JSON and go on to the same bits", () => {
    const first = new RunningStatistics(1);
    for (const x of [0.1, 7.3, -2.9]) first.add([x]);
    const second = new RunningStatistics(1);
    second.restore(JSON.parse(JSON.stringify(first.state())));
    first.add([1 / 3]);
    second.add([1 / 3]);
    expect(second.state()).toEqual(first.state());
  });

  test("refuse a state of another size", () => {
    expect(() => new RunningStatistics(3).restore(new RunningStatistics(2).state())).toThrow(
      "vectors of 3 numbers",
    );
  });
});

describe("normalized observations", () => {
  test("are (observation − mean) / √(variance + 1e-8), and leave the rest as it was", async () => {
    const plain = await makeMujocoEnv(invertedPendulum);
    const env = new NormalizeObservation(await makeMujocoEnv(invertedPendulum));
    const statistics = new RunningStatistics(4);
    const expectNormalized = (observation: ArrayLike<number>, raw: ArrayLike<number>) => {
      statistics.add(raw);
      const { mean, variance } = statistics;
      const expected = Array.from(raw, (x, i) =>
        Math.fround((x - mean[i]!) / Math.sqrt(variance[i]! + 1e-8)),
      );
      expect(Array.from(observation)).toEqual(expected);
    };
    expectNormalized((await env.reset({ seed: 1 })).observation, plain.reset({ seed: 1 }).observation);
    for (let t = 0; t < 10; t++) {
      const { observation, ...rest } = await env.step([1]);
      const { observation: raw, ...plainRest } = plain.step([1]);
      expectNormalized(observation, raw);
      expect(rest).toEqual(plainRest);
    }
    expect(env.statistics.state()).toEqual(statistics.state());
    await env.close();
    plain.close();
  });

  test("freeze for evaluation", async () => {
    const env = new NormalizeObservation(await makeMujocoEnv(invertedPendulum));
    await env.reset({ seed: 1 });
    const evaluated = new NormalizeObservation(await makeMujocoEnv(invertedPendulum), {
      statistics: env.statistics,
      frozen: true,
    });
    const before = env.statistics.state();
    await evaluated.reset({ seed: 2 });
    await evaluated.step([3]);
    expect(env.statistics.state()).toEqual(before);
    await env.close();
    await evaluated.close();
  });

  test("of a vector env share one set of statistics, last observations of episodes included", async () => {
    const envs = () => Promise.all([makeMujocoEnv(invertedPendulum), makeMujocoEnv(invertedPendulum)]);
    const plain = new SyncVectorEnv(await envs(), { autoreset: "same-step" });
    const env = new NormalizeVectorObservation(new SyncVectorEnv(await envs(), { autoreset: "same-step" }));
    const raw = await plain.reset({ seed: 3 });
    const { observations } = await env.reset({ seed: 3 });
    const hand = new RunningStatistics(4);
    hand.add(raw.observations, 0);
    hand.add(raw.observations, 4);
    expect(env.statistics.state()).toEqual(hand.state());
    const normalized = (values: ArrayLike<number>, i: number) =>
      Math.fround((values[i]! - hand.mean[i % 4]!) / Math.sqrt(hand.variance[i % 4]! + 1e-8));
    expect(observations[6]).toBe(normalized(raw.observations, 6));

    env.frozen = true;
    for (;;) {
      const expected = await plain.step([3, 0]);
      const actual = await env.step([3, 0]);
      expect(actual.observations[2]).toBe(normalized(expected.observations, 2));
      const final = expected.infos[0]!.final_obs as Float64Array | undefined;
      if (!final) continue;
      expect(Array.from(actual.infos[0]!.final_obs as Float32Array)).toEqual(
        Array.from(final, (_, i) => normalized(final, i)),
      );
      break;
    }
    await plain.close();
    await env.close();
  });
});
