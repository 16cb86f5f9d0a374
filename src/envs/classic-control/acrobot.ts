// Acrobot-v1: two links hang from a pivot, driven only at the joint between them; swing the tip up to one link above the
// pivot. Dynamics, reward and start as Gymnasium's ("book" equations of Sutton & Barto, "Reinforcement Learning", 2018, 11.3;
// Runge–Kutta of order 4, Δt = 0.2): its start is rounded to float32, all else is float64.
//
//   d₁ θ̈₁ + d₂ θ̈₂ + φ₁ = 0,   d₂ θ̈₁ + (l_c² + I) θ̈₂ + l l_c θ̇₁² sin θ₂ + φ₂ = τ      τ = −1, 0 or 1 N m
//   r = −1 a step, 0 the last; it ends where −cos θ₁ − cos(θ₁ + θ₂) > 1

import { cos, sin } from "../../math/index.ts";
import { RandomStream } from "../../random/index.ts";
import { noInfo, type PhysicalEnv, type ResetOptions, type ResetResult, type StepResult } from "../env.ts";
import { choiceOf, expectPhysicsOf } from "../refusals.ts";
import { box, discrete } from "../spaces.ts";
import { type EnvState, type Stateful, stateLike, stateOf } from "../stateful.ts";

type Four = readonly [theta1: number, theta2: number, speed1: number, speed2: number];

const TIME_STEP = 0.2;
const GRAVITY = 9.8;
/** Of each link: 1 kg, 1 m long with its centre of mass in the middle, moment of inertia 1 kg m². */
const HALF_LENGTH = 0.5;
const MAX_SPEED_1 = 4 * Math.PI;
const MAX_SPEED_2 = 9 * Math.PI;
const { fround } = Math;

/**
 * Observation [cos θ₁, sin θ₁, cos θ₂, sin θ₂, θ̇₁, θ̇₂] in an own buffer that each call overwrites; action 0, 1 and 2 are a
 * torque of −1, 0 and 1 N m.
 */
export class Acrobot implements PhysicalEnv, Stateful {
  readonly id = "Acrobot-v1";
  readonly observationSpace;
  readonly actionSpace = discrete(3);
  private readonly observation = new Float32Array(6);
  private random = new RandomStream(0, "Acrobot-v1");
  private values: Four = [0, 0, 0, 0];

  constructor() {
    const high = [1, 1, 1, 1, fround(MAX_SPEED_1), fround(MAX_SPEED_2)];
    this.observationSpace = box(
      high.map((bound) => -bound),
      high,
    );
  }

  /** All four uniform in ±0.1: hanging down, nearly at rest. */
  reset({ seed }: ResetOptions = {}): ResetResult {
    if (seed !== undefined) this.random = new RandomStream(seed, this.id);
    return this.setPhysics(Array.from({ length: 4 }, () => fround(this.random.uniformBetween(-0.1, 0.1))));
  }

  step(action: ArrayLike<number>): StepResult {
    const torque = choiceOf(this.actionSpace, action, this.id) - 1;
    const [theta1, theta2, speed1, speed2] = rungeKutta(this.values, torque);
    this.values = [
      wrapped(theta1),
      wrapped(theta2),
      Math.min(Math.max(speed1, -MAX_SPEED_1), MAX_SPEED_1),
      Math.min(Math.max(speed2, -MAX_SPEED_2), MAX_SPEED_2),
    ];
    const terminated = -cos(this.values[0]) - cos(this.values[1] + this.values[0]) > 1;
    const reward = terminated ? 0 : -1;
    return { observation: this.observe(), reward, terminated, truncated: false, info: noInfo };
  }

  /** [θ₁, θ₂, θ̇₁, θ̇₂] in rad and rad/s; θ₁ = 0 hangs down, θ₂ is relative to the first link. */
  physics(): Float64Array {
    return Float64Array.of(...this.values);
  }

  setPhysics(physics: ArrayLike<number>): ResetResult {
    expectPhysicsOf(4, physics, this.id);
    this.values = Array.from(physics) as unknown as Four;
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
    const [theta1, theta2, speed1, speed2] = this.values;
    this.observation.set([cos(theta1), sin(theta1), cos(theta2), sin(theta2), speed1, speed2]);
    return this.observation;
  }
}

/** The state a time step later. */
function rungeKutta(y: Four, torque: number): Four {
  const along = (k: Four, step: number): Four => [
    y[0] + step * k[0],
    y[1] + step * k[1],
    y[2] + step * k[2],
    y[3] + step * k[3],
  ];
  const k1 = derivative(y, torque);
  const k2 = derivative(along(k1, TIME_STEP / 2), torque);
  const k3 = derivative(along(k2, TIME_STEP / 2), torque);
  const k4 = derivative(along(k3, TIME_STEP), torque);
  const sum = (i: 0 | 1 | 2 | 3) => k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i];
  return along([sum(0), sum(1), sum(2), sum(3)], TIME_STEP / 6);
}

function derivative([theta1, theta2, speed1, speed2]: Four, torque: number): Four {
  const [c2, s2] = [cos(theta2), sin(theta2)];
  const d1 = 0.25 + (1 + 0.25 + c2) + 1 + 1;
  const d2 = 0.25 + HALF_LENGTH * c2 + 1;
  const phi2 = HALF_LENGTH * GRAVITY * cos(theta1 + theta2 - Math.PI / 2);
  const phi1 =
    -HALF_LENGTH * (speed2 * speed2) * s2 -
    speed2 * speed1 * s2 +
    (HALF_LENGTH + 1) * GRAVITY * cos(theta1 - Math.PI / 2) +
    phi2;
  const rate2 =
    (torque + (d2 / d1) * phi1 - HALF_LENGTH * (speed1 * speed1) * s2 - phi2) / (0.25 + 1 - (d2 * d2) / d1);
  const rate1 = -(d2 * rate2 + phi1) / d1;
  return [speed1, speed2, rate1, rate2];
}

/** Into [−π, π], by whole turns. */
function wrapped(angle: number): number {
  let x = angle;
  while (x > Math.PI) x -= 2 * Math.PI;
  while (x < -Math.PI) x += 2 * Math.PI;
  return x;
}
