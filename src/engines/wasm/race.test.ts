// Threads and one thread take turns, the faster has most of them, and the results tell nothing of it.

import type { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it, vi } from "vitest";
import { stateNames } from "../../../test/agent/learner.ts";
import { freshLearner } from "../../../test/bits/fresh-learner.ts";
import { RandomStream } from "../../random/index.ts";
import { wasmEngine } from "./index.ts";
import { Race } from "./race.ts";

describe("of two ways to run", () => {
  /** Makes `runs` runs that take as long as `costs` says; the share of those that were made together. */
  function raced(
    race: Race,
    clock: { now: number },
    runs: number,
    costs: { together: number; alone: number },
  ) {
    let together = 0;
    for (let i = 0; i < runs; i++) {
      race.time((isTogether) => {
        if (isTogether) together++;
        clock.now += isTogether ? costs.together : costs.alone;
      });
    }
    return together / runs;
  }
  function begin() {
    const clock = { now: 0 };
    return { clock, race: new Race(() => clock.now) };
  }

  it("threads that pay keep the runs but for a few trials, ever fewer", () => {
    const { clock, race } = begin();
    expect(raced(race, clock, 2000, { together: 1, alone: 1.8 })).toBeGreaterThan(0.97);
    expect(raced(race, clock, 20_000, { together: 1, alone: 1.8 })).toBeGreaterThan(0.998);
  });

  it("threads that wait for each other hand over after the first trial", () => {
    const { clock, race } = begin();
    expect(raced(race, clock, 100, { together: 10, alone: 1 })).toBeCloseTo(0.6, 2);
    expect(raced(race, clock, 20_000, { together: 10, alone: 1 })).toBeLessThan(0.005);
  });

  it("what is within 5% changes nothing", () => {
    const { clock, race } = begin();
    expect(raced(race, clock, 20_000, { together: 1, alone: 0.97 })).toBeGreaterThan(0.99);
  });

  it("threads get the runs back when they pay again", () => {
    const { clock, race } = begin();
    raced(race, clock, 1000, { together: 10, alone: 1 });
    raced(race, clock, 10_000, { together: 1, alone: 1.8 });
    expect(raced(race, clock, 1000, { together: 1, alone: 1.8 })).toBeGreaterThan(0.9);
  });

  it("a run that was interrupted once decides nothing", () => {
    const { clock, race } = begin();
    for (let i = 0; i < 1000; i++) {
      race.time(() => {
        clock.now += i % 10 === 0 ? 500 : 1;
      });
    }
    expect(raced(race, clock, 100, { together: 1, alone: 1.8 })).toBeGreaterThan(0.9);
  });
});

const spec = { observationSize: 5, actionSize: 2, batchSize: 128, hidden: [64, 64], gamma: 0.99, tau: 0.005 };

async function statesAfter(updates: number, options: Parameters<typeof wasmEngine>[0]) {
  const engine = await wasmEngine(options);
  const random = new RandomStream(2, "race");
  const { learner, batch, noise } = await freshLearner(engine, spec, random);
  for (const array of [batch.observation, batch.nextObservation, batch.reward]) random.fillNormal(array);
  for (let i = 0; i < updates; i++) {
    for (const array of [noise.noise, noise.nextNoise]) random.fillNormal(array);
    await learner.update(batch, noise, i);
  }
  const states = await Promise.all(stateNames(learner).map((name) => learner.program.readState(name)));
  const { threads } = engine;
  await learner.dispose();
  await engine.dispose();
  return { threads, states };
}

it("a program that adapts has the bits of one that does not", async () => {
  const alone = await statesAfter(200, { threads: 1 });
  const adapting = await statesAfter(200, { threads: 2, adapts: true });
  expect(adapting.threads).toBe(2);
  expect(adapting.states).toEqual(alone.states);
}, 60_000);

describe("where workers cannot be started", () => {
  afterEach(() => void vi.restoreAllMocks());
  function withoutWorkers() {
    const builtin = process.getBuiltinModule;
    class Failing {
      on(event: string, listen: (error: Error) => void): void {
        if (event === "error") queueMicrotask(() => listen(new Error("none to be had")));
      }
    }
    vi.spyOn(process, "getBuiltinModule").mockImplementation(((name: string) =>
      name === "node:worker_threads"
        ? { Worker: Failing as unknown as typeof Worker }
        : builtin(name)) as typeof builtin);
  }

  it("a program that adapts runs on one thread, and the engine says so", async () => {
    const alone = await statesAfter(3, { threads: 1 });
    withoutWorkers();
    expect(await statesAfter(3, { threads: 2, adapts: true })).toEqual({ threads: 1, states: alone.states });
  });

  it("one that was asked for two threads is refused", async () => {
    withoutWorkers();
    await expect(statesAfter(3, { threads: 2 })).rejects.toMatchObject({ code: "THREAD_LOST" });
  });
});
