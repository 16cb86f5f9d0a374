// Pendulum-v1: swing a pendulum up and hold it there, with a motor too weak to lift it at once. Dynamics, reward and
// start as Gymnasium's, with its float32 action and float64 state; sin and cos are our own, within an ulp.
//
//   θ̈ = 3g/(2l) sin θ + 3/(ml²) u      g = 10, m = l = 1, θ = 0 upright, |u| ≤ 2, |θ̇| ≤ 8, semi-implicit Euler, Δt = 0.05
//   r = −(θ² + 0.1 θ̇² + 0.001 u²)      before the step, θ taken in [−π, π)

import { cos, sin } from "../../math/index.ts";
import { RandomStream } from "../../random/index.ts";
import { noInfo, type PhysicalEnv, type ResetOptions, type ResetResult, type StepResult } from "../env.ts";
import { expectActionOf, expectPhysicsOf } from "../refusals.ts";
import { box } from "../spaces.ts";
import { type EnvState, type Stateful, stateLike, stateOf } from "../stateful.ts";

const MAX_SPEED = 8;
const MAX_TORQUE = 2;
const TIME_STEP = 0.05;

/** Observation [cos θ, sin θ, θ̇] in an own buffer that each call overwrites; action [torque]. Never ends by itself. */
export class Pendulum implements PhysicalEnv, Stateful {
  readonly id = "Pendulum-v1";
  readonly observationSpace = box([-1, -1, -MAX_SPEED], [1, 1, MAX_SPEED]);
  readonly actionSpace = box([-MAX_TORQUE], [MAX_TORQUE]);
  private readonly observation = new Float32Array(3);
  private random = new RandomStream(0, "Pendulum-v1");
  private angle = 0;
  private speed = 0;

  /** θ uniform in ±π, θ̇ in ±1. */
  reset({ seed }: ResetOptions = {}): ResetResult {
    if (seed !== undefined) this.random = new RandomStream(seed, this.id);
    return this.begin(this.random.uniformBetween(-Math.PI, Math.PI), this.random.uniformBetween(-1, 1));
  }

  step(action: ArrayLike<number>): StepResult {
    expectActionOf(1, action, this.id);
    const torque = Math.fround(Math.min(Math.max(action[0]!, -MAX_TORQUE), MAX_TORQUE));
    const angle = modulo(this.angle + Math.PI, 2 * Math.PI) - Math.PI;
    const effort = Math.fround(Math.fround(0.001) * Math.fround(torque * torque));
    const cost = angle * angle + 0.1 * (this.speed * this.speed) + effort;
    const speed = this.speed + (15 * sin(this.angle) + Math.fround(3 * torque)) * TIME_STEP;
    this.speed = Math.min(Math.max(speed, -MAX_SPEED), MAX_SPEED);
    this.angle += this.speed * TIME_STEP;
    return { observation: this.observe(), reward: -cost, terminated: false, truncated: false, info: noInfo };
  }

  /** [θ, θ̇] in rad (not wrapped: it counts turns) and rad/s. */
  physics(): Float64Array {
    return Float64Array.of(this.angle, this.speed);
  }

  setPhysics(state: ArrayLike<number>): ResetResult {
    expectPhysicsOf(2, state, this.id);
    return this.begin(state[0]!, state[1]!);
  }

  state() {
    return stateOf(this.id, { random: this.random.state(), physics: this.physics() });
  }

  restore(state: EnvState): void {
    const { random, physics } = stateLike(this.state(), state);
    this.random = RandomStream.from(random);
    this.setPhysics(physics);
  }

  private begin(angle: number, speed: number): ResetResult {
    this.angle = angle;
    this.speed = speed;
    return { observation: this.observe(), info: noInfo };
  }

  private observe(): Float32Array {
    this.observation[0] = cos(this.angle);
    this.observation[1] = sin(this.angle);
    this.observation[2] = this.speed;
    return this.observation;
  }
}

/** The remainder with the sign of the divisor, as Python's %. */
function modulo(x: number, divisor: number): number {
  const rest = x % divisor;
  return rest < 0 ? rest + divisor : rest;
}
