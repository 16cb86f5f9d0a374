// The doctor on runs that went on: silent where everything was kept, and not where α was dropped on purpose.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { Agent } from "../../src/agent/agent.ts";
import { rowOf } from "../../src/agent/metrics-row.ts";
import { diagnose } from "../../src/doctor/index.ts";
import { wasmEngine } from "../../src/engines/wasm/index.ts";
import { makeEnv } from "../../src/envs/index.ts";
import { readPaths } from "../../src/runs/readers/find-logs.node.ts";
import { init, temperatureSettings } from "../../src/sac/temperature.ts";

import { RunDirectory } from "../../src/training/run-directory.ts";

const scratch = mkdtempSync(join(tmpdir(), "tempered-reset-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A run that is saved and goes on after half of its steps. @returns what the doctor finds in its log */
async function findings(name: string, dropAlpha: boolean): Promise<readonly string[]> {
  const engine = await wasmEngine();
  const learningRate = 3e-3;
  const options = { hidden: [16, 16], batchSize: 32, seed: 2, temperature: { learningRate } };
  const run = await RunDirectory.create(join(scratch, name), {
    env: "Pendulum-v1",
    seed: 2,
    engine: "wasm",
    config: {},
    declared: {
      actionDim: 1,
      targetEntropy: -1,
      alphaLearningRate: learningRate,
      lossForm: "log-alpha",
      updatesPerStep: 1,
    },
  });
  const learn = async (agent: Agent) => {
    for await (const metrics of agent.learn({ totalTimesteps: 1500 })) {
      run.log(
        metrics.step,
        rowOf(metrics, {
          seconds: 1,
          learningRate: 3e-4,
          tuned: true,
          updated: metrics.updates > 0,
        }),
      );
    }
  };
  await using first = await Agent.create(makeEnv("Pendulum-v1"), { ...options, engine });
  await learn(first);
  const state = await first.state();
  const dropped = { ...state.learner, temperature: init(temperatureSettings({}, 1)) };
  await using second = await Agent.restore(
    makeEnv("Pendulum-v1"),
    dropAlpha ? { ...state, learner: dropped } : state,
    { engine },
  );
  await learn(second);
  run.close();
  const { series } = await readPaths([join(scratch, name)]);
  return diagnose(series[0]!).findings.map(({ id }) => id);
}

it("a resumed run shows no reset of α; one whose α was dropped does", async () => {
  expect(await findings("kept", false)).not.toContain("alpha-reset");
  expect((await findings("dropped", true))[0]).toBe("alpha-reset");
});
