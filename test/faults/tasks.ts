// Six small control tasks that a 64-unit agent learns in some ten thousand steps, unlike each other in action
// dimension, sign and size of reward, and whether episodes end by themselves. Only + − × ÷ and square roots, so that
// every machine sees the same ones.

import type { Random } from "./random.ts";

export interface Task {
  readonly name: string;
  readonly observationSize: number;
  readonly actionSize: number;
  /** Steps after which an episode is truncated. */
  readonly limit: number;
  /** A new episode's state, as a flat vector. */
  reset(random: Random): Float64Array;
  observe(state: Float64Array, into: Float32Array): void;
  /** Moves `state` by one step of `action` (unit actions). */
  step(state: Float64Array, action: ArrayLike<number>): { reward: number; terminated: boolean };
}

/** A sliding mass on a line is pushed to a place that differs each episode; cost grows with the square of distance. */
export const slide: Task = point("slide", 1, 4);

/** A drone in space does the same with three thrusters. */
export const hover: Task = point("hover", 3, 4);

/** A four-jointed arm follows a moving point; near it each step earns up to 5. */
export const follow: Task = {
  name: "follow",
  observationSize: 8,
  actionSize: 4,
  limit: 100,
  reset: (random) => Float64Array.from({ length: 12 }, () => random.uniform() * 2 - 1),
  observe: (state, into) => {
    for (let i = 0; i < 4; i++) {
      into[i] = state[i]! - state[4 + i]!;
      into[4 + i] = state[8 + i]!;
    }
  },
  step: (state, action) => {
    let distance = 0;
    for (let i = 0; i < 4; i++) {
      state[i] = bounded(0.8 * state[i]! + 0.3 * action[i]! + 0.05 * action[(i + 1) % 4]!, 2);
      state[4 + i] = bounded(state[4 + i]! + 0.03 * state[8 + i]!, 1);
      if (Math.abs(state[4 + i]!) >= 1) state[8 + i] = -state[8 + i]!;
      distance += (state[i]! - state[4 + i]!) ** 2;
    }
    return { reward: 5 / (1 + 4 * distance), terminated: false };
  },
};

/** A pole that falls over unless pushed back; each step it stands earns 1, and falling ends the episode. */
export const balance: Task = {
  name: "balance",
  observationSize: 2,
  actionSize: 1,
  limit: 200,
  reset: (random) => Float64Array.from({ length: 2 }, () => (random.uniform() - 0.5) * 0.6),
  observe: (state, into) => {
    into[0] = state[0]!;
    into[1] = state[1]! * 2;
  },
  step: (state, action) => {
    state[1] = state[1]! + 0.04 * state[0]! + 0.06 * action[0]!;
    state[0] = state[0]! + state[1]!;
    const fallen = Math.abs(state[0]!) > 1;
    return { reward: 1 - 0.3 * state[0]! * state[0]!, terminated: fallen };
  },
};

/** A car with drag keeps to a speed that changes now and then; cost grows with the distance from it. */
export const throttle: Task = {
  name: "throttle",
  observationSize: 3,
  actionSize: 1,
  limit: 150,
  reset: (random) => Float64Array.of(0, random.uniform() * 2 - 1, 0, random.uniform()),
  observe: (state, into) => {
    into[0] = state[0]!;
    into[1] = state[1]!;
    into[2] = state[0]! - state[1]!;
  },
  step: (state, action) => {
    state[0] = state[0]! + 0.12 * action[0]! - 0.04 * state[0]! * Math.abs(state[0]!);
    state[2] = state[2]! + 1;
    if (state[2]! % 40 === 0) state[1] = bounded(-state[1]! + state[3]! - 0.5, 1);
    return { reward: -3 * Math.abs(state[0]! - state[1]!), terminated: false };
  },
};

/** Five coupled springs are brought to rest; each step earns more the calmer they are. */
export const springs: Task = {
  name: "springs",
  observationSize: 10,
  actionSize: 5,
  limit: 80,
  reset: (random) => Float64Array.from({ length: 10 }, () => random.uniform() * 2 - 1),
  observe: (state, into) => into.set(state),
  step: (state, action) => {
    let size = 0;
    for (let i = 0; i < 5; i++) {
      const pull = state[(i + 1) % 5]! - state[i]!;
      const speed = 0.95 * state[5 + i]! + 0.08 * pull - 0.05 * state[i]! + 0.15 * action[i]!;
      state[5 + i] = bounded(speed, 2);
      state[i] = bounded(state[i]! + 0.3 * speed, 2);
      size += Math.abs(state[i]!) + 0.3 * Math.abs(speed);
    }
    return { reward: 4 - 1.5 * size, terminated: false };
  },
};

export const tasks: readonly Task[] = [slide, hover, follow, balance, throttle, springs];

function point(name: string, dimensions: number, costScale: number): Task {
  return {
    name,
    observationSize: 2 * dimensions,
    actionSize: dimensions,
    limit: 100,
    reset: (random) =>
      Float64Array.from({ length: 2 * dimensions }, (_, i) =>
        i < dimensions ? random.uniform() * 2 - 1 : 0,
      ),
    observe: (state, into) => into.set(state),
    step: (state, action) => {
      let cost = 0;
      for (let i = 0; i < dimensions; i++) {
        const velocity = 0.9 * state[dimensions + i]! + 0.03 * action[i]!;
        const place = bounded(state[i]! + velocity, 2);
        state[dimensions + i] = velocity;
        state[i] = place;
        cost += place * place + 0.1 * velocity * velocity + 0.01 * action[i]! * action[i]!;
      }
      return { reward: -costScale * cost, terminated: false };
    },
  };
}

function bounded(x: number, bound: number): number {
  return Math.max(-bound, Math.min(bound, x));
}
