import { describe, expect, it } from "vitest";
import { Pendulum } from "../classic-control/pendulum.ts";
import type { Env, StepResult } from "../env.ts";
import { box, discrete } from "../spaces.ts";
import { ClipAction } from "./clip-action.ts";
import { Echo, LateEcho } from "./echo.fixture.ts";
import { guard } from "./guard-vector.ts";
import { RecordEpisodeStatistics } from "./record-episode-statistics.ts";
import { RescaleAction } from "./rescale-action.ts";
import { TimeLimit } from "./time-limit.ts";
import { unwrapped } from "./wrapper.ts";

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
