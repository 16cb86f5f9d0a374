// The front door: an agent in one call, with an engine chosen for it, and back again from the disk.

import { chooseEngine, type EngineChoice } from "../engines/choose.ts";
import type { Engine } from "../engines/engine.ts";
import type { Work } from "../engines/threads.ts";
import { hasFused } from "../engines/wasm/arithmetic.ts";
import type { Env } from "../envs/env.ts";
import { guard, makeEnv } from "../envs/index.ts";
import type { VectorEnv } from "../envs/vector/vector-env.ts";
import { Agent, type AgentOptions } from "./agent.ts";
import { hyperparameters } from "./options.ts";
import { workIn } from "./work.ts";

export interface SacCreateOptions extends Omit<AgentOptions, "engine" | "ownsEngine" | "parts"> {
  /** An engine of yours, which the agent then leaves alone, or which to choose. Default "auto". */
  readonly engine?: Engine | NonNullable<EngineChoice["engine"]>;
  /** Threads for an engine chosen here. Default "auto": as many as pay for the batch and the networks on this machine. */
  readonly threads?: EngineChoice["threads"];
  /**
   * How a wasm engine chosen here adds up products. Default "auto": fused multiply-add where the runtime and the processor
   * have it, else portable, which is the same to the bit on every machine.
   */
  readonly arithmetic?: EngineChoice["arithmetic"];
}

export const SAC = {
  /**
   * A fresh agent for `env`, which may be several that step together. NaN, infinite or out-of-space observations and rewards stop learning with an error.
   * @throws TemperedError for an environment, hyperparameter or temperature that cannot work, with what would
   */
  async create(
    env: Env | VectorEnv,
    { engine, threads, arithmetic, ...options }: SacCreateOptions = {},
  ): Promise<Agent> {
    const world = guard(env);
    const { seed: _, temperature: __, ...learning } = options;
    const work = () => workIn(world, hyperparameters(learning));
    return withEngine({ engine, threads, arithmetic, work }, (running) =>
      Agent.create(world, { ...options, ...running }),
    );
  },

  /**
   * The agent that `agent.save(directory)` left there (Node only). The replay buffer is not saved.
   * @param env the environment to act in; by default a new one of the id that it learned in
   * @param arithmetic Default: the one that it learned with, where that is there
   * @throws TemperedError (NO_AGENT, SNAPSHOT, SAFETENSORS)
   */
  async load(
    directory: string,
    {
      env,
      engine,
      threads,
      arithmetic,
    }: { env?: Env | VectorEnv } & Pick<SacCreateOptions, "engine" | "threads" | "arithmetic"> = {},
  ): Promise<Agent> {
    const { readAgentState } = await import("./agent-files.node.ts");
    const state = readAgentState(directory);
    const world = guard(env ?? makeEnv(state.env));
    const learnedWith = state.arithmetic === "portable" || hasFused() ? state.arithmetic : undefined;
    const work = () => workIn(world, state.hyperparameters);
    return withEngine({ engine, threads, arithmetic: arithmetic ?? learnedWith, work }, (running) =>
      Agent.restore(world, state, running),
    );
  },
};

/** Makes an agent with the engine given, or with one chosen here that is disposed with the agent. */
async function withEngine(
  {
    engine = "auto",
    threads = "auto",
    arithmetic = "auto",
    work,
  }: {
    [N in "engine" | "threads" | "arithmetic"]: SacCreateOptions[N] | undefined;
  } & { work: () => Work },
  make: (running: { engine: Engine; ownsEngine: boolean }) => Promise<Agent>,
): Promise<Agent> {
  if (typeof engine === "object") return make({ engine, ownsEngine: false });
  const chosen = await chooseEngine({ engine, threads, arithmetic, work: work() });
  try {
    return await make({ engine: chosen, ownsEngine: true });
  } catch (error) {
    await chosen.dispose();
    throw error;
  }
}
