// tempered/Foraging-v0: many bodies in one meadow, one policy. Bodies come in from the rim and go: by starving, or when their
// time is over; the others play on. A row of the vector env is a place for a body, not a world of its own. Each body moves as a
// point of tempered/PointMass-v0 in two dimensions, Δt = 0.1 and the force a in [−1, 1]²:
//
//   v ← v + Δt (2a − v),   p ← p + Δt v,   and at a wall (|p| > 1): p ← ±1, v ← 0
//
// Who comes within 0.1 of a plant eats it and is full again; another grows elsewhere. A body starves after 60 steps without a
// meal (terminated) and moves on after 200 steps (truncated). The reward is 1 for a meal, plus how much nearer the body came
// to the plant that was the nearest; what others eat is gone.

import { RandomStream } from "../random/index.ts";
import { dict } from "./composite-spaces.ts";
import { type Info, noInfo } from "./env.ts";
import { EnvError } from "./errors.ts";
import { flattening } from "./flatten.ts";
import { box } from "./spaces.ts";
import { type EnvState, type Stateful, stateLike, stateOf } from "./stateful.ts";
import type { VectorEnv, VectorResetOptions, VectorStepResult } from "./vector/vector-env.ts";

const TIME_STEP = 0.1;
const FORCE = 2;
const REACH = 0.1;
const STEPS_TO_STARVE = 60;
const STEPS_TO_STAY = 200;
/** Chance that a body comes in while a row is free, each step. */
const ARRIVAL = 0.1;

const pair = (bound: number) => box(-bound, bound, [2]);
const { space, names } = flattening(
  dict({ position: pair(1), velocity: pair(FORCE), plant: pair(2), other: pair(2), hunger: box(0, 1) }),
);
const SIZE = names.length;

/** How the world of `Foraging` is made. */
export interface ForagingOptions {
  /** Rows: the most bodies at a time. Default 8. */
  readonly bodies?: number;
  /** Plants at any time. Default half as many as bodies, at least one. */
  readonly plants?: number;
}

/**
 * Observation [9] of a body: where it is and how fast, from there to the nearest plant and to the nearest other body (0 where
 * it is alone), and its hunger, 1 when it starves. Action [2]: the force.
 */
export class Foraging implements VectorEnv, Stateful {
  readonly id = "tempered/Foraging-v0";
  readonly count: number;
  readonly observationSpace = space;
  readonly observationNames = names;
  readonly actionSpace = box(-1, 1, [2]);
  readonly autoreset = "next-step";
  private random = new RandomStream(0, this.id);
  /** [N, 2] */
  private readonly position: Float64Array;
  /** [N, 2] */
  private readonly velocity: Float64Array;
  /** [P, 2] */
  private readonly plants: Float64Array;
  /** [N] steps since the last meal, and since it came */
  private readonly hungry: Float64Array;
  private readonly stayed: Float64Array;
  private readonly result: VectorStepResult & { readonly absent: Uint8Array; readonly infos: Info[] };

  /** @throws EnvError (ENV_OPTION) */
  constructor({ bodies = 8, plants = Math.max(1, bodies >> 1) }: ForagingOptions = {}) {
    for (const [name, count] of Object.entries({ bodies, plants })) {
      if (Number.isSafeInteger(count) && count >= 1) continue;
      throw new EnvError(
        "ENV_OPTION",
        `Expected ${name} of ${this.id} to be an integer from 1 up, got ${count}`,
      );
    }
    this.count = bodies;
    this.position = new Float64Array(2 * bodies);
    this.velocity = new Float64Array(2 * bodies);
    this.plants = new Float64Array(2 * plants);
    this.hungry = new Float64Array(bodies);
    this.stayed = new Float64Array(bodies);
    this.result = {
      observations: new Float64Array(bodies * SIZE),
      infos: Array.from({ length: bodies }, () => noInfo),
      rewards: new Float64Array(bodies),
      terminated: new Uint8Array(bodies),
      truncated: new Uint8Array(bodies),
      wasReset: new Uint8Array(bodies),
      absent: new Uint8Array(bodies).fill(1),
    };
  }

  /**
   * A meadow with a body in every second row.
   * @param options seed: of the whole meadow (of several, the first)
   * @throws EnvError (ENV_OPTION) for a mask: rows are no worlds that could be reset alone
   */
  async reset({ seed, mask }: VectorResetOptions = {}): Promise<VectorStepResult> {
    if (mask) {
      throw new EnvError(
        "ENV_OPTION",
        `Expected a reset of all of ${this.id}, got a mask; its rows are bodies in one world: leave the mask out`,
      );
    }
    const first = typeof seed === "object" ? seed[0] : seed;
    if (first !== undefined) this.random = new RandomStream(first, this.id);
    const { absent, rewards, terminated, truncated, wasReset } = this.result;
    for (const row of [rewards, terminated, truncated, wasReset]) row.fill(0);
    for (let i = 0; i < this.plants.length; i += 2) this.grow(i);
    for (let i = 0; i < this.count; i++) {
      absent[i] = i % 2;
      if (i % 2 === 0) this.enter(i);
    }
    this.observe();
    return this.result;
  }

