// The front door: an agent in one call, with an engine chosen for it, and back again from the disk.

import { chooseEngine, type EngineChoice } from "../engines/choose.ts";
import type { Engine } from "../engines/engine.ts";
import type { Env } from "../envs/env.ts";
import type { VectorEnv } from "../envs/vector/vector-env.ts";
import { guard } from "../envs/wrappers/guard.ts";
import { Agent, type AgentOptions } from "./agent.ts";
import type { AgentState } from "./agent-state.ts";
import { agentStorage } from "./agent-storage.ts";

export interface SacCreateOptions extends Omit<AgentOptions, "engine" | "ownsEngine" | "parts"> {
  /** An engine of yours, which the agent then leaves alone, or which to choose. Default "auto". */
  readonly engine?: Engine | NonNullable<EngineChoice["engine"]>;
  /** Threads for an engine chosen here. Default 1. */
  readonly threads?: number;
}

export interface SacLoadOptions extends Pick<SacCreateOptions, "engine" | "threads"> {
  /** The environment to act in. Default: a new one of the id that it learned in. */
  readonly env?: Env | VectorEnv;
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
   * The agent that `agent.save(name)` left, with its replay buffer where that was saved with it.
   * @param name a directory in Node; in a browser the name in its private file system
   * @throws TemperedError (NO_AGENT, SNAPSHOT, SAFETENSORS)
   */
  async load(name: string, options: SacLoadOptions = {}): Promise<Agent> {
    const { readAgentState } = await agentStorage();
    return revived(await readAgentState(name), options);
  },

  /**
   * The agent that `agent.toBytes()` gave.
   * @throws TemperedError (NO_AGENT, SNAPSHOT, SAFETENSORS) for bytes that are not what it gave, bit by bit
   */
  async fromBytes(bytes: Uint8Array | ArrayBuffer, options: SacLoadOptions = {}): Promise<Agent> {
    const { decodeAgent } = await import("./agent-bytes.ts");
    return revived(decodeAgent(bytes), options);
  },
};

async function revived(state: AgentState, { env, engine, threads }: SacLoadOptions): Promise<Agent> {
  // Pages with an env of their own need none of the others.
  const world = guard(env ?? (await import("../envs/registry.ts")).makeEnv(state.env));
  return withEngine({ engine, threads }, (running) => Agent.restore(world, state, running));
}

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
