// Others get their turn while an agent that never waits for anything learns or is evaluated.

import { expect, it } from "vitest";
import { CountingEnv } from "../../test/agent/counting-env.ts";
import { evaluate } from "./evaluate.ts";
import { SAC } from "./sac.ts";

/** Runs `work` beside a timer; how often it rang. */
async function beside(work: () => Promise<unknown>): Promise<{ rings: number }> {
  let rings = 0;
  const timer = setInterval(() => {
    rings += 1;
  }, 1);
  await work();
  clearInterval(timer);
  return { rings };
}

it("learning lets timers ring", async () => {
  await using agent = await SAC.create(new CountingEnv(), {
    engine: "wasm",
    hidden: [32, 32],
    learningStarts: 10,
  });
  const { rings } = await beside(async () => {
    const end = performance.now() + 500;
    for await (const _ of agent.learn({ totalTimesteps: 1e9, logEvery: 10 }))
      if (performance.now() > end) break;
  });
  expect(rings).toBeGreaterThanOrEqual(3);
});

it("evaluation lets timers ring, and ends with the signal's reason", async () => {
  const controller = new AbortController();
  const still = { predict: () => [0, 0] };
  const { rings } = await beside(async () => {
    setTimeout(() => controller.abort(new Error("enough")), 300);
    const evaluation = evaluate(still, new CountingEnv(), { episodes: 1e9, signal: controller.signal });
    await expect(evaluation).rejects.toThrow("enough");
  });
  expect(rings).toBeGreaterThanOrEqual(2);
});