  /** Rows with nobody in them have `wasReset` and `absent` 1; their actions are ignored. */
  async step(actions: ArrayLike<number>): Promise<VectorStepResult> {
    if (actions.length !== 2 * this.count) {
      throw new EnvError(
        "ENV_ACTION",
        `Expected ${2 * this.count} numbers, two for each of ${this.count} rows of ${this.id}, got ${actions.length}`,
      );
    }
    const { absent, rewards, terminated, truncated, wasReset } = this.result;
    // Whoever left at the last step frees its row now.
    for (let i = 0; i < this.count; i++) if (terminated[i] || truncated[i]) absent[i] = 1;
    for (const row of [rewards, terminated, truncated]) row.fill(0);
    for (let i = 0; i < this.count; i++) {
      wasReset[i] = absent[i]!;
      if (absent[i]) continue;
      const plant = nearest(this.plants, this.position, 2 * i, () => true);
      const before = distance(this.plants, plant, this.position, 2 * i);
      this.move(i, actions);
      rewards[i] = before - distance(this.plants, plant, this.position, 2 * i);
    }
    for (let i = 0; i < this.count; i++) if (!absent[i]) this.eat(i);
    const free = absent.indexOf(1);
    // The draw is made in any case: what is drawn later does not depend on who is there.
    if (this.random.uniform() < ARRIVAL && free >= 0) {
      this.enter(free);
      absent[free] = 0;
    }
    this.observe();
    return this.result;
  }

  /** Nothing is held. */
  async close(): Promise<void> {}

  state() {
    const { position, velocity, plants, hungry, stayed } = this;
    const { terminated, truncated, absent } = this.result;
    return stateOf(this.id, {
      random: this.random.state(),
      position: position.slice(),
      velocity: velocity.slice(),
      plants: plants.slice(),
      hungry: hungry.slice(),
      stayed: stayed.slice(),
      terminated: terminated.slice(),
      truncated: truncated.slice(),
      absent: absent.slice(),
    });
  }

  restore(state: EnvState): void {
    const own = stateLike(this.state(), state);
    this.random = RandomStream.from(own.random);
    for (const name of ["position", "velocity", "plants", "hungry", "stayed"] as const)
      this[name].set(own[name]);
    for (const name of ["terminated", "truncated", "absent"] as const) this.result[name].set(own[name]);
    this.observe();
  }

  private move(i: number, actions: ArrayLike<number>): void {
    for (let j = 2 * i; j < 2 * i + 2; j++) {
      const force = Math.min(Math.max(actions[j]!, -1), 1);
      const v = this.velocity[j]! + TIME_STEP * (FORCE * force - this.velocity[j]!);
      const moved = this.position[j]! + TIME_STEP * v;
      this.position[j] = Math.min(Math.max(moved, -1), 1);
      this.velocity[j] = this.position[j] === moved ? v : 0;
    }
  }

  private eat(i: number): void {
    const { rewards, terminated, truncated } = this.result;
    this.hungry[i]! += 1;
    this.stayed[i]! += 1;
    const plant = nearest(this.plants, this.position, 2 * i, () => true);
    if (distance(this.plants, plant, this.position, 2 * i) <= REACH) {
      rewards[i]! += 1;
      this.hungry[i] = 0;
      this.grow(plant);
    }
    terminated[i] = this.hungry[i]! >= STEPS_TO_STARVE ? 1 : 0;
    truncated[i] = this.stayed[i]! >= STEPS_TO_STAY ? 1 : 0;
  }

  /** A body comes in at the rim, at rest. */
  private enter(i: number): void {
    const along = this.random.uniformBetween(-1, 1);
    const side = this.random.below(4);
    this.position[2 * i + (side & 1)] = side & 2 ? 1 : -1;
    this.position[2 * i + 1 - (side & 1)] = along;
    this.velocity.fill(0, 2 * i, 2 * i + 2);
    this.hungry[i] = 0;
    this.stayed[i] = 0;
  }

  private grow(plant: number): void {
    this.plants[plant] = this.random.uniformBetween(-1, 1);
    this.plants[plant + 1] = this.random.uniformBetween(-1, 1);
  }

  private observe(): void {
    const { position, velocity, plants } = this;
    const { observations, absent } = this.result;
    observations.fill(0);
    for (let i = 0; i < this.count; i++) {
      if (absent[i]) continue;
      const [at, body] = [i * SIZE, 2 * i];
      const plant = nearest(plants, position, body, () => true);
      const other = nearest(position, position, body, (j) => j !== body && !absent[j >> 1]);
      for (let k = 0; k < 2; k++) {
        observations[at + k] = position[body + k]!;
        observations[at + 2 + k] = velocity[body + k]!;
        observations[at + 4 + k] = plants[plant + k]! - position[body + k]!;
        if (other >= 0) observations[at + 6 + k] = position[other + k]! - position[body + k]!;
      }
      observations[at + 8] = this.hungry[i]! / STEPS_TO_STARVE;
    }
  }
}

/** Index of the nearest of `points` that counts; −1 where none does. */
function nearest(
  points: Float64Array,
  from: Float64Array,
  at: number,
  counts: (index: number) => boolean,
): number {
  let best = -1;
  for (let i = 0; i < points.length; i += 2) {
    if (!counts(i)) continue;
    if (best < 0 || distance(points, i, from, at) < distance(points, best, from, at)) best = i;
  }
  return best;
}

function distance(a: Float64Array, i: number, b: Float64Array, j: number): number {
  const [dx, dy] = [a[i]! - b[j]!, a[i + 1]! - b[j + 1]!];
  return Math.sqrt(dx * dx + dy * dy);
}
