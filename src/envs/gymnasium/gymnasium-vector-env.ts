// N environments of the user's Python stepped together, with Gymnasium's NextStep autoreset: the step after the end of
// an episode resets that environment, ignores its action and gives reward 0, so a learner masks it.

import { availableParallelism } from "node:os";
import type { Info, ResetOptions } from "../env.ts";
import type { BoxSpace, Space } from "../spaces.ts";
import type { Ready } from "./protocol.ts";
import { type GymnasiumOptions, PythonEnvironments } from "./python-environments.ts";

export interface GymnasiumVectorOptions extends GymnasiumOptions {
  /** How many environments. */
  readonly environments: number;
  /** How many Python processes share them. Default: one a core, at most one an environment. */
  readonly processes?: number;
}

/** All arrays are the env's own buffers, overwritten by the next call. */
export interface VectorResetResult {
  /** [N, observation size] */
  readonly observations: Float32Array | Float64Array;
  readonly infos: readonly Info[];
}

export interface VectorStepResult extends VectorResetResult {
  /** [N] */
  readonly rewards: Float64Array;
  /** [N], 0 or 1 */
  readonly terminated: Uint8Array;
  /** [N], 0 or 1 */
  readonly truncated: Uint8Array;
}

export class GymnasiumVectorEnv {
  readonly id: string;
  readonly count: number;
  /** Of one environment. */
  readonly observationSpace: BoxSpace;
  /** Of one environment. */
  readonly actionSpace: Space;
  readonly spec: Ready["spec"];
  readonly versions: Ready["versions"];
  readonly #environments: PythonEnvironments;

  private constructor(environments: PythonEnvironments) {
    this.#environments = environments;
    this.id = environments.id;
    this.count = environments.count;
    this.observationSpace = environments.ready.observationSpace;
    this.actionSpace = environments.ready.actionSpace;
    this.spec = environments.ready.spec;
    this.versions = environments.ready.versions;
  }

  /** @param id as in `GymnasiumEnv.create` */
  static async create(id: string, options: GymnasiumVectorOptions): Promise<GymnasiumVectorEnv> {
    const { environments, processes = availableParallelism() } = options;
    return new GymnasiumVectorEnv(
      await PythonEnvironments.start(
        { id, environments, autoreset: true },
        Math.min(processes, environments),
        options,
      ),
    );
  }

  /** The Python processes. */
  get pids(): readonly number[] {
    return this.#environments.pids;
  }

  /** Environment i is seeded with seed + i, as in Gymnasium, so results do not depend on `processes`. */
  async reset(options: ResetOptions = {}): Promise<VectorResetResult> {
    await this.#environments.reset(options.seed);
    return this.#environments;
  }

  /** @param actions [N, action size], in the units of `actionSpace` */
  async step(actions: ArrayLike<number>): Promise<VectorStepResult> {
    await this.#environments.step(actions);
    return this.#environments;
  }

  close(): Promise<void> {
    return this.#environments.close();
  }
}
