// CartPole-v1: keep a pole upright on a cart by pushing the cart left or right. Dynamics, reward and start as Gymnasium's, in
// float64 (Barto, Sutton, Anderson, "Neuronlike adaptive elements that can solve difficult learning control problems", 1983):
//
//   t = (F + m l θ̇² sin θ) / M      F = ±10 N, m = 0.1 kg, M = 1.1 kg, l = 0.5 m (half the pole), g = 9.8, Euler, Δt = 0.02
//   θ̈ = (g sin θ − t cos θ) / (l (4/3 − m cos² θ / M)),   ẍ = t − m l θ̈ cos θ / M
//   r = 1 a step; it ends where |x| > 2.4 m or |θ| > 12°

import { cos, sin } from "../../math/index.ts";
import { RandomStream } from "../../random/index.ts";
import { noInfo, type PhysicalEnv, type ResetOptions, type ResetResult, type StepResult } from "../env.ts";
import { choiceOf, expectPhysicsOf } from "../refusals.ts";
import { box, discrete } from "../spaces.ts";
import { type EnvState, type Stateful, stateLike, stateOf } from "../stateful.ts";

const GRAVITY = 9.8;
const POLE_MASS = 0.1;
const TOTAL_MASS = POLE_MASS + 1;
const HALF_LENGTH = 0.5;
const FORCE = 10;
const TIME_STEP = 0.02;
const MAX_PLACE = 2.4;
const MAX_ANGLE = (12 * 2 * Math.PI) / 360;
const { fround } = Math;

/** Observation [x, ẋ, θ, θ̇] in an own buffer that each call overwrites; action 0 pushes left, 1 right. */
export class CartPole implements PhysicalEnv, Stateful {
  readonly id = "CartPole-v1";
  readonly observationSpace = box(
    [-fround(2 * MAX_PLACE), -Infinity, -fround(2 * MAX_ANGLE), -Infinity],
    [fround(2 * MAX_PLACE), Infinity, fround(2 * MAX_ANGLE), Infinity],
  );
  readonly actionSpace = discrete(2);
  private readonly observation = new Float32Array(4);
  /** [x, ẋ, θ, θ̇] */
  private readonly values = new Float64Array(4);
  private random = new RandomStream(0, "CartPole-v1");
  /** Whether it has ended: steps beyond are worth nothing. */
  private isOver = false;

  /** All four uniform in ±0.05. */
  reset({ seed }: ResetOptions = {}): ResetResult {
    if (seed !== undefined) this.random = new RandomStream(seed, this.id);
    return this.setPhysics(Array.from({ length: 4 }, () => this.random.uniformBetween(-0.05, 0.05)));
  }

  step(action: ArrayLike<number>): StepResult {
    const force = choiceOf(this.actionSpace, action, this.id) === 1 ? FORCE : -FORCE;
    const [x, speed, angle, turning] = this.values as unknown as [number, number, number, number];
    const [c, s] = [cos(angle), sin(angle)];
    const t = (force + POLE_MASS * HALF_LENGTH * (turning * turning) * s) / TOTAL_MASS;
    const turningRate = (GRAVITY * s - c * t) / (HALF_LENGTH * (4 / 3 - (POLE_MASS * (c * c)) / TOTAL_MASS));
    const acceleration = t - (POLE_MASS * HALF_LENGTH * turningRate * c) / TOTAL_MASS;
    this.values[0] = x + TIME_STEP * speed;
    this.values[1] = speed + TIME_STEP * acceleration;
    this.values[2] = angle + TIME_STEP * turning;
    this.values[3] = turning + TIME_STEP * turningRate;
    const terminated = Math.abs(this.values[0]) > MAX_PLACE || Math.abs(this.values[2]) > MAX_ANGLE;
    const reward = terminated && this.isOver ? 0 : 1;
    this.isOver ||= terminated;
    this.observation.set(this.values);
    return { observation: this.observation, reward, terminated, truncated: false, info: noInfo };
  }

  /** [x, ẋ, θ, θ̇] in m, m/s, rad and rad/s; θ = 0 is upright and grows clockwise. */
  physics(): Float64Array {
    return this.values.slice();
  }

  setPhysics(physics: ArrayLike<number>): ResetResult {
    expectPhysicsOf(4, physics, this.id);
    this.values.set(physics);
    this.isOver = false;
    this.observation.set(this.values);
    return { observation: this.observation, info: noInfo };
  }

  state() {
    const { isOver } = this;
    return stateOf(this.id, { random: this.random.state(), physics: this.physics(), isOver });
  }

  restore(state: EnvState): void {
    const { random, physics, isOver } = stateLike(this.state(), state);
    this.random = RandomStream.from(random);
    this.setPhysics(physics);
    this.isOver = isOver;
  }
}
