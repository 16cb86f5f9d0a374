// Bodies in one meadow: when they come and go, what they are paid, and that a learner sees each of their lives by itself.

import { describe, expect, it } from "vitest";
import { Agent } from "../agent/agent.ts";
import { wasmEngine } from "../engines/wasm/index.ts";
import { RandomStream } from "../random/index.ts";
import { Foraging } from "./foraging.ts";
import { contains } from "./spaces.ts";
import type { VectorEnv, VectorStepResult } from "./vector/vector-env.ts";
import { guard } from "./wrappers/guard-vector.ts";

const SIZE = 9;

/** What a step told, as copies. */
function copied({ observations, rewards, terminated, truncated, wasReset, absent }: VectorStepResult) {
  return {
    observations: [...observations],
    rewards: [...rewards],
    terminated: [...terminated],
    truncated: [...truncated],
    wasReset: [...wasReset],
    absent: [...absent!],
  };
}

async function played(env: VectorEnv, steps: number, seed = 1) {
  const random = new RandomStream(seed, "actions");
  const actions = new Float64Array(2 * env.count);
  const told: ReturnType<typeof copied>[] = [];
  for (let i = 0; i < steps; i++) {
    for (let j = 0; j < actions.length; j++) actions[j] = random.uniformBetween(-1, 1);
    told.push(copied(await env.step(actions)));
  }
  return told;
}

describe("a meadow", () => {
  it("is the same for the same seed, and goes on from its state to the bit", async () => {
    const [a, b] = [new Foraging(), new Foraging()];
    await a.reset({ seed: 5 });
    await b.reset({ seed: 5 });
    const first = await played(a, 300);
    expect(await played(b, 300)).toEqual(first);
    const other = new Foraging();
    other.restore(structuredClone(a.state()));
    expect(await played(other, 300, 2)).toEqual(await played(a, 300, 2));
  });

  it("has every second place taken at first; later bodies come in where one is free, at rest on the rim", async () => {
    const env = new Foraging({ bodies: 6 });
    const { absent, observations } = await env.reset({ seed: 2 });
    expect([...absent!]).toEqual([0, 1, 0, 1, 0, 1]);
    expect([...observations.subarray(SIZE, 2 * SIZE)]).toEqual(Array(SIZE).fill(0));
    const told = await played(env, 2000);
    let arrivals = 0;
    told.forEach((now, t) => {
      const before = t === 0 ? [0, 1, 0, 1, 0, 1] : told[t - 1]!.absent;
      for (let i = 0; i < 6; i++) {
        const row = now.observations.slice(i * SIZE, (i + 1) * SIZE);
        expect(contains(env.observationSpace, row)).toBe(true);
        const isNew = now.wasReset[i] === 1 && now.absent[i] === 0;
        if (isNew) {
          arrivals += 1;
          const [x, y, vx, vy] = row as [number, number, number, number];
          expect(Math.max(Math.abs(x), Math.abs(y))).toBe(1);
          expect([vx, vy, row[8]]).toEqual([0, 0, 0]);
        }
        // Nobody is there: nothing is paid, and the place counts as being reset.
        if (now.absent[i] === 1) {
          expect([now.wasReset[i], now.rewards[i], now.terminated[i], now.truncated[i]]).toEqual([
            1, 0, 0, 0,
          ]);
        }
        // Somebody stays exactly as long as no end was told.
        const ended = t > 0 && told[t - 1]!.terminated[i]! + told[t - 1]!.truncated[i]! > 0;
        if (before[i] === 0) expect(now.wasReset[i]).toBe(ended ? 1 : 0);
      }
    });
    expect(arrivals).toBeGreaterThan(50);
  });

  it("lets a body that never eats starve after 60 steps", async () => {
    const env = new Foraging({ bodies: 1, plants: 1 });
    await env.reset({ seed: 3 });
    const start = env.state();
    // The plant is out of reach of a body that does not move.
    env.restore({ ...start, plants: Float64Array.of(0, 0), position: Float64Array.of(1, 1) } as never);
    for (let t = 1; t <= 60; t++) {
      const { terminated, observations } = await env.step([0, 0]);
      expect(terminated[0]).toBe(t === 60 ? 1 : 0);
      expect(observations[8]).toBeCloseTo(t / 60, 6);
    }
    const { absent, wasReset } = await env.step([0, 0]);
    expect(wasReset[0]).toBe(1);
    expect([0, 1]).toContain(absent![0]);
  });

  it("pays 1 for a meal and the way towards it", async () => {
    const env = new Foraging({ bodies: 1, plants: 1 });
    await env.reset({ seed: 3 });
    env.restore({
      ...env.state(),
      plants: Float64Array.of(0.5, 0),
      position: Float64Array.of(0.2, 0),
      velocity: Float64Array.of(0, 0),
    } as never);
    // v = 0.2, p = 0.22; v = 0.38, p = 0.258; …: nearer by 0.02, then by 0.038.
    expect((await env.step([1, 0])).rewards[0]).toBeCloseTo(0.02, 10);
    expect((await env.step([1, 0])).rewards[0]).toBeCloseTo(0.038, 10);
    let meal = 0;
    for (let t = 0; t < 10 && meal < 1; t++) meal = (await env.step([1, 0])).rewards[0]!;
    expect(meal).toBeGreaterThan(1);
    expect(meal).toBeLessThan(1.2);
  });

  it("refuses a mask, a wrong number of actions, and no bodies", async () => {
    const env = new Foraging();
    await env.reset({ seed: 1 });
    await expect(env.reset({ mask: [1] })).rejects.toThrow("its rows are bodies in one world");
    await expect(env.step([0])).rejects.toThrow("Expected 16 numbers");
    expect(() => new Foraging({ bodies: 0 })).toThrow("Expected bodies");
  });
});

it("a learner counts and keeps the steps of those who are there, each life by itself", async () => {
  const env = new Foraging({ bodies: 6 });
  await using agent = await Agent.create(guard(env), {
    engine: await wasmEngine(),
    ownsEngine: true,
    hidden: [16, 16],
    batchSize: 16,
    seed: 1,
  });
  for await (const _ of agent.learn({ totalTimesteps: 1500 }));
  const { replay, steps } = await agent.state();
  expect(replay!.size).toBe(steps);
  const { rows, width } = replay!;
  let ends = 0;
  for (let at = 0; at < rows.length; at += width) {
    const [now, next] = [rows.subarray(at, at + SIZE), rows.subarray(at + SIZE, at + 2 * SIZE)];
    // Nobody moves further than its next velocity takes it, hungers by more than a step, or has no place at all.
    for (let k = 0; k < 2; k++) expect(Math.abs(next[k]! - now[k]!)).toBeLessThan(0.2001);
    expect(next[8] === 0 || Math.abs(next[8]! - now[8]! - 1 / 60) < 1e-6).toBe(true);
    if (rows[at + width - 1] === 1) {
      ends += 1;
      expect(next[8]).toBe(1);
    }
  }
  expect(ends).toBeGreaterThan(5);
});
