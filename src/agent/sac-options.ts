// What making an agent takes, and what loading one does.

import type { EngineChoice } from "../engines/choose.ts";
import type { Engine } from "../engines/engine.ts";
import type { AgentOptions } from "./agent-options.ts";
import type { World } from "./world.ts";

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
