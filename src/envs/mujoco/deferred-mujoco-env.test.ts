import { expect, test } from "vitest";
import { makeEnv } from "../registry.ts";
import { invertedPendulum } from "./inverted-pendulum.ts";
import { makeMujocoEnv } from "./mujoco-env.ts";

test("a MuJoCo env is made at once and answers its first reset by a promise, then at once", async () => {
  const env = makeEnv("InvertedPendulum-v5");
  const direct = await makeMujocoEnv(invertedPendulum);
  expect(env.observationSpace).toEqual(direct.observationSpace);
  expect(env.actionSpace).toEqual(direct.actionSpace);
  const first = env.reset({ seed: 1 });
  expect(first).toBeInstanceOf(Promise);
  expect(await first).toEqual(direct.reset({ seed: 1 }));
  expect(env.step([1])).toEqual(direct.step([1]));
  expect(env.reset({ seed: 2 })).toEqual(direct.reset({ seed: 2 }));
  await env.close();
  direct.close();
  expect(() => env.reset()).toThrow("this one was closed");
});

test("its episodes are truncated after 1000 steps", async () => {
  const env = makeEnv("HalfCheetah-v5");
  await env.reset({ seed: 1 });
  const rest = [0, 0, 0, 0, 0, 0];
  for (let i = 1; i < 1000; i++) expect((await env.step(rest)).truncated).toBe(false);
  expect(await env.step(rest)).toMatchObject({ truncated: true, terminated: false });
  await env.close();
});

test("closed while MuJoCo was being fetched, it is closed", async () => {
  const env = makeEnv("InvertedPendulum-v5");
  const first = env.reset({ seed: 1 });
  await env.close();
  await expect(first).rejects.toMatchObject({ code: "ENV_CLOSED" });
});
