// A MuJoCo task as an env: Gymnasium's order of calls into the physics, so that the same state and the same actions
// give the same future as there.

import { TemperedError } from "../../errors.ts";
import { RandomStream } from "../../random/index.ts";
import type { Env, ResetOptions, ResetResult, StepResult } from "../env.ts";
import type { Drawable, Drawing } from "../render/drawing.ts";
import type { BoxSpace } from "../spaces.ts";
import { loadMujoco, type Mujoco } from "./load-mujoco.ts";
import { sideView } from "./side-view.ts";
import { Simulation } from "./simulation.ts";
import type { Task, Transition } from "./task.ts";

/** The random stream that resets draw from. */
const RESET_ROLE = "reset";

/** Makes the env of a task. Holds native memory: close it when done. */
export async function makeMujocoEnv(task: Task): Promise<MujocoEnv> {
  return new MujocoEnv(task, await loadMujoco());
}

export class MujocoEnv implements Env, Drawable {
  readonly id: string;
  readonly observationSpace: BoxSpace;
  readonly actionSpace: BoxSpace;
  /** Simulated seconds an env step takes. */
  readonly stepSeconds: number;
  readonly #task: Task;
  readonly #simulation: Simulation;
  readonly #observation: Float64Array;
  readonly #placeBefore = new Float64Array(2);
  readonly #placeAfter = new Float64Array(2);
  readonly #transition: { -readonly [K in keyof Transition]: Transition[K] } = {
    action: [],
    xVelocity: 0,
    yVelocity: 0,
  };
  #random = new RandomStream(0, RESET_ROLE);

  constructor(task: Task, mujoco: Mujoco) {
    this.#task = task;
    this.#simulation = new Simulation(mujoco, task.model);
    this.#observation = new Float64Array(task.observationSize);
    this.id = task.id;
    this.stepSeconds = this.#simulation.timestep * task.frameSkip;
    this.observationSpace = unboundedSpace(task.observationSize);
    this.actionSpace = controlSpace(this.#simulation.controlRange);
  }

  reset({ seed }: ResetOptions = {}): ResetResult {
    if (seed !== undefined) this.#random = new RandomStream(seed, RESET_ROLE);
    const { scale, velocity } = this.#task.resetNoise;
    const qpos = this.#simulation.restPosition.map(
      (rest) => rest + this.#random.uniformBetween(-scale, scale),
    );
    const qvel = new Float64Array(this.#simulation.velocitySize).map(
      () => scale * (velocity === "normal" ? this.#random.normal() : 2 * this.#random.uniform() - 1),
    );
    return this.setState(qpos, qvel);
  }

  /**
   * Starts an episode exactly there.
   * @param qpos [nq] joint positions, as in MuJoCo: m, rad, quaternions
   * @param qvel [nv] joint velocities
   */
  setState(qpos: ArrayLike<number>, qvel: ArrayLike<number>): ResetResult {
    this.#simulation.restart(qpos, qvel);
    this.#task.observe(this.#simulation, this.#observation);
    return { observation: this.#observation, info: this.#task.resetInfo(this.#simulation) };
  }

  /** @param action [nu] commands; beyond the action space the motors saturate but the control cost goes on growing */
  step(action: ArrayLike<number>): StepResult {
    const { ctrl } = this.#simulation.state;
    if (action.length !== ctrl.length) throw new ActionSizeError(this.id, ctrl.length, action.length);
    this.#task.place(this.#simulation, this.#placeBefore);
    ctrl.set(action);
    this.#simulation.step(this.#task.frameSkip);
    if (this.#task.readsContactForces) this.#simulation.computeContactForces();
    this.#task.place(this.#simulation, this.#placeAfter);
    this.#task.observe(this.#simulation, this.#observation);
    this.#transition.action = action;
    this.#transition.xVelocity = (this.#placeAfter[0]! - this.#placeBefore[0]!) / this.stepSeconds;
    this.#transition.yVelocity = (this.#placeAfter[1]! - this.#placeBefore[1]!) / this.stepSeconds;
    const { reward, terminated, info } = this.#task.judge(this.#simulation, this.#transition);
    return { observation: this.#observation, reward, terminated, truncated: false, info };
  }

  /** What there is to see now, from the side: the xz plane. */
  drawing(): Drawing {
    return sideView(this.#simulation, this.#task.farGeoms ?? []);
  }

  close(): void {
    this.#simulation.close();
  }
}

export class ActionSizeError extends TemperedError {
  constructor(id: string, expected: number, received: number) {
    super(
      "ENV_ACTION_SIZE",
      `Expected an action of ${expected} numbers, one a motor of ${id}; got ${received}. ` +
        "Pass as many as actionSpace.shape says.",
    );
  }
}

function unboundedSpace(size: number): BoxSpace {
  return {
    kind: "box",
    shape: [size],
    low: new Float64Array(size).fill(-Infinity),
    high: new Float64Array(size).fill(Infinity),
  };
}

/** Bounds are rounded to float32, as Gymnasium's action spaces are. */
function controlSpace(range: Float64Array): BoxSpace {
  const bounds = range.map(Math.fround);
  return {
    kind: "box",
    shape: [bounds.length / 2],
    low: bounds.filter((_, i) => i % 2 === 0),
    high: bounds.filter((_, i) => i % 2 === 1),
  };
}
