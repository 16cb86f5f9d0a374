// The front door: an agent in one call, with an engine chosen for it, and back again from the disk.

import { chooseEngine, type EngineChoice } from "../engines/choose.ts";
import type { Engine } from "../engines/engine.ts";
import type { Work } from "../engines/threads.ts";
import { hasFused } from "../engines/wasm/arithmetic.ts";
import { assertPlayable, assertShape } from "../envs/check/check-env.ts";
import type { AnySpace } from "../envs/composite-spaces.ts";
import type { Env } from "../envs/env.ts";
import { isVectorEnv, type VectorEnv } from "../envs/vector/vector-env.ts";
import { withRows } from "../envs/wrappers/flatten-observation.ts";
import { guard } from "../envs/wrappers/guard.ts";
import { Agent } from "./agent.ts";
import type { AgentOptions } from "./agent-options.ts";
import type { AgentState } from "./agent-state.ts";
import { agentStorage } from "./agent-storage.ts";
import { changedOptions } from "./changed-options.ts";
import { hyperparameters } from "./options.ts";
import { workIn } from "./work.ts";

/** What `SAC.create` takes: hyperparameters, temperature, seed, engine. */
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
  /**
   * Resets the environment and takes three random steps, to refuse answers that nobody could learn from before anything is
   * learned. Default true; false for a machine that must not move by itself.
   */
  readonly check?: boolean;
}

/** What may be given anew to an agent that is loaded; all else is as it was saved. */
export interface SacLoadOptions extends Omit<SacCreateOptions, "seed" | "check"> {
  /** The environment to act in. Default: a new one of the id that it learned in. */
  readonly env?: World;
}

/** One environment, or several that step together, or the id of one that tempered brings. */
export type World = Env<AnySpace> | VectorEnv | string;

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
    const played = await worldOf(env);
    if (check && !isVectorEnv(played)) await assertPlayable(played);
    const world = guard(played);
    const { seed: _, temperature: __, ...learning } = options;
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
    return revived(await readAgentState(name), options);
  },

  /**
   * The agent that `agent.toBytes()` gave; settings as in `load`.
   * @throws TemperedError (NO_AGENT, SNAPSHOT, SAFETENSORS) for bytes that are not what it gave, bit by bit; (LOAD_OPTIONS)
   */
  async fromBytes(bytes: Uint8Array | ArrayBuffer, options: SacLoadOptions = {}): Promise<Agent> {
    const { decodeAgent } = await import("./agent-bytes.ts");
    return revived(decodeAgent(bytes), options);
  },
};

async function revived(
  state: AgentState,
  { env, engine, threads, arithmetic, ...options }: SacLoadOptions,
): Promise<Agent> {
  const changed = changedOptions(state, options);
  const world = guard(await worldOf(env ?? state.env));
  // With what it learned with, where that is there.
  const learnedWith = state.arithmetic === "portable" || hasFused() ? state.arithmetic : undefined;
  const work = () => workIn(world, { ...state.hyperparameters, ...changed });
  return withEngine({ engine, threads, arithmetic: arithmetic ?? learnedWith, work }, (running) =>
    Agent.restore(world, state, { ...changed, ...running }),
  );
}

/** @throws EnvError (ENV_CHECK, ENV_UNKNOWN) */
async function worldOf(given: World): Promise<Env | VectorEnv> {
  // Pages with an env of their own need none of the others.
  const world = typeof given === "string" ? (await import("../envs/registry.ts")).makeEnv(given) : given;
  assertShape(world);
  return isVectorEnv(world as Env | VectorEnv) ? (world as VectorEnv) : withRows(world as Env<AnySpace>);
}

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
