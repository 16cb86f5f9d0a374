// A MuJoCo task as an env: Gymnasium's order of calls into the physics, so that the same state and the same actions
// give the same future as there.

import { RandomStream } from "../../random/index.ts";
import type { PhysicalEnv, ResetOptions, ResetResult, StepResult } from "../env.ts";
import { expectActionOf, expectPhysicsOf } from "../refusals.ts";
import type { Drawable, Drawing } from "../render/drawing.ts";
import type { BoxSpace } from "../spaces.ts";
import { type EnvState, type Stateful, stateLike, stateOf } from "../stateful.ts";
import { loadMujoco } from "./load-mujoco.ts";
import type { Mujoco } from "./mujoco-module.ts";
import { sideView } from "./side-view.ts";
import { Simulation } from "./simulation.ts";
import { actionSpaceOf, observationSpaceOf, stepSecondsOf, type Task, type Transition } from "./task.ts";

/** Makes the env of a task. Holds native memory: close it when done. */
export async function makeMujocoEnv(task: Task): Promise<MujocoEnv> {
  return new MujocoEnv(task, await loadMujoco());
}

export class MujocoEnv implements PhysicalEnv, Stateful, Drawable {
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
  #random: RandomStream;

  constructor(task: Task, mujoco: Mujoco) {
    this.#task = task;
    this.#simulation = new Simulation(mujoco, task.model);
    this.#observation = new Float64Array(task.observationSize);
    this.id = task.id;
    this.#random = new RandomStream(0, task.id);
    this.stepSeconds = stepSecondsOf(task);
    this.observationSpace = observationSpaceOf(task);
    this.actionSpace = actionSpaceOf(task);
  }

  reset({ seed }: ResetOptions = {}): ResetResult {
    if (seed !== undefined) this.#random = new RandomStream(seed, this.id);
    const { scale, velocity } = this.#task.resetNoise;
    const qpos = this.#simulation.restPosition.map(
      (rest) => rest + this.#random.uniformBetween(-scale, scale),
    );
    const qvel = new Float64Array(this.#simulation.velocitySize).map(
      () => scale * (velocity === "normal" ? this.#random.normal() : 2 * this.#random.uniform() - 1),
    );
    return this.#begin(qpos, qvel);
  }

  /** [qpos…, qvel…]: joint positions and velocities as MuJoCo has them, in m, rad and quaternions. */
  physics(): Float64Array {
    const { qpos, qvel } = this.#simulation.state;
    return Float64Array.of(...qpos, ...qvel);
  }

  setPhysics(state: ArrayLike<number>): ResetResult {
    const positions = this.#simulation.restPosition.length;
    expectPhysicsOf(positions + this.#simulation.velocitySize, state, this.id);
    const values = Float64Array.from(state);
    return this.#begin(values.subarray(0, positions), values.subarray(positions));
  }

  /** @param action [nu] commands; beyond the action space the motors saturate but the control cost goes on growing */
  step(action: ArrayLike<number>): StepResult {
    const { ctrl } = this.#simulation.state;
    expectActionOf(ctrl.length, action, this.id);
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

  /** The physics with the solver's warm start, and the random stream. */
  state() {
    return stateOf(this.id, { random: this.#random.state(), physics: this.#simulation.fullState() });
  }

  restore(state: EnvState): void {
    const { random, physics } = stateLike(this.state(), state);
    this.#random = RandomStream.from(random);
    this.#simulation.restoreFullState(physics);
  }

  /** What there is to see now, from the side: the xz plane. */
  drawing(): Drawing {
    return sideView(this.#simulation, this.#task.farGeoms ?? []);
  }

  close(): void {
    this.#simulation.close();
  }

  #begin(qpos: Float64Array, qvel: Float64Array): ResetResult {
    this.#simulation.restart(qpos, qvel);
    this.#task.observe(this.#simulation, this.#observation);
    return { observation: this.#observation, info: this.#task.resetInfo(this.#simulation) };
  }
}
