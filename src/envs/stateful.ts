// Everything that decides an env's future as a value, so that an episode can go on elsewhere to the bit: its physics, its
// random stream, how far the episode has come. Not every env can tell it; those of Python cannot.

import type { RandomState } from "../random/index.ts";
import { EnvError } from "./errors.ts";

/** What a state is made of. Numbers must be finite to survive JSON; what must survive to the bit is a typed array. */
export type StateValue =
  | number
  | string
  | boolean
  | Float64Array
  | Uint8Array
  | RandomState
  | EnvState
  | readonly StateValue[];

/** Plain data: survives a structured clone. */
export interface EnvState {
  /** The env's id. */
  readonly env: string;
  readonly [part: string]: StateValue;
}

/** What an `Env` or a `VectorEnv` has in addition where its state can be told. */
export interface Stateful {
  /** False where what is inside cannot tell its state. Default true. */
  readonly canRestore?: boolean;
  /** A copy. Between a reset or a step and the next one. */
  state(): EnvState;
  /**
   * Goes to where the state was taken; the observation is the one that followed then.
   * @throws EnvError (ENV_STATE) for a state of another env
   */
  restore(state: EnvState): void | Promise<void>;
}

export function isStateful<T extends object>(env: T): env is T & Stateful {
  const { state, restore, canRestore } = env as Partial<Stateful>;
  return typeof state === "function" && typeof restore === "function" && canRestore !== false;
}

/** `env` as one that can tell its state. @throws EnvError (ENV_STATE) */
export function stateful(env: { readonly id: string }): Stateful {
  if (isStateful(env)) return env;
  throw new EnvError(
    "ENV_STATE",
    `Expected an environment that can tell its state, got ${env.id}, which has no state() and restore(); ` +
      "begin a new episode instead, or give it both",
  );
}

/**
 * `state` with its parts, as an env that knows what they are reads them.
 * @param part one that its own states have and others do not
 * @throws EnvError (ENV_STATE)
 */
export function stateOf<T>(id: string, state: EnvState, part: keyof T & string): T {
  if (state?.env === id && part in state) return state as T;
  const got = state?.env === id ? "one of another wrapping of it" : `one of ${JSON.stringify(state?.env)}`;
  throw new EnvError(
    "ENV_STATE",
    `Expected a state of ${id}, got ${got}; restore it into an env made as the one that it was taken from`,
  );
}
