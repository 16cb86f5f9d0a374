// The tasks of the lab, each with small networks and settings that learn it while one watches.

import type { Hyperparameters } from "../../src/agent/hyperparameters.ts";
import { MountainCarContinuous } from "../../src/envs/classic-control/mountain-car-continuous.ts";
import { Pendulum } from "../../src/envs/classic-control/pendulum.ts";
import type { SyncEnv } from "../../src/envs/env.ts";
import { PointMass } from "../../src/envs/point-mass.ts";

export interface Task {
  readonly label: string;
  /** What the agent should do, in a few words. */
  readonly goal: string;
  readonly actionSize: number;
  readonly maxEpisodeSteps: number;
  /** Mean return of the last five episodes from which it counts as solved here. */
  readonly solvedFrom: number;
  readonly hyperparameters: Partial<Hyperparameters>;
  /** How much larger than its whole view the world is shown. */
  readonly zoom: number;
  /** Names of the action dimensions. */
  readonly actions: readonly string[];
  make(): SyncEnv;
}

const small: Partial<Hyperparameters> = {
  hidden: [64, 64],
  batchSize: 128,
  learningRate: 1e-3,
  learningStarts: 200,
  bufferSize: 100_000,
};

export const tasks = {
  pendulum: {
    label: "Pendulum",
    goal: "swing up and balance",
    actionSize: 1,
    maxEpisodeSteps: 200,
    solvedFrom: -250,
    hyperparameters: small,
    zoom: 1.55,
    actions: ["torque"],
    make: () => new Pendulum(),
  },
  pointmass: {
    label: "PointMass, 4 dimensions",
    goal: "bring both points to rest at the centre",
    actionSize: 4,
    maxEpisodeSteps: 50,
    solvedFrom: -8,
    hyperparameters: small,
    zoom: 1,
    actions: ["left room, x", "left room, y", "right room, x", "right room, y"],
    make: () => new PointMass(),
  },
  mountaincar: {
    label: "MountainCar",
    goal: "rock out of the valley to the flag: hard, since noise alone seldom finds the flag and standing still pays at once; α follows",
    actionSize: 1,
    maxEpisodeSteps: 999,
    solvedFrom: 80,
    hyperparameters: { ...small, learningStarts: 1000 },
    zoom: 1.1,
    actions: ["engine"],
    make: () => new MountainCarContinuous(),
  },
} as const satisfies Record<string, Task>;

export type TaskId = keyof typeof tasks;

export function isTaskId(text: string): text is TaskId {
  return Object.hasOwn(tasks, text);
}
