// What distinguishes one MuJoCo task from another: its model, how it starts, what it observes and what it rewards.
// Everything else (stepping, resetting, memory) is `MujocoEnv`.

import type { Info } from "../env.ts";
import { type BoxSpace, box } from "../spaces.ts";
import type { Mjcf } from "./mjcf.ts";
import type { Simulation } from "./simulation.ts";

/** One env step as a task judges it. The same object every step: read it, do not keep it. */
export interface Transition {
  readonly action: ArrayLike<number>;
  /** Velocity of `Task.place` over the step, m/s. */
  readonly xVelocity: number;
  readonly yVelocity: number;
}

export interface Judgement {
  readonly reward: number;
  readonly terminated: boolean;
  readonly info: Info;
}

export interface Task {
  /** Gymnasium's id: a task keeps Gymnasium's dynamics, rewards and names. */
  readonly id: string;
  /** The task in a few words. */
  readonly summary: string;
  /** Mean return from which Gymnasium counts the task as solved; absent where it does not say. */
  readonly rewardThreshold?: number;
  readonly model: Mjcf;
  /** Physics steps per env step. */
  readonly frameSkip: number;
  /** An episode starts at the model's rest plus noise: positions uniform in ±scale; velocities likewise, or normal. */
  readonly resetNoise: { readonly scale: number; readonly velocity: "uniform" | "normal" };
  /** Whether forces between bodies (`cfrc_ext`) are read, which costs a pass over the bodies after the physics. */
  readonly readsContactForces: boolean;
  readonly observationSize: number;
  /** Geoms, by their index in the model, that a picture from the side shows behind the others. Default: none. */
  readonly farGeoms?: readonly number[];
  /** Writes [observationSize] numbers into `out`. */
  observe(simulation: Simulation, out: Float64Array): void;
  /** Writes the (x, y) position, in metres, whose displacement over a step makes the step's velocity. */
  place(simulation: Simulation, out: Float64Array): void;
  /** `info` of a reset. */
  resetInfo(simulation: Simulation): Info;
  judge(simulation: Simulation, transition: Transition): Judgement;
}

/** Seconds that an env step takes. */
export function stepSecondsOf({ model, frameSkip }: Task): number {
  return model.option.timestep * frameSkip;
}

export function observationSpaceOf({ observationSize }: Task): BoxSpace {
  return box(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, [observationSize]);
}

/** One number a motor; bounds are rounded to float32, as Gymnasium's action spaces are. */
export function actionSpaceOf({ model: { motors } }: Task): BoxSpace {
  return box(
    motors.map(({ ctrlrange }) => Math.fround(ctrlrange[0])),
    motors.map(({ ctrlrange }) => Math.fround(ctrlrange[1])),
  );
}
