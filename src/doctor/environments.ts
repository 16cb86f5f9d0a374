// Action dimensions and half-ranges of well-known environments, so that a log that names its environment needs no
// flags. Gymnasium's own values.

export interface KnownActions {
  readonly actionDim: number;
  /** Half-range of every action dimension. */
  readonly halfRange: number;
}

const actions = (actionDim: number, halfRange = 1): KnownActions => ({ actionDim, halfRange });

const byName: Readonly<Record<string, KnownActions>> = {
  Pendulum: actions(1, 2),
  MountainCarContinuous: actions(1),
  LunarLanderContinuous: actions(2),
  BipedalWalker: actions(4),
  BipedalWalkerHardcore: actions(4),
  CarRacing: actions(3),
  InvertedPendulum: actions(1, 3),
  InvertedDoublePendulum: actions(1),
  Reacher: actions(2),
  Pusher: actions(7, 2),
  Swimmer: actions(2),
  Hopper: actions(3),
  Walker2d: actions(6),
  HalfCheetah: actions(6),
  Ant: actions(8),
  Humanoid: actions(17, 0.4),
  HumanoidStandup: actions(17, 0.4),
};

/** @param env an id such as "HalfCheetah-v4" or "gymnasium:Hopper-v5" */
export function knownActions(env: string | undefined): KnownActions | undefined {
  return namedIn(byName, env);
}

/** Numbers of actions of well-known discrete environments. */
const discreteByName: Readonly<Record<string, number>> = {
  CartPole: 2,
  Acrobot: 3,
  MountainCar: 3,
  LunarLander: 4,
  FrozenLake: 4,
  CliffWalking: 4,
  Taxi: 6,
};

/** @param env an id such as "CartPole-v1" */
export function knownDiscreteActions(env: string | undefined): number | undefined {
  return namedIn(discreteByName, env);
}

/** By the id without its version and whoever brings it. */
function namedIn<T>(known: Readonly<Record<string, T>>, env: string | undefined): T | undefined {
  const name = env?.match(/([A-Za-z0-9]+?)(?:-v\d+)?$/)?.[1];
  return name !== undefined && Object.hasOwn(known, name) ? known[name] : undefined;
}
