// MountainCarContinuous-v0: a car too weak for the hill must first swing back to reach the flag. Dynamics, reward and
// start as Gymnasium's, down to its arithmetic: its state is float64 after reset and float32 from the first step on.
//
//   ẋ ← clip(ẋ + 0.0015 u − 0.0025 cos 3x, ±0.07),   x ← clip(x + ẋ, −1.2, 0.6),   ẋ = 0 at the left wall
//   r = 100 [x ≥ 0.45 and ẋ ≥ 0] − 0.1 u²,   with u clipped to ±1 in the dynamics but not in the cost

import { cos } from "../../math/index.ts";
import { RandomStream } from "../../random/index.ts";
import { noInfo, type PhysicalEnv, type ResetOptions, type ResetResult, type StepResult } from "../env.ts";
import { expectActionOf, expectPhysicsOf } from "../refusals.ts";
import { box } from "../spaces.ts";
import { type EnvState, type Stateful, stateLike, stateOf } from "../stateful.ts";

const { fround } = Math;
const POWER = fround(0.0015);
const MAX_SPEED = fround(0.07);
const LEFT = fround(-1.2);
const RIGHT = fround(0.6);
const GOAL = fround(0.45);

/** Observation [x, ẋ] in an own buffer that each call overwrites; action [force]. Terminates at the flag. */
export class MountainCarContinuous implements PhysicalEnv, Stateful {
  readonly id = "MountainCarContinuous-v0";
  readonly observationSpace = box([LEFT, -MAX_SPEED], [RIGHT, MAX_SPEED]);
  readonly actionSpace = box([-1], [1]);
  private readonly observation = new Float32Array(2);
  private random = new RandomStream(0, "MountainCarContinuous-v0");
  private position = 0;
  private velocity = 0;
  /** Whether the state is float32 yet. */
  private isSingle = false;

  /** x uniform in [−0.6, −0.4], at rest. */
  reset({ seed }: ResetOptions = {}): ResetResult {
    if (seed !== undefined) this.random = new RandomStream(seed, this.id);
    return this.begin(this.random.uniformBetween(-0.6, -0.4), 0);
  }

  step(action: ArrayLike<number>): StepResult {
    expectActionOf(1, action, this.id);
    const given = fround(action[0]!);
    const slope = 0.0025 * cos(this.rounded(3 * this.position));
    // NumPy's rules: a float32 action makes the difference float32, a bound (a Python number) leaves it float64.
    const push =
      Math.abs(given) <= 1
        ? fround(fround(given * POWER) - fround(slope))
        : this.rounded(Math.sign(given) * 0.0015 - slope);
    const velocity = Math.min(Math.max(this.rounded(this.velocity + push), -MAX_SPEED), MAX_SPEED);
    const position = fround(Math.min(Math.max(this.position + velocity, LEFT), RIGHT));
    this.position = position;
    this.velocity = position === LEFT && velocity < 0 ? 0 : fround(velocity);
    this.isSingle = true;
    const terminated = position >= GOAL && this.velocity >= 0;
    const reward = (terminated ? 100 : 0) - given * given * 0.1;
    return { observation: this.observe(), reward, terminated, truncated: false, info: noInfo };
  }

  /** [x, ẋ]; ẋ per step. */
  physics(): Float64Array {
    return Float64Array.of(this.position, this.velocity);
  }

  setPhysics(state: ArrayLike<number>): ResetResult {
    expectPhysicsOf(2, state, this.id);
    return this.begin(state[0]!, state[1]!);
  }

  state() {
    const { isSingle } = this;
    return stateOf(this.id, { random: this.random.state(), physics: this.physics(), isSingle });
  }

  restore(state: EnvState): void {
    const { random, physics, isSingle } = stateLike(this.state(), state);
    this.random = RandomStream.from(random);
    this.setPhysics(physics);
    this.isSingle = isSingle;
  }

  private begin(position: number, velocity: number): ResetResult {
    this.position = position;
    this.velocity = velocity;
    this.isSingle = false;
    return { observation: this.observe(), info: noInfo };
  }

  private rounded(x: number): number {
    return this.isSingle ? fround(x) : x;
  }

  private observe(): Float32Array {
    this.observation[0] = this.position;
    this.observation[1] = this.velocity;
    return this.observation;
  }
}
