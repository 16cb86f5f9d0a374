// Everything that decides an env's future as a value, so that an episode can go on elsewhere to the bit: its physics, its
// random stream, how far the episode has come. Not every env can tell it; those of Python cannot.

import type { RandomState } from "../random/index.ts";
import { EnvError } from "./errors.ts";

/**
 * What a state is made of. Numbers outside arrays are finite, so that JSON keeps every bit of them (−0 loses its sign);
 * numbers that may be anything else are in a typed array.
 */
export type StateValue =
  | number
  | string
  | boolean
  | Float64Array
  | Float32Array
  | Uint8Array
  | RandomState
  | StateParts
  | readonly StateValue[];

/** The parts of an environment's state by name. */
export interface StateParts {
  readonly [part: string]: StateValue;
}

/** Plain data: survives a structured clone, and JSON but for the typed arrays. */
export interface EnvState extends StateParts {
  /** The env's id. */
  readonly env: string;
}

/** What an `Env` or a `VectorEnv` has in addition where its state can be told. */
export interface Stateful {
  /** False where what is inside cannot tell its state. Default true. */
  readonly canRestore?: boolean;
  /** A copy. Between a reset or a step and the next one. */
  state(): EnvState;
  /**
   * Goes to where the state was taken; the observation is the one that followed then.
   * @throws EnvError (ENV_STATE) for a state of another env, another wrapping or another format
   */
  restore(state: EnvState): void | Promise<void>;
}

/** Whether the environment can give its state away and take one back. */
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

/** Changes when states of our envs change what they hold. */
const FORMAT = 1;

/** A state of the env with that id. */
export function stateOf<T extends StateParts>(id: string, parts: T): T & { env: string; format: number } {
  return { env: id, format: FORMAT, ...parts };
}

/**
 * `state`, if it is made as `own`: the same env and format, and every part of `own` with its type, names and lengths.
 * @param own a state of the env that is to be restored
 * @throws EnvError (ENV_STATE)
 */
export function stateLike<T extends EnvState>(own: T, state: EnvState): T {
  for (const [part, value] of Object.entries(own)) {
    const wrong = difference(part, value, state?.[part]);
    if (wrong === undefined) continue;
    throw new EnvError(
      "ENV_STATE",
      `Expected a state of ${own.env}, got one ${wrong}; restore it into an env made as the one that it was taken from`,
    );
  }
  return state as T;
}

/** How `got` differs in kind from `own`; undefined where it does not. Strings are names, so they must be equal. */
function difference(path: string, own: StateValue, got: unknown): string | undefined {
  const [expectedType, gotType] = [typeOf(own), typeOf(got)];
  if (gotType !== expectedType) return `whose ${path} is ${said(got)} instead of ${said(own)}`;
  if (typeof own === "string" || path === "format") {
    return own === got ? undefined : `whose ${path} is ${said(got)} instead of ${said(own)}`;
  }
  if (typeof own === "number") {
    return Number.isFinite(got) ? undefined : `whose ${path} is ${got} instead of a finite number`;
  }
  if (typeof own !== "object") return undefined;
  const [size, gotSize] = [own, got as object].map(sizeOf);
  if (gotSize !== size) return `with ${gotSize} instead of ${size} values in ${path}`;
  if (ArrayBuffer.isView(own)) return undefined;
  for (const [part, value] of Object.entries(own)) {
    const wrong = difference(`${path}.${part}`, value, (got as Record<string, unknown>)[part]);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function sizeOf(value: object): number {
  return ArrayBuffer.isView(value) ? (value as Uint8Array).length : Object.keys(value).length;
}

function typeOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

function said(value: unknown): string {
  return typeof value === "object" && value !== null ? typeOf(value) : (JSON.stringify(value) ?? "missing");
}
