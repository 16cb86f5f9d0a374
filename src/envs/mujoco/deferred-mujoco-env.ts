// A MuJoCo env that is there at once and fetches MuJoCo with its first reset, whose answer is therefore a promise; from
// then on it answers at once.

import type { Env, ResetOptions, ResetResult, StepResult } from "../env.ts";
import type { Drawable, Drawing } from "../render/drawing.ts";
import type { BoxSpace } from "../spaces.ts";
import type { EnvState, Stateful } from "../stateful.ts";
import { MujocoError } from "./errors.ts";
import { type MujocoEnv, makeMujocoEnv } from "./mujoco-env.ts";
import { actionSpaceOf, observationSpaceOf, stepSecondsOf, type Task } from "./task.ts";

/** Holds native memory from the first reset on: close it when done. */
export class DeferredMujocoEnv implements Env, Stateful, Drawable {
  readonly id: string;
  readonly observationSpace: BoxSpace;
  readonly actionSpace: BoxSpace;
  readonly stepSeconds: number;
  readonly #task: Task;
  #loading: Promise<MujocoEnv> | undefined;
  #env: MujocoEnv | undefined;
  #closed = false;

  constructor(task: Task) {
    this.#task = task;
    this.id = task.id;
    this.observationSpace = observationSpaceOf(task);
    this.actionSpace = actionSpaceOf(task);
    this.stepSeconds = stepSecondsOf(task);
  }

  /** @throws MujocoError (ENV_MUJOCO_MISSING), by rejecting */
  reset(options?: ResetOptions): ResetResult | Promise<ResetResult> {
    return this.#env ? this.#env.reset(options) : this.#load().then((env) => env.reset(options));
  }

  /** @throws MujocoError (ENV_ORDER) before the first reset */
  step(action: ArrayLike<number>): StepResult {
    return this.#loaded().step(action);
  }

  /** @throws MujocoError (ENV_ORDER) before the first reset */
  drawing(): Drawing {
    return this.#loaded().drawing();
  }

  /** @throws MujocoError (ENV_ORDER) before the first reset */
  state(): EnvState {
    return this.#loaded().state();
  }

  async restore(state: EnvState): Promise<void> {
    (await this.#load()).restore(state);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#env?.close();
  }

  #load(): Promise<MujocoEnv> {
    this.#loading ??= makeMujocoEnv(this.#task).then((env) => {
      this.#env = env;
      if (this.#closed) env.close();
      return env;
    });
    return this.#loading;
  }

  #loaded(): MujocoEnv {
    if (this.#env) return this.#env;
    throw new MujocoError(
      "ENV_ORDER",
      `Expected a running episode of ${this.id}; call and await reset() first`,
    );
  }
}
