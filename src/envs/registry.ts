// The envs that tempered brings along, by id. An id of Gymnasium's stands only for an env with Gymnasium's dynamics.

import { nearestName } from "../text/nearest-name.ts";
import { Acrobot } from "./classic-control/acrobot.ts";
import { CartPole } from "./classic-control/cart-pole.ts";
import { MountainCar } from "./classic-control/mountain-car.ts";
import { MountainCarContinuous } from "./classic-control/mountain-car-continuous.ts";
import { Pendulum } from "./classic-control/pendulum.ts";
import type { Env } from "./env.ts";
import { EnvError } from "./errors.ts";
import { DeferredMujocoEnv } from "./mujoco/deferred-mujoco-env.ts";
import { mujocoTasks } from "./mujoco/index.ts";
import { PointMass } from "./point-mass.ts";
import { Snake } from "./snake.ts";
import { TimeLimit } from "./wrappers/time-limit.ts";

/** What there is to know about an env before it is made. */
export interface EnvSpec {
  readonly id: string;
  /** The task in a few words. */
  readonly task: string;
  readonly maxEpisodeSteps: number;
  /**
   * Mean return over evaluation episodes from which the task counts as solved, with the env's default options; absent
   * where nobody defined one.
   */
  readonly rewardThreshold?: number;
  /** Names of the options that makeEnv takes for it. */
  readonly options: readonly string[];
}

interface RegisteredEnv extends EnvSpec {
  make(options: EnvOptions): Env;
}

/** An env's own settings; see the env. */
export type EnvOptions = Readonly<Record<string, unknown>>;

const registered: readonly RegisteredEnv[] = [
  {
    id: "Acrobot-v1",
    task: "swing two links up by the joint between them",
    maxEpisodeSteps: 500,
    rewardThreshold: -100,
    options: [],
    make: () => new Acrobot(),
  },
  {
    id: "CartPole-v1",
    task: "balance a pole on a cart by pushing left or right",
    maxEpisodeSteps: 500,
    rewardThreshold: 475,
    options: [],
    make: () => new CartPole(),
  },
  {
    id: "MountainCar-v0",
    task: "drive a weak car out of a valley, at full power or none",
    maxEpisodeSteps: 200,
    rewardThreshold: -110,
    options: [],
    make: () => new MountainCar(),
  },
  {
    id: "MountainCarContinuous-v0",
    task: "drive a weak car out of a valley",
    maxEpisodeSteps: 999,
    rewardThreshold: 90,
    options: [],
    make: () => new MountainCarContinuous(),
  },
  {
    id: "Pendulum-v1",
    task: "swing a pendulum up and balance it",
    maxEpisodeSteps: 200,
    options: [],
    make: () => new Pendulum(),
  },
  {
    id: "tempered/PointMass-v0",
    task: "bring a point in 1 to 8 dimensions to rest at the centre",
    maxEpisodeSteps: 50,
    rewardThreshold: -20,
    options: ["dimensions"],
    make: (options) => new PointMass(options),
  },
  {
    id: "tempered/Snake-v0",
    task: "eat and grow on a board of 6 × 6 fields without running into the wall or oneself",
    maxEpisodeSteps: 300,
    options: [],
    make: () => new Snake(),
  },
  ...mujocoTasks.map(
    (task): RegisteredEnv => ({
      id: task.id,
      task: task.summary,
      maxEpisodeSteps: 1000,
      ...(task.rewardThreshold !== undefined && { rewardThreshold: task.rewardThreshold }),
      options: [],
      make: () => new DeferredMujocoEnv(task),
    }),
  ),
];

/** Every env that `makeEnv` can make, by id. */
export function listEnvs(): readonly EnvSpec[] {
  return registered.map(({ make: _, ...spec }) => spec);
}

/**
 * Makes an env with its time limit: `makeEnv("Pendulum-v1")`, `makeEnv("tempered/PointMass-v0", { dimensions: 2 })`.
 * @throws EnvError (ENV_UNKNOWN) with the nearest id; (ENV_OPTION) for an option the env does not have
 */
export function makeEnv(id: string, options: EnvOptions = {}): TimeLimit {
  const found = registered.find((env) => env.id === id);
  if (found === undefined) throw unknownEnv(id);
  for (const name of Object.keys(options)) {
    if (!found.options.includes(name)) {
      throw new EnvError(
        "ENV_OPTION",
        `Expected an option of ${id} (${found.options.join(", ") || "it has none"}), got "${name}"`,
      );
    }
  }
  return new TimeLimit(found.make(options), found.maxEpisodeSteps);
}

function unknownEnv(id: string): EnvError {
  const ids = registered.map((env) => env.id);
  return new EnvError(
    "ENV_UNKNOWN",
    `Expected the id of an env (${ids.join(", ")}), got "${id}"; ${remedy(id, ids)}`,
  );
}

/** Gymnasium's tasks that do not come along, without their versions. */
const ELSEWHERE =
  /^(LunarLander(Continuous)?|BipedalWalker(Hardcore)?|Swimmer|Reacher|Pusher|HumanoidStandup|FrozenLake(8x8)?|Taxi|Blackjack|CliffWalking)-v\d+$/i;
/** Those whose observations are pictures. */
const PICTURES = /^(CarRacing-v\d+|ALE\/.*|.*NoFrameskip-v\d+)$/i;

function remedy(id: string, ids: readonly string[]): string {
  if (PICTURES.test(id)) return "its observations are pictures, and there are no convolutions here";
  const bridge = `"gymnasium:${id}" runs it in your Python (command line, or tempered/envs/gymnasium)`;
  if (ELSEWHERE.test(id)) return `Gymnasium has it: ${bridge}`;
  const [task, version] = versionOf(id);
  const other = ids.find((each) => versionOf(each)[0] === task);
  if (version !== undefined && other !== undefined)
    return other.toLowerCase() === id.toLowerCase()
      ? `did you mean "${other}"?`
      : `did you mean "${other}"? That version comes along; ${bridge}`;
  const nearest = nearestName(id, ids);
  if (nearest !== undefined) return `did you mean "${nearest}"?`;
  return version === undefined
    ? "choose one of these, or write your own env as a module"
    : `choose one of these, or, where your Gymnasium has it: ${bridge}`;
}

function versionOf(id: string): [task: string, version: string | undefined] {
  const [, task = id, version] = /^(.+)-(v\d+)$/.exec(id) ?? [];
  return [task.toLowerCase(), version];
}
