// The front door: an agent in one call, with an engine chosen for it, and back again from the disk.

import { chooseEngine, type EngineChoice } from "../engines/choose.ts";
import type { Engine } from "../engines/engine.ts";
import type { Env } from "../envs/env.ts";
import { guard, makeEnv } from "../envs/index.ts";
import { Agent } from "./agent.ts";
import type { SacOptions } from "./options.ts";

export interface SacCreateOptions extends SacOptions {
  /** An engine of yours, which the agent then leaves alone, or which to choose. Default "auto". */
  readonly engine?: Engine | NonNullable<EngineChoice["engine"]>;
  /** Threads for an engine chosen here. Default 1. */
  readonly threads?: number;
}

/** An agent that disposes the engine that was chosen for it. */
class OwnedAgent {
  static async with<T extends Agent>(choice: SacCreateOptions["engine"], threads: number, make: (engine: Engine) => Promise<T>): Promise<T> {
    if (typeof choice === "object") return make(choice);
    const engine = await chooseEngine({ engine: choice ?? "auto", threads });
    try {
      const agent = await make(engine);
      agent.disposeWith(engine);
      return agent;
    } catch (error) {
      await engine.dispose();
      throw error;
    }
  }
}

export const SAC = {
  /**
   * A fresh agent for `env`. NaN, infinite or out-of-space observations and rewards stop learning with an error.
   * @throws TemperedError for an environment, hyperparameter or temperature that cannot work, with what would
   */
  create(env: Env, { engine, threads = 1, ...options }: SacCreateOptions = {}): Promise<Agent> {
    return OwnedAgent.with(engine, threads, (chosen) => Agent.create(guard(env), { ...options, engine: chosen }));
  },

  /**
   * The agent that `agent.save(directory)` left there (Node only). The replay buffer is not saved.
   * @param env the environment to act in; by default a new one of the id that it learned in
   * @throws TemperedError (NO_AGENT, SNAPSHOT, SAFETENSORS)
   */
  async load(
    directory: string,
    { env, engine, threads = 1 }: { env?: Env } & Pick<SacCreateOptions, "engine" | "threads"> = {},
  ): Promise<Agent> {
    const { loadAgent, readAgentManifest } = await import("./agent-files.node.ts");
    const world = env ?? (await makeEnv(readAgentManifest(directory).env));
    return OwnedAgent.with(engine, threads, (chosen) => loadAgent(directory, { engine: chosen, env: guard(world) }));
  },
};
