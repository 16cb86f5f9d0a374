// A state taken in the middle of an episode goes on to the bit in another env of the same kind, whatever it is wrapped in.

import { describe, expect, it } from "vitest";
import { RandomStream } from "../random/index.ts";
import {
  ClipAction,
  type Env,
  type EnvState,
  FlattenObservation,
  guard,
  isStateful,
  listEnvs,
  makeEnv,
  RecordEpisodeStatistics,
  RescaleAction,
  SyncVectorEnv,
  sample,
  TimeLimit,
} from "./index.ts";
import { stateful } from "./stateful.ts";

const ids = listEnvs().map(({ id }) => id);
/** With everything around its actions that they can have. */
const actedOn = (env: Env) =>
  env.actionSpace.kind === "box" ? new ClipAction(new RescaleAction(env)) : new FlattenObservation(env);

const stacks: [string, (env: Env) => Env][] = [
  ["bare", (env) => env],
  ["wrapped", (env) => guard(new RecordEpisodeStatistics(actedOn(new TimeLimit(env, 40))))],
];

/** What an env answers to random actions for `steps` steps; episodes follow each other. */
async function answers(env: Env, random: RandomStream, steps: number): Promise<unknown[]> {
  const told: unknown[] = [];
  for (let i = 0; i < steps; i++) {
    const { observation, reward, terminated, truncated, info } = await env.step(
      sample(env.actionSpace, random),
    );
    told.push([observation.slice(), reward, terminated, truncated, info]);
    if (terminated || truncated) told.push((await env.reset()).observation.slice());
  }
  return told;
}

describe.each(ids)("%s", (id) => {
  it.each(stacks)(
    "%s goes on to the bit",
    async (_, wrap) => {
      for (const before of [1, 60]) {
        const [first, second] = [wrap(makeEnv(id)), wrap(makeEnv(id))];
        await first.reset({ seed: 11 });
        await answers(first, new RandomStream(1, "actions"), before);
        const state = structuredClone(stateful(first).state());
        const expected = await answers(first, new RandomStream(2, "actions"), 300);
        await stateful(second).restore(state);
        expect(await answers(second, new RandomStream(2, "actions"), 300)).toEqual(expected);
        await Promise.all([first.close?.(), second.close?.()]);
      }
    },
    60_000,
  );

  it("refuses states of another env, format, wrapping or kind, and goes on as if nothing had been", async () => {
    const env = guard(new FlattenObservation(makeEnv(id)));
    await env.reset({ seed: 1 });
    const whole = env.state();
    for (const [path, wrong, words] of wrongStates(whole, [])) {
      await expect((async () => env.restore(wrong as EnvState))(), path).rejects.toMatchObject({
        code: "ENV_STATE",
        message: expect.stringMatching(new RegExp(`^Expected a state of ${id}, got one .*${words}`)),
      });
    }
    expect(env.state()).toEqual(whole);
    const otherwise = new FlattenObservation(new TimeLimit(makeEnv(id), 9));
    expect(() => otherwise.restore(whole)).toThrow("whose own.elapsed is");
    await Promise.all([env.close(), otherwise.close()]);
  });
});

/** `whole` with each of its parts, one after the other, missing, of another type, another length or another name. */
function* wrongStates(whole: unknown, path: string[]): Generator<[string, unknown, string]> {
  const name = path.at(-1) ?? "state";
  const words = path.length === 0 ? "env" : name;
  const isArray = ArrayBuffer.isView(whole);
  yield [`${path} missing`, undefined, words];
  yield [`${path} of another type`, typeof whole === "string" ? 1 : "another", words];
  if (typeof whole === "string") yield [`${path} of another name`, "another", `whose .*${name} is "another"`];
  if (typeof whole === "number") yield [`${path} not finite`, Number.NaN, name];
  if (name === "format") yield [path.join("."), 2, "whose format is 2 instead of 1"];
  if (isArray) yield [`${path} shorter`, (whole as Float64Array).slice(1), `values in ${name}`];
  if (typeof whole !== "object" || whole === null || isArray) return;
  for (const [part, value] of Object.entries(whole)) {
    for (const [where, wrong, said] of wrongStates(value, [...path, part])) {
      // What stands instead of the wrapped env's state is that env's to name, by its first part.
      yield [where, { ...whole, [part]: wrong }, part === "inner" && said === "inner" ? "env" : said];
    }
  }
}

describe("envs that step together", () => {
  it.each(["next-step", "same-step"] as const)("go on to the bit (%s)", async (autoreset) => {
    const make = () =>
      guard(
        new SyncVectorEnv(
          [5, 3, 8].map((limit) => new TimeLimit(makeEnv("Pendulum-v1"), limit)),
          { autoreset },
        ),
      );
    const steps = async (env: ReturnType<typeof make>, count: number) => {
      const told: unknown[] = [];
      for (let i = 0; i < count; i++) {
        const { observations, rewards, truncated, wasReset } = await env.step([i / 50, -0.5, 1]);
        told.push([observations.slice(), rewards.slice(), truncated.slice(), wasReset.slice()]);
      }
      return told;
    };
    for (const before of [1, 2, 3, 4, 5, 15, 16]) {
      const [first, second] = [make(), make()];
      await first.reset({ seed: 3 });
      await steps(first, before);
      const state = structuredClone(first.state());
      const expected = await steps(first, 50);
      await second.restore(state);
      expect(await steps(second, 50)).toEqual(expected);
    }
  });

  it("of which one cannot tell its state cannot either", () => {
    const { observationSpace, actionSpace, reset, step } = makeEnv("Pendulum-v1");
    const silent: Env = { id: "silent", observationSpace, actionSpace, reset, step };
    expect(isStateful(new SyncVectorEnv([makeEnv("Pendulum-v1")]))).toBe(true);
    const env = new TimeLimit(silent, 3);
    expect(isStateful(env)).toBe(false);
    expect(isStateful(guard(env))).toBe(false);
    expect(() => env.state()).toThrow("Expected an environment that can tell its state, got silent");
  });
});
