// MountainCar-v0: a car too weak for the hill must first swing back to reach the flag; it pushes left, right or not at all.
// Dynamics, reward and start as Gymnasium's, in float64 (Moore, "Efficient memory-based learning for robot control", 1990):
//
//   ẋ ← clip(ẋ + 0.001 (a − 1) − 0.0025 cos 3x, ±0.07),   x ← clip(x + ẋ, −1.2, 0.6),   ẋ = 0 at the left wall
//   r = −1 a step; it ends where x ≥ 0.5 and ẋ ≥ 0

import { cos } from "../../math/index.ts";
import { RandomStream } from "../../random/index.ts";
import { noInfo, type PhysicalEnv, type ResetOptions, type ResetResult, type StepResult } from "../env.ts";
import { choiceOf, expectPhysicsOf } from "../refusals.ts";
import { box, discrete } from "../spaces.ts";
import { type EnvState, type Stateful, stateLike, stateOf } from "../stateful.ts";

const FORCE = 0.001;
const GRAVITY = 0.0025;
const MAX_SPEED = 0.07;
const LEFT = -1.2;
const RIGHT = 0.6;
const GOAL = 0.5;
const { fround } = Math;

/** Observation [x, ẋ] in an own buffer that each call overwrites; action 0 pushes left, 1 not at all, 2 right. */
export class MountainCar implements PhysicalEnv, Stateful {
  readonly id = "MountainCar-v0";
  readonly observationSpace = box([fround(LEFT), -fround(MAX_SPEED)], [fround(RIGHT), fround(MAX_SPEED)]);
  readonly actionSpace = discrete(3);
  private readonly observation = new Float32Array(2);
  private random = new RandomStream(0, "MountainCar-v0");
  private position = 0;
  private velocity = 0;

  /** x uniform in [−0.6, −0.4], at rest. */
  reset({ seed }: ResetOptions = {}): ResetResult {
    if (seed !== undefined) this.random = new RandomStream(seed, this.id);
    return this.setPhysics([this.random.uniformBetween(-0.6, -0.4), 0]);
  }

  step(action: ArrayLike<number>): StepResult {
    const push = (choiceOf(this.actionSpace, action, this.id) - 1) * FORCE;
    const velocity = this.velocity + (push + cos(3 * this.position) * -GRAVITY);
    this.velocity = Math.min(Math.max(velocity, -MAX_SPEED), MAX_SPEED);
    this.position = Math.min(Math.max(this.position + this.velocity, LEFT), RIGHT);
    if (this.position === LEFT && this.velocity < 0) this.velocity = 0;
    const terminated = this.position >= GOAL && this.velocity >= 0;
    return { observation: this.observe(), reward: -1, terminated, truncated: false, info: noInfo };
  }

  /** [x, ẋ]; ẋ per step. */
  physics(): Float64Array {
    return Float64Array.of(this.position, this.velocity);
  }

  setPhysics(physics: ArrayLike<number>): ResetResult {
    expectPhysicsOf(2, physics, this.id);
    this.position = physics[0]!;
    this.velocity = physics[1]!;
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
    this.observation[0] = this.position;
    this.observation[1] = this.velocity;
    return this.observation;
  }
}
