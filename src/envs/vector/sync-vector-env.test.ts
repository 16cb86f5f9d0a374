// A vector env is N envs: rows are compared with the same envs stepped by hand. InvertedPendulum falls within a few
// steps of a constant push, so episodes end at different times.

import { afterEach, describe, expect, test } from "vitest";
import { halfCheetah } from "../mujoco/half-cheetah.ts";
import { invertedPendulum } from "../mujoco/inverted-pendulum.ts";
import { type MujocoEnv, makeMujocoEnv } from "../mujoco/mujoco-env.ts";
import { SyncVectorEnv } from "./sync-vector-env.ts";
import type { AutoresetMode } from "./vector-env.ts";

const COUNT = 3;
const SIZE = 4;
const open: { close(): unknown }[] = [];

afterEach(() => {
  for (const env of open.splice(0)) env.close();
});

async function pendulum(): Promise<MujocoEnv> {
  const env = await makeMujocoEnv(invertedPendulum);
  open.push(env);
  return env;
}

async function vector(autoreset?: AutoresetMode): Promise<SyncVectorEnv> {
  const envs = await Promise.all(Array.from({ length: COUNT }, pendulum));
  return new SyncVectorEnv(envs, autoreset ? { autoreset } : {});
}

/** Pushes of different strength, so that the envs part and end at different steps. */
const PUSHES = [3, -2, 1];
const row = (values: ArrayLike<number>, i: number) => Array.from(values).slice(i * SIZE, (i + 1) * SIZE);

describe("a synchronous vector env", () => {
  test("seeds env i with seed + i, or with its own seed", async () => {
    const env = await vector();
    const first = Array.from((await env.reset({ seed: 5 })).observations);
    const single = await pendulum();
    for (let i = 0; i < COUNT; i++) {
      expect(row(first, i)).toEqual(Array.from(single.reset({ seed: 5 + i }).observation));
    }
    expect(Array.from((await env.reset({ seed: [5, 6, 7] })).observations)).toEqual(first);
  });

  test("next-step: the step after the end only begins the next episode, and says so", async () => {
    const env = await vector("next-step");
    const singles = await Promise.all(Array.from({ length: COUNT }, pendulum));
    await env.reset({ seed: 1 });
    const over = singles.map((single, i) => {
      single.reset({ seed: 1 + i });
      return false;
    });
    let resets = 0;
    for (let t = 0; t < 60; t++) {
      const { observations, rewards, terminated, truncated, wasReset } = await env.step(PUSHES);
      for (let i = 0; i < COUNT; i++) {
        const single = singles[i]!;
        expect(wasReset[i]).toBe(over[i] ? 1 : 0);
        expect(truncated[i]).toBe(0);
        if (over[i]) {
          resets++;
          expect(row(observations, i)).toEqual(Array.from(single.reset().observation));
          expect([rewards[i], terminated[i]]).toEqual([0, 0]);
          over[i] = false;
        } else {
          const expected = single.step([PUSHES[i]!]);
          expect(row(observations, i)).toEqual(Array.from(expected.observation));
          expect(rewards[i]).toBe(expected.reward);
          expect(terminated[i]).toBe(expected.terminated ? 1 : 0);
          over[i] = expected.terminated;
        }
      }
    }
    expect(resets).toBeGreaterThan(COUNT);
  });

  test("same-step: the end comes with the next episode's first observation; the last one is in the info", async () => {
    const env = await vector("same-step");
    const single = await pendulum();
    await env.reset({ seed: 1 });
    single.reset({ seed: 1 });
    for (;;) {
      const { observations, rewards, terminated, infos, wasReset } = await env.step(PUSHES);
      const expected = single.step([PUSHES[0]!]);
      const last = Array.from(expected.observation);
      expect(wasReset[0]).toBe(0);
      if (!expected.terminated) {
        expect(infos[0]).toEqual(expected.info);
        continue;
      }
      expect([rewards[0], terminated[0]]).toEqual([0, 1]);
      expect(row(observations, 0)).toEqual(Array.from(single.reset().observation));
      expect(infos[0]).toEqual({ final_obs: Float64Array.from(last), final_info: { reward_survive: 0 } });
      return;
    }
  });

  test("disabled: an ended env refuses to step until it is reset by mask, which leaves the others alone", async () => {
    const env = await vector("disabled");
    const oneFalls = [3, 0, 0];
    await env.reset({ seed: 1 });
    let step = await env.step(oneFalls);
    while (step.terminated[0] === 0) step = await env.step(oneFalls);
    await expect(env.step(oneFalls)).rejects.toMatchObject({ code: "ENV_EPISODE_OVER" });
    const before = Array.from(step.observations);
    const after = (await env.reset({ mask: [true, false, false] })).observations;
    expect(row(after, 0)).not.toEqual(row(before, 0));
    expect(Array.from(after).slice(SIZE)).toEqual(before.slice(SIZE));
    expect((await env.step(oneFalls)).rewards[0]).toBe(1);
  });

  test("refuses no envs, different envs, and seeds, masks or actions of the wrong number", async () => {
    const env = await vector();
    const cheetah = await makeMujocoEnv(halfCheetah);
    open.push(cheetah);
    expect(() => new SyncVectorEnv([])).toThrow("Expected one env or more");
    expect(() => new SyncVectorEnv([cheetah, open[0] as MujocoEnv])).toThrow("equal spaces");
    await expect(env.reset({ seed: [1] })).rejects.toMatchObject({ code: "ENV_COUNT" });
    await expect(env.reset({ mask: [true] })).rejects.toMatchObject({ code: "ENV_COUNT" });
    await expect(env.step([0, 0])).rejects.toMatchObject({ code: "ENV_COUNT" });
  });

  test("closes all its envs", async () => {
    const env = await vector();
    await env.reset();
    await env.close();
    await expect(env.reset()).rejects.toMatchObject({ code: "ENV_CLOSED" });
  });
});
