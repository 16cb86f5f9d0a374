// The front door: an agent in one call, with an engine chosen for it, and back again from the disk.

import { assertPlayable } from "../envs/check/playable.ts";
import { isVectorEnv } from "../envs/vector/vector-env.ts";
import { Agent } from "./agent.ts";
import { agentStorage } from "./agent-storage.ts";
import { withEngine } from "./chosen-engine.ts";
import { hyperparameters, unknownHyperparameter, unknownIn } from "./options.ts";
import type { SacCreateOptions, SacLoadOptions } from "./sac-options.ts";
import { workIn } from "./work.ts";
import { guarded, type World, worldOf } from "./world.ts";

export type { SacCreateOptions, SacLoadOptions } from "./sac-options.ts";
export type { World } from "./world.ts";

/** Makes agents: new ones by `create`, saved ones by `load`. */
export const SAC = {
  /**
   * A fresh agent for `env`. Observations that are no box are flattened. NaN, infinite or out-of-space observations and
   * rewards stop learning with an error.
   * @throws TemperedError for an environment (ENV_CHECK), hyperparameter or temperature that cannot work, with what would
   */
  async create(
    env: World,
    { engine, threads, arithmetic, check = true, ...options }: SacCreateOptions = {},
  ): Promise<Agent> {
    const { seed: _, temperature: __, ...learning } = options;
    const unknown = unknownIn(learning);
    if (unknown !== undefined) {
      const { unsupported } = await import("./unsupported.ts");
      throw unknownHyperparameter(unknown, unsupported(unknown));
    }
    const played = await worldOf(env);
    if (check && !isVectorEnv(played)) await assertPlayable(played);
    const world = await guarded(played);
    const work = () => workIn(world, hyperparameters(learning));
    return withEngine({ engine, threads, arithmetic, work }, (running) =>
      Agent.create(world, { ...options, ...running }),
    );
  },

  /**
   * The agent that `agent.save(name)` left, with its replay buffer where that was saved too. Settings given take the place
   * of the saved ones, for what it learns from now on; those that its networks or its statistics are made of cannot change.
   * @param name a directory in Node; in a browser the name in its private file system
   * @throws TemperedError (NO_AGENT, SNAPSHOT, SAFETENSORS); (LOAD_OPTIONS) for a setting that cannot change
   */
  async load(name: string, options: SacLoadOptions = {}): Promise<Agent> {
    const { readAgentState } = await agentStorage();
    const { revived } = await import("./revived.ts");
    return revived(await readAgentState(name), options);
  },

  /**
   * The agent that `agent.toBytes()` gave; settings as in `load`.
   * @throws TemperedError (NO_AGENT, SNAPSHOT, SAFETENSORS) for bytes that are not what it gave, bit by bit; (LOAD_OPTIONS)
   */
  async fromBytes(bytes: Uint8Array | ArrayBuffer, options: SacLoadOptions = {}): Promise<Agent> {
    const { decodeAgent } = await import("./agent-bytes.ts");
    const { revived } = await import("./revived.ts");
    return revived(decodeAgent(bytes), options);
  },
};
