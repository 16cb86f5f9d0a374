// Environments: Gymnasium's interface, the envs that tempered brings along, wrappers, and a checker for your own.

export { type RandomState, RandomStream } from "../random/index.ts";
export { assertEnv, type CheckOptions, checkEnv } from "./check/check-env.ts";
export type { EnvProblem } from "./check/problems.ts";
export { Acrobot } from "./classic-control/acrobot.ts";
export { CartPole } from "./classic-control/cart-pole.ts";
export { MountainCar } from "./classic-control/mountain-car.ts";
export { MountainCarContinuous } from "./classic-control/mountain-car-continuous.ts";
export { Pendulum } from "./classic-control/pendulum.ts";
export {
  type AnySpace,
  containsElement,
  type DictSpace,
  dict,
  type Element,
  type ElementOf,
  sampleElement,
  type TupleSpace,
  tuple,
} from "./composite-spaces.ts";
export {
  type Env,
  type Info,
  noInfo,
  type ObservationOf,
  type PhysicalEnv,
  type ResetOptions,
  type ResetResult,
  type StepResult,
  type SyncEnv,
} from "./env.ts";
export { EnvError } from "./errors.ts";
export type { Misfit } from "./flatten.ts";
export { type Flattening, flattening } from "./flatten.ts";
export { Foraging, type ForagingOptions } from "./foraging.ts";
export { DeferredMujocoEnv } from "./mujoco/deferred-mujoco-env.ts";
export { MujocoError } from "./mujoco/errors.ts";
export { PointMass, type PointMassOptions } from "./point-mass.ts";
export { type EnvOptions, type EnvSpec, listEnvs, makeEnv } from "./registry.ts";
export {
  type AnimationOptions,
  animatedSvg,
  type Drawable,
  type Drawing,
  drawableOf,
  type FilmStripOptions,
  filmStripSvg,
  type Moment,
  Recording,
  type Role,
  type Shape,
} from "./render/index.ts";
export { Snake } from "./snake.ts";
export {
  type BoxSpace,
  box,
  choicesOf,
  contains,
  type DiscreteSpace,
  discrete,
  type MultiBinarySpace,
  type MultiDiscreteSpace,
  multiBinary,
  multiDiscrete,
  type Space,
  sample,
  sizeOf,
} from "./spaces.ts";
export {
  type EnvState,
  isStateful,
  type Stateful,
  type StateParts,
  type StateValue,
  stateLike,
  stateOf,
} from "./stateful.ts";
export { SyncVectorEnv, VectorEnvError } from "./vector/sync-vector-env.ts";
export type {
  AutoresetMode,
  VectorEnv,
  VectorResetOptions,
  VectorResetResult,
  VectorStepResult,
} from "./vector/vector-env.ts";
export { ClipAction } from "./wrappers/clip-action.ts";
export { FlattenObservation } from "./wrappers/flatten-observation.ts";
export { Guard } from "./wrappers/guard.ts";
export { GuardVector, guard } from "./wrappers/guard-vector.ts";
export { type EpisodeStatistics, RecordEpisodeStatistics } from "./wrappers/record-episode-statistics.ts";
export { RescaleAction } from "./wrappers/rescale-action.ts";
export { TimeLimit } from "./wrappers/time-limit.ts";
export { Timeout } from "./wrappers/timeout.ts";
export { unwrapped, Wrapper } from "./wrappers/wrapper.ts";
