// N environments of the user's Python stepped together, with Gymnasium's NextStep autoreset.

import { availableParallelism } from "node:os";
import type { BoxSpace, Space } from "../spaces.ts";
import type {
  AutoresetMode,
  VectorEnv,
  VectorResetOptions,
  VectorResetResult,
  VectorStepResult,
} from "../vector/vector-env.ts";
import type { Ready } from "./protocol.ts";
import { type GymnasiumOptions, PythonEnvironments } from "./python-environments.ts";

export interface GymnasiumVectorOptions extends GymnasiumOptions {
  /** How many environments. */
  readonly environments: number;
  /** How many Python processes share them. Default: one a core, at most one an environment. */
  readonly processes?: number;
}

/** Several copies of a Python environment, each in a process of its own. */
export class GymnasiumVectorEnv implements VectorEnv {
  readonly id: string;
  readonly count: number;
  readonly observationSpace: BoxSpace;
  /** What each number of an observation is, where Python's space is no Box and observations are flattened. */
  readonly observationNames: readonly string[] | undefined;
  readonly actionSpace: Space;
  readonly autoreset: AutoresetMode = "next-step";
  readonly spec: Ready["spec"];
  readonly versions: Ready["versions"];
  readonly #environments: PythonEnvironments;

  private constructor(environments: PythonEnvironments) {
    this.#environments = environments;
    this.id = environments.id;
    this.count = environments.count;
    this.observationSpace = environments.ready.observationSpace;
    this.observationNames = environments.ready.observationNames;
    this.actionSpace = environments.ready.actionSpace;
    this.spec = environments.ready.spec;
    this.versions = environments.ready.versions;
  }

  /** Starts the processes. @param id as in `GymnasiumEnv.create` */
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

  /** Seeds belong to environments, so results do not depend on `processes`. */
  async reset(options: VectorResetOptions = {}): Promise<VectorResetResult> {
    await this.#environments.reset(options);
    return this.#environments;
  }

  /** One step of every copy. */
  async step(actions: ArrayLike<number>): Promise<VectorStepResult> {
    await this.#environments.step(actions);
    return this.#environments;
  }

  /** Ends the processes. */
  close(): Promise<void> {
    return this.#environments.close();
  }
}
