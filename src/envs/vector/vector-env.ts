// Several envs of one kind stepped together, or the bodies of one world, their observations, rewards and ends side by side in
// one batch.

import type { Env, Info } from "../env.ts";
import type { BoxSpace, Space } from "../spaces.ts";

/**
 * What happens to an env whose episode ended, as in Gymnasium (https://farama.org/Vector-Autoreset-Mode):
 * - `next-step`: the next step resets it: its action is ignored, its reward is 0, and `wasReset` says so.
 * - `same-step`: it is reset at once; `observations` holds the new episode's first observation, and the env's info is
 *   the reset's with the ended episode's last observation and info in `final_obs` and `final_info`.
 * - `disabled`: the caller resets it, with `reset({ mask })`; stepping it before that is an error.
 */
export type AutoresetMode = "next-step" | "same-step" | "disabled";

/** What a vector's `reset` takes. */
export interface VectorResetOptions {
  /** Env i is seeded with seed[i], or seed + i; without it the random streams go on where they were. */
  readonly seed?: number | readonly number[];
  /** [N] which envs to reset; the others stay as they are. Default: all. */
  readonly mask?: ArrayLike<boolean | number>;
}

/** All arrays are the env's own buffers, overwritten by the next call. */
export interface VectorResetResult {
  /** [N, observation size], row-major */
  readonly observations: Float32Array | Float64Array;
  /** [N] */
  readonly infos: readonly Info[];
  /**
   * [N], 0 or 1: nobody is in this row. Where the rows are places for bodies in one world, bodies come and go: a row whose
   * episode ended may stay empty for a while. Its observation means nothing, its action is ignored, and `wasReset` is 1 until
   * somebody has come (whose first observation is there with the step that brings it). Default: all rows are taken.
   */
  readonly absent?: Uint8Array;
}

export interface VectorStepResult extends VectorResetResult {
  /** [N] */
  readonly rewards: Float64Array;
  /** [N], 0 or 1 */
  readonly terminated: Uint8Array;
  /** [N], 0 or 1 */
  readonly truncated: Uint8Array;
  /**
   * [N], 0 or 1: this step only began a new episode, so there is no transition from the row before to this one.
   * A learner leaves such rows out. Always 0 unless the mode is `next-step`.
   */
  readonly wasReset: Uint8Array;
}

/** Several environments stepped together; one row each. */
export interface VectorEnv {
  readonly id: string;
  /** N */
  readonly count: number;
  /** Of one env. */
  readonly observationSpace: BoxSpace;
  /** What each number of an observation is, where the env says so. */
  readonly observationNames?: readonly string[] | undefined;
  /** Of one env. */
  readonly actionSpace: Space;
  readonly autoreset: AutoresetMode;
  /** Begins an episode in every environment. */
  reset(options?: VectorResetOptions): Promise<VectorResetResult>;
  /** One step of every environment. @param actions [N, action size], in the units of `actionSpace` */
  step(actions: ArrayLike<number>): Promise<VectorStepResult>;
  /** Closes every environment. */
  close(): Promise<void>;
}

/** The parts of a flat array that belong to each of `count` envs, as views. */
export function rowsOf<T extends Float32Array | Float64Array>(array: T, count: number): T[] {
  const size = array.length / count;
  return Array.from({ length: count }, (_, i) => array.subarray(i * size, (i + 1) * size) as T);
}

export function isVectorEnv(env: Env | VectorEnv): env is VectorEnv {
  return "autoreset" in env;
}
