// The front door: an agent in one call, with an engine chosen for it, and back again from the disk.

import { chooseEngine, type EngineChoice } from "../engines/choose.ts";
import type { Engine } from "../engines/engine.ts";
import type { Env } from "../envs/env.ts";
import { guard, makeEnv } from "../envs/index.ts";
import type { VectorEnv } from "../envs/vector/vector-env.ts";
import { Agent, type AgentOptions } from "./agent.ts";

export interface SacCreateOptions extends Omit<AgentOptions, "engine" | "ownsEngine" | "parts"> {
  /** An engine of yours, which the agent then leaves alone, or which to choose. Default "auto". */
  readonly engine?: Engine | NonNullable<EngineChoice["engine"]>;
  /** Threads for an engine chosen here. Default 1. */
  readonly threads?: number;
}

export const SAC = {
  /**
   * A fresh agent for `env`, which may be several that step together. NaN, infinite or out-of-space observations and rewards stop learning with an error.
   * @throws TemperedError for an environment, hyperparameter or temperature that cannot work, with what would
   */
  create(env: Env | VectorEnv, { engine, threads, ...options }: SacCreateOptions = {}): Promise<Agent> {
    return withEngine({ engine, threads }, (running) => Agent.create(guard(env), { ...options, ...running }));
  },

  /**
   * The agent that `agent.save(directory)` left there (Node only). The replay buffer is not saved.
   * @param env the environment to act in; by default a new one of the id that it learned in
   * @throws TemperedError (NO_AGENT, SNAPSHOT, SAFETENSORS)
   */
  async load(
    directory: string,
    { env, engine, threads }: { env?: Env | VectorEnv } & Pick<SacCreateOptions, "engine" | "threads"> = {},
  ): Promise<Agent> {
    const { readAgentState } = await import("./agent-files.node.ts");
    const state = readAgentState(directory);
    const world = guard(env ?? makeEnv(state.env));
    return withEngine({ engine, threads }, (running) => Agent.restore(world, state, running));
  },
};

/** Makes an agent with the engine given, or with one chosen here that is disposed with the agent. */
async function withEngine(
  { engine = "auto", threads = 1 }: { engine: SacCreateOptions["engine"]; threads: number | undefined },
  make: (running: { engine: Engine; ownsEngine: boolean }) => Promise<Agent>,
): Promise<Agent> {
  if (typeof engine === "object") return make({ engine, ownsEngine: false });
  const chosen = await chooseEngine({ engine, threads });
  try {
    return await make({ engine: chosen, ownsEngine: true });
  } catch (error) {
    await chosen.dispose();
    throw error;
  }
}
