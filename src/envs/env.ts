// The environment interface is Gymnasium's: reset gives a first observation, step takes an action and says what
// followed, and an episode ends either because the task ended (`terminated`: no future, the value after it is 0) or
// because somebody stopped watching (`truncated`: there is a future, its value is bootstrapped).

import type { AnySpace, ElementOf } from "./composite-spaces.ts";
import type { BoxSpace, Space } from "./spaces.ts";

/** What an environment says beside the observation; not learned from. */
export type Info = Readonly<Record<string, unknown>>;

/** What `reset` takes; Gymnasium's. */
export interface ResetOptions {
  /** Seeds the env's own random stream; without it the stream goes on where it was. */
  readonly seed?: number;
}

/** An observation in a space of type S: numbers in a row where that is a box, which is what agents take. */
export type ObservationOf<S extends AnySpace> = S extends BoxSpace
  ? Float32Array | Float64Array
  : ElementOf<S>;

/** What `reset` gives. */
export interface ResetResult<S extends AnySpace = BoxSpace> {
  /** Shape of `observationSpace`, row-major. May be the env's own buffer: copy what must last beyond the next call. */
  readonly observation: ObservationOf<S>;
  readonly info: Info;
}

/** What `step` gives: `terminated` where the world ends, `truncated` where only time does. */
export interface StepResult<S extends AnySpace = BoxSpace> extends ResetResult<S> {
  readonly reward: number;
  readonly terminated: boolean;
  readonly truncated: boolean;
}

/** A world to act in, with Gymnasium's members. @typeParam S the type of its observation space: a box unless `FlattenObservation` is to make one of it */
export interface Env<S extends AnySpace = BoxSpace> {
  /** Where the env came from: its id, or the path of the module that makes it. */
  readonly id: string;
  readonly observationSpace: S;
  /** What each number of an observation is, where the env says so. */
  readonly observationNames?: readonly string[] | undefined;
  readonly actionSpace: Space;
  /** Begins an episode. A seed makes everything after it repeatable. */
  reset(options?: ResetOptions): ResetResult<S> | Promise<ResetResult<S>>;
  /** One step. @param action flat and row-major, in the units of `actionSpace` */
  step(action: ArrayLike<number>): StepResult<S> | Promise<StepResult<S>>;
  /** Frees what the env holds (native memory, processes). */
  close?(): void | Promise<void>;
}

/** An env that answers at once, so that a loop over it need not wait. */
export interface SyncEnv extends Env {
  /** Begins an episode. */
  reset(options?: ResetOptions): ResetResult;
  /** One step. @param action flat and row-major, in the units of `actionSpace` */
  step(action: ArrayLike<number>): StepResult;
}

/** An env whose physical state can be read and set: for tests against other programs, and for drawing. */
export interface PhysicalEnv extends SyncEnv {
  /** A copy of the physical state; what its numbers are, the env says. */
  physics(): Float64Array;
  /** Begins an episode in that state. @throws EnvError (ENV_STATE) for a wrong number of values */
  setPhysics(physics: ArrayLike<number>): ResetResult;
}

/** The info of envs that have nothing to say. */
export const noInfo: Info = Object.freeze({});
