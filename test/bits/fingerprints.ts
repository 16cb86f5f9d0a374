// Two runs whose every bit is told by a hash, to be made in any runtime: a thousand updates on random data, and a
// thousand and a half steps of learning Pendulum, environment, exploration and replay included.

import { Agent } from "../../src/agent/agent.ts";
import type { Learner } from "../../src/agent/learner.ts";
import type { Arithmetic } from "../../src/engines/engine.ts";
import { wasmEngine } from "../../src/engines/wasm/index.ts";
import type { Env } from "../../src/envs/env.ts";
import { makeEnv } from "../../src/envs/registry.ts";
import { RandomStream } from "../../src/random/index.ts";
import { stateNames } from "../agent/learner.ts";
import { freshLearner } from "./fresh-learner.ts";

export interface Fingerprints {
  readonly arithmetic: Arithmetic;
  /** Threads that were used; fewer than asked for where memory cannot be shared. */
  readonly threads: number;
  /** SHA-256 of all states after 1,000 updates. */
  readonly updates: string;
  /** SHA-256 of all states, and of all rewards, after 1,500 steps of Pendulum-v1. */
  readonly pendulum: string;
}

export async function fingerprints(threads: number, arithmetic: Arithmetic): Promise<Fingerprints> {
  const engine = await wasmEngine({ threads, arithmetic });
  const prints = {
    arithmetic: engine.arithmetic,
    threads: engine.threads,
    updates: await afterUpdates(engine),
    pendulum: await afterPendulum(engine),
  };
  await engine.dispose();
  return prints;
}

type WasmEngine = Awaited<ReturnType<typeof wasmEngine>>;

async function afterUpdates(engine: WasmEngine): Promise<string> {
  // Hidden layers as wide as by default; 17, 6 and 22 are no multiples of a tile.
  const [observationSize, actionSize, batchSize] = [17, 6, 22];
  const spec = { observationSize, actionSize, batchSize, hidden: [256, 256], tau: 0.005 };
  const random = new RandomStream(1, "bits");
  const { learner, batch, noise } = await freshLearner(engine, spec, random);
  for (let i = 0; i < 1000; i++) {
    for (const array of [batch.observation, batch.nextObservation, batch.reward]) random.fillNormal(array);
    for (const array of [noise.noise, noise.nextNoise]) random.fillNormal(array);
    for (let j = 0; j < batch.action.length; j++) batch.action[j] = random.uniformBetween(-1, 1);
    for (let j = 0; j < batchSize; j++) batch.discount[j] = random.below(20) === 0 ? 0 : 0.99;
    await learner.update(batch, noise, i);
  }
  const hash = await sha256(await statesOf(learner));
  await learner.dispose();
  return hash;
}

async function afterPendulum(engine: WasmEngine): Promise<string> {
  const env = makeEnv("Pendulum-v1");
  const rewards: number[] = [];
  const recorded: Env = {
    id: env.id,
    observationSpace: env.observationSpace,
    actionSpace: env.actionSpace,
    reset: (options) => env.reset(options),
    async step(action) {
      const result = await env.step(action);
      rewards.push(result.reward);
      return result;
    },
  };
  const agent = await Agent.create(recorded, { engine, seed: 7, hidden: [40, 40], batchSize: 32 });
  for await (const _ of agent.learn({ totalTimesteps: 1500 })) void _;
  const states = await statesOf(agent.learner);
  await agent.learner.dispose();
  return sha256([...states, new Float64Array(rewards)]);
}

function statesOf(learner: Learner): Promise<Float32Array[]> {
  return Promise.all(stateNames(learner).map((name) => learner.program.readState(name)));
}

async function sha256(arrays: readonly (Float32Array | Float64Array)[]): Promise<string> {
  const bytes = new Uint8Array(arrays.reduce((total, { byteLength }) => total + byteLength, 0));
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
