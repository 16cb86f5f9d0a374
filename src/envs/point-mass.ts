// tempered/PointMass-v0: bring a point in d dimensions to rest at the centre of a room. The reward is dense and every
// action dimension matters alike, so it is the smallest task that says whether an agent with several action dimensions
// learns, and what its temperature does meanwhile. For each dimension, with Δt = 0.1 and the force a in [−1, 1]:
//
//   v ← v + Δt (2a − v),   x ← x + Δt v,   and at a wall (|x| > 1): x ← ±1, v ← 0
//   r = −Σ (|x| + 0.01 a²)             after the step; between −1.01 d and 0
//
// An episode has 50 steps. Solved means a mean return of at least −5 d over 50 evaluation episodes: doing nothing gives
// −25 d, the best of 30 linear controllers −2.6 d. The reward is a sum, so that each dimension matters as much as if it were
// the only one, and the entropy bonus, also a sum, weighs the same against it for any d.

import { RandomStream } from "../random/index.ts";
import { noInfo, type PhysicalEnv, type ResetOptions, type ResetResult, type StepResult } from "./env.ts";
import { EnvError } from "./errors.ts";
import { expectActionOf, expectPhysicsOf } from "./refusals.ts";
import { box } from "./spaces.ts";
import { type EnvState, type Stateful, stateLike, stateOf } from "./stateful.ts";

const TIME_STEP = 0.1;
const FORCE = 2;

/** How the world of `PointMass` is made. */
export interface PointMassOptions {
  /** Action dimensions, 1 to 8. Default 4. */
  readonly dimensions?: number;
}

/** Observation [x…, v…] in an own buffer that each call overwrites; action [a…], clipped. Never ends by itself. */
export class PointMass implements PhysicalEnv, Stateful {
  readonly id = "tempered/PointMass-v0";
  readonly observationSpace;
  readonly actionSpace;
  private readonly dimensions: number;
  private readonly position: Float64Array;
  private readonly velocity: Float64Array;
  private readonly observation: Float32Array;
  private random = new RandomStream(0, "tempered/PointMass-v0");

  /** @throws EnvError (ENV_OPTION) */
  constructor({ dimensions = 4 }: PointMassOptions = {}) {
    if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > 8) {
      throw new EnvError(
        "ENV_OPTION",
        `Expected dimensions of tempered/PointMass-v0 to be an integer from 1 to 8, got ${dimensions}`,
      );
    }
    this.dimensions = dimensions;
    const bounds = Array.from({ length: 2 * dimensions }, (_, i) => (i < dimensions ? 1 : FORCE));
    this.observationSpace = box(
      bounds.map((bound) => -bound),
      bounds,
    );
    this.actionSpace = box(-1, 1, [dimensions]);
    this.position = new Float64Array(dimensions);
    this.velocity = new Float64Array(dimensions);
    this.observation = new Float32Array(2 * dimensions);
  }

  /** x uniform in the room, at rest. */
  reset({ seed }: ResetOptions = {}): ResetResult {
    if (seed !== undefined) this.random = new RandomStream(seed, this.id);
    for (let i = 0; i < this.dimensions; i++) this.position[i] = this.random.uniformBetween(-1, 1);
    this.velocity.fill(0);
    return { observation: this.observe(), info: noInfo };
  }

  step(action: ArrayLike<number>): StepResult {
    const { dimensions, position, velocity } = this;
    expectActionOf(dimensions, action, this.id);
    let cost = 0;
    for (let i = 0; i < dimensions; i++) {
      const a = Math.min(Math.max(action[i]!, -1), 1);
      const v = velocity[i]! + TIME_STEP * (FORCE * a - velocity[i]!);
      const moved = position[i]! + TIME_STEP * v;
      const x = Math.min(Math.max(moved, -1), 1);
      position[i] = x;
      velocity[i] = x === moved ? v : 0;
      cost += Math.abs(x) + 0.01 * a * a;
    }
    return { observation: this.observe(), reward: -cost, terminated: false, truncated: false, info: noInfo };
  }

  /** [x…, v…] */
  physics(): Float64Array {
    return Float64Array.of(...this.position, ...this.velocity);
  }

  setPhysics(state: ArrayLike<number>): ResetResult {
    expectPhysicsOf(2 * this.dimensions, state, this.id);
    for (let i = 0; i < this.dimensions; i++) {
      this.position[i] = state[i]!;
      this.velocity[i] = state[this.dimensions + i]!;
    }
    return { observation: this.observe(), info: noInfo };
  }

  state() {
    return stateOf(this.id, { random: this.random.state(), physics: this.physics() });
  }

  restore(state: EnvState): void {
    const { random, physics } = stateLike(this.state(), state);
    this.random = RandomStream.from(random);
    this.setPhysics(physics);
  }

  private observe(): Float32Array {
    this.observation.set(this.position);
    this.observation.set(this.velocity, this.dimensions);
    return this.observation;
  }
}
