// Learning that stops and goes on is learning that never stopped: in the same agent, and in one restored from a state that
// was taken at any moment, on every engine.

import { afterAll, describe, expect, it } from "vitest";
import { DriftingEnv, LateEnv } from "../../test/agent/drifting-env.ts";
import type { Engine } from "../engines/engine.ts";
import { onnxruntimeEngine } from "../engines/onnxruntime/index.ts";
import { wasmEngine } from "../engines/wasm/index.ts";
import { makeEnv, SyncVectorEnv } from "../envs/index.ts";
import { Agent } from "./agent.ts";
import type { AgentOptions } from "./agent-options.ts";
import type { AgentState } from "./agent-state.ts";
import type { LearnMetrics } from "./metrics-window.ts";

const options = { hidden: [16, 16], batchSize: 16, learningStarts: 20, seed: 5, bufferSize: 200 };
const made: Agent[] = [];
afterAll(() => Promise.all(made.map((agent) => agent.dispose())));

const envs = (count: number) =>
  count === 1 ? new DriftingEnv() : new SyncVectorEnv(Array.from({ length: count }, () => new DriftingEnv()));

async function agentOn(engine: Engine, count: number, more: Partial<AgentOptions> = {}): Promise<Agent> {
  const agent = await Agent.create(envs(count), { ...options, engine, ...more });
  made.push(agent);
  return agent;
}

async function learn(agent: Agent, totalTimesteps: number, logEvery = 100): Promise<LearnMetrics[]> {
  const reports: LearnMetrics[] = [];
  for await (const report of agent.learn({ totalTimesteps, logEvery })) reports.push(report);
  return reports;
}

const engines = [
  { name: "onnxruntime", threads: 1, make: onnxruntimeEngine },
  { name: "onnxruntime", threads: 2, make: onnxruntimeEngine },
  { name: "wasm", threads: 1, make: wasmEngine },
  { name: "wasm", threads: 2, make: wasmEngine },
];

describe.each(engines)("$name on $threads threads", ({ make, threads }) => {
  it.each([
    [1, {}],
    [4, {}],
    [1, { overlapActing: true, normalizeObservation: true, trainFreq: 3, gradientSteps: 2 }],
    [4, { overlapActing: true, trainFreq: 5, gradientSteps: -1 }],
  ])("%i environments with %j: learn(100) and learn(200) are learn(300)", async (count, more) => {
    const engine = await make({ threads });
    const [whole, parts] = [await agentOn(engine, count, more), await agentOn(engine, count, more)];
    const expected = await learn(whole, 300, 10);
    const first = await learn(parts, 100, 10);
    const second = await learn(parts, whole.steps - parts.steps, 10);
    const scheduled = new Set(expected.map(({ step }) => step));
    expect([...first, ...second].filter(({ step }) => scheduled.has(step))).toEqual(expected);
    expect(await parts.state()).toEqual(await whole.state());
  });
});

describe("a state", () => {
  /** Taken while an agent learns, at moments that a timer chooses. */
  async function statesWhileLearning(agent: Agent, count: number): Promise<AgentState[]> {
    const states: AgentState[] = [];
    const stop = new AbortController();
    const learning = (async () => {
      for await (const _ of agent.learn({ totalTimesteps: 1e6, signal: stop.signal }));
    })();
    while (states.length < count) {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
      states.push(await agent.state());
    }
    stop.abort();
    await learning;
    return states;
  }

  // 304 in all.
  it.each(
    engines.flatMap((engine) => [
      { ...engine, count: 1, overlapActing: false },
      { ...engine, count: 4, overlapActing: true },
    ]),
  )(
    "taken at any moment goes on to the bit ($name, $threads threads, $count environments)",
    async ({ make, threads, count, overlapActing }) => {
      const engine = await make({ threads });
      const late = () =>
        count === 1
          ? new LateEnv(new DriftingEnv())
          : new SyncVectorEnv(Array.from({ length: count }, () => new LateEnv(new DriftingEnv())));
      const whole = await Agent.create(late(), { ...options, overlapActing, engine });
      made.push(whole);
      const states = await statesWhileLearning(whole, 38);
      expect(new Set(states.map(({ steps }) => steps)).size).toBeGreaterThan(15);
      const end = await whole.state();
      for (const state of states) {
        const restored = await Agent.restore(late(), structuredClone(state), { engine });
        await learn(restored, whole.steps - restored.steps);
        expect(await restored.state()).toEqual(end);
        await restored.dispose();
      }
    },
    120_000,
  );

  it("without the replay buffer begins a new episode", async () => {
    const engine = await wasmEngine();
    const agent = await agentOn(engine, 1);
    await learn(agent, 50);
    const { replay, collector, progress, ...state } = await agent.state();
    expect([replay?.size, collector?.lengths.length, progress?.reportedAt]).toEqual([50, 1, 0]);
    expect(await agent.state({ replay: false })).toEqual(state);
    const restored = await Agent.restore(envs(1), state, { engine });
    made.push(restored);
    await learn(restored, 30);
    expect([restored.steps, (await restored.state()).replay?.size]).toEqual([80, 30]);
  });

  it("of another environment is refused", async () => {
    const engine = await wasmEngine();
    const state = await (await agentOn(engine, 1)).state();
    await expect(Agent.restore(makeEnv("Pendulum-v1"), state, { engine })).rejects.toMatchObject({
      code: "SNAPSHOT",
      message: expect.stringContaining("Expected an environment with 2 observations and 2 action dimensions"),
    });
  });
});

it("two calls of learn at once are refused, and the first goes on", async () => {
  const agent = await agentOn(await wasmEngine(), 1);
  const first = agent.learn({ totalTimesteps: 40, logEvery: 10 });
  await first.next();
  await expect(learn(agent, 10)).rejects.toMatchObject({ code: "LEARNING" });
  for await (const _ of first);
  expect(agent.steps).toBe(40);
  await learn(agent, 10);
  expect(agent.steps).toBe(50);
});

it("a loss that is not finite stops learning, and says with which α", async () => {
  const agent = await agentOn(await wasmEngine(), 1, { temperature: { alpha: 1e38 } });
  await expect(learn(agent, 100)).rejects.toMatchObject({
    code: "NOT_FINITE",
    message: expect.stringMatching(/^Expected finite losses, got critic loss .* with α 1e\+38/),
  });
});
