// Any environment of the user's Python as an Env: `gymnasium.make(id)` runs in a process of its own, and each call
// is one message there and one back.

import type { Env, ResetOptions, ResetResult, StepResult } from "../env.ts";
import type { BoxSpace, Space } from "../spaces.ts";
import type { Ready } from "./protocol.ts";
import { type GymnasiumOptions, PythonEnvironments } from "./python-environments.ts";

/** An environment of your own Python, through a process that this one starts. */
export class GymnasiumEnv implements Env {
  readonly id: string;
  readonly observationSpace: BoxSpace;
  /** What each number of an observation is, where Python's space is no Box and observations are flattened. */
  readonly observationNames: readonly string[] | undefined;
  readonly actionSpace: Space;
  /** Gymnasium's spec: `maxEpisodeSteps` is null where no time limit is applied. */
  readonly spec: Ready["spec"];
  readonly versions: Ready["versions"];
  readonly #environments: PythonEnvironments;

  private constructor(environments: PythonEnvironments) {
    this.#environments = environments;
    this.id = environments.id;
    this.observationSpace = environments.ready.observationSpace;
    this.observationNames = environments.ready.observationNames;
    this.actionSpace = environments.ready.actionSpace;
    this.spec = environments.ready.spec;
    this.versions = environments.ready.versions;
  }

  /**
   * Starts Python and makes the environment there.
   *
   * @param id a Gymnasium id, or `module:name` with a module that Python finds from the current directory on and the
   *   name of a `gymnasium.Env` class or of a function that returns one
   * @throws GymnasiumError, see its codes
   */
  static async create(id: string, options: GymnasiumOptions = {}): Promise<GymnasiumEnv> {
    return new GymnasiumEnv(
      await PythonEnvironments.start({ id, environments: 1, autoreset: false }, 1, options),
    );
  }

  /** Begins an episode in Python. */
  async reset(options: ResetOptions = {}): Promise<ResetResult> {
    const environments = this.#environments;
    await environments.reset(options);
    return { observation: environments.observations, info: environments.infos[0]! };
  }

  /** The observation is the env's own buffer, overwritten by the next call. */
  async step(action: ArrayLike<number>): Promise<StepResult> {
    const environments = this.#environments;
    await environments.step(action);
    return {
      observation: environments.observations,
      reward: environments.rewards[0]!,
      terminated: environments.terminated[0] === 1,
      truncated: environments.truncated[0] === 1,
      info: environments.infos[0]!,
    };
  }

  /** Closes the environment and ends its process; also done, by force, when this process ends. */
  close(): Promise<void> {
    return this.#environments.close();
  }
}
