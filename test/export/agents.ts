// Agents that have learned a little, the observations that they will be asked about, and what they answer.

import { Agent } from "../../src/agent/agent.ts";
import type { AgentOptions } from "../../src/agent/agent-options.ts";
import { presets } from "../../src/agent/presets.ts";
import { wasmEngine } from "../../src/engines/wasm/index.ts";
import { type Env, makeEnv } from "../../src/envs/index.ts";
import { type Policy, policyOf } from "../../src/export/index.ts";
import { RandomStream } from "../../src/random/index.ts";
import { ChoosingEnv } from "../agent/choosing-env.ts";

export interface Exported {
  readonly policy: Policy;
  readonly observations: readonly Float32Array[];
  /** The agent's deterministic actions, one an observation. */
  readonly actions: readonly (readonly number[])[];
}

/** After some hundred steps; a policy that has learned nothing would hardly tell its observations apart. */
export async function exported(
  env: Env,
  options: Partial<AgentOptions> = {},
  steps = 600,
): Promise<Exported> {
  await using agent = await Agent.create(env, {
    engine: await wasmEngine(),
    ownsEngine: true,
    seed: 4,
    learningRate: 3e-3,
    ...options,
  });
  for await (const _ of agent.learn({ totalTimesteps: steps }));
  const random = new RandomStream(9, "observations");
  const { low, high } = env.observationSpace;
  const observations = Array.from({ length: 1000 }, () =>
    Float32Array.from(low, (least, i) =>
      Number.isFinite(least) ? random.uniformBetween(least, high[i]!) : 2 * random.normal(),
    ),
  );
  return {
    policy: policyOf(await agent.state({ replay: false })),
    observations,
    actions: observations.map((observation) => agent.predict(observation, { deterministic: true })),
  };
}

export const cases: readonly { readonly name: string; make(): Promise<Exported> }[] = [
  { name: "Pendulum", make: () => exported(makeEnv("Pendulum-v1"), { hidden: [64, 64], batchSize: 32 }) },
  {
    name: "PointMass, normalized, unequal layers",
    make: () =>
      exported(makeEnv("tempered/PointMass-v0"), {
        hidden: [40, 24, 8],
        batchSize: 16,
        normalizeObservation: true,
      }),
  },
  { name: "CartPole", make: () => exported(makeEnv("CartPole-v1"), { hidden: [32, 32], batchSize: 32 }) },
  {
    name: "two choices at once",
    make: () => exported(new ChoosingEnv([3, 4], [0, -1]), { hidden: [16, 24], batchSize: 16 }, 300),
  },
  {
    name: "CrossQ, whose batch renorm the dense layers take in",
    make: () =>
      exported(makeEnv("Pendulum-v1"), {
        ...presets.crossq,
        hidden: [32, 24],
        criticHidden: [32],
        batchSize: 32,
      }),
  },
  {
    name: "SimBa, normalized",
    make: () =>
      exported(makeEnv("Pendulum-v1"), {
        ...presets.simba,
        hidden: [16, 16],
        criticHidden: [24],
        batchSize: 32,
      }),
  },
  {
    name: "SimBa with batch renorm",
    make: () =>
      exported(
        makeEnv("Pendulum-v1"),
        { residual: true, batchRenorm: true, hidden: [24], batchSize: 32 },
        300,
      ),
  },
  { name: "HalfCheetah, 2 × 256", make: () => exported(makeEnv("HalfCheetah-v5"), { batchSize: 32 }, 300) },
];
