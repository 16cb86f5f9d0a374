// Pictures of the envs that have no physics engine to ask, drawn from their state.

import { cos, sin } from "../../math/index.ts";
import { ASPECT, type Drawing, type Shape } from "./drawing.ts";

/**
 * Pendulum-v1: a rod about a pivot.
 * @param state [θ, θ̇]; θ = 0 is upright, and grows anticlockwise
 */
export function pendulumDrawing(state: ArrayLike<number>): Drawing {
  const angle = state[0]!;
  return {
    view: { left: -2.4, bottom: -1.35, width: 4.8 },
    shapes: [
      { kind: "line", points: [0, 0, -sin(angle), cos(angle)], width: 0.2, role: "limb" },
      { kind: "circle", x: 0, y: 0, radius: 0.05, role: "joint" },
    ],
  };
}

/**
 * tempered/PointMass-v0: each two dimensions are a point in a room of their own, its goal in the middle; the last of an
 * odd number moves on a line.
 * @param state [x…, v…]
 */
export function pointMassDrawing(state: ArrayLike<number>): Drawing {
  const dimensions = state.length / 2;
  const rooms = Math.ceil(dimensions / 2);
  const width = Math.max(2.6 * ASPECT, 2.4 * rooms + 0.4);
  const shapes = Array.from({ length: rooms }, (_, room): Shape[] => {
    const middle = 2.4 * (room - (rooms - 1) / 2);
    const [left, right] = [middle - 1, middle + 1];
    const x = middle + state[2 * room]!;
    const y = 2 * room + 1 < dimensions ? state[2 * room + 1]! : 0;
    return [
      {
        kind: "line",
        points: [left, -1, right, -1, right, 1, left, 1, left, -1],
        width: 0.02,
        role: "track",
      },
      { kind: "circle", x: middle, y: 0, radius: 0.08, role: "goal" },
      { kind: "circle", x, y, radius: 0.06, role: "limb" },
    ];
  });
  return { view: { left: -width / 2, bottom: -width / ASPECT / 2, width }, shapes: shapes.flat() };
}

/**
 * CartPole-v1: a pole on a cart on a rail, which ends where an episode does.
 * @param state [x, ẋ, θ, θ̇]; θ = 0 is upright, and grows clockwise
 */
export function cartPoleDrawing(state: ArrayLike<number>): Drawing {
  const [x, angle] = [state[0]!, state[2]!];
  const [half, top] = [0.25, 0.15];
  return {
    view: { left: -2.8, bottom: -1.15, width: 5.6 },
    shapes: [
      { kind: "line", points: [-2.4, 0, 2.4, 0], width: 0.03, role: "track" },
      {
        kind: "polygon",
        points: [x - half, -top, x + half, -top, x + half, top, x - half, top],
        role: "body",
      },
      { kind: "line", points: [x, 0.1, x + sin(angle), 0.1 + cos(angle)], width: 0.1, role: "limb" },
      { kind: "circle", x, y: 0.1, radius: 0.05, role: "joint" },
    ],
  };
}

/**
 * Acrobot-v1: two links below a pivot, and the height that the tip must pass.
 * @param state [θ₁, θ₂, θ̇₁, θ̇₂]; θ₁ = 0 hangs down, θ₂ is relative to the first link, both anticlockwise
 */
export function acrobotDrawing(state: ArrayLike<number>): Drawing {
  const [first, both] = [state[0]!, state[0]! + state[1]!];
  const elbow = [sin(first), -cos(first)] as const;
  const tip = [elbow[0] + sin(both), elbow[1] - cos(both)] as const;
  return {
    view: { left: -4, bottom: -2.25, width: 8 },
    shapes: [
      { kind: "line", points: [-2.4, 1, 2.4, 1], width: 0.02, role: "goal" },
      { kind: "line", points: [0, 0, ...elbow], width: 0.2, role: "limb" },
      { kind: "line", points: [...elbow, ...tip], width: 0.2, role: "limb" },
      { kind: "circle", x: 0, y: 0, radius: 0.06, role: "joint" },
      { kind: "circle", x: elbow[0], y: elbow[1], radius: 0.06, role: "joint" },
    ],
  };
}

/** The track goes on beyond the walls at −1.2 and 0.6, as far as the picture. */
const HILLS = { from: -1.6, to: 1 };
const CAR = { length: 0.16, height: 0.07, wheel: 0.028 };

/**
 * MountainCar-v0 and MountainCarContinuous-v0: a car between two hills, with a flag on the right one.
 * @param state [position, velocity]
 * @param goal where the flag stands
 */
export function mountainCarDrawing(state: ArrayLike<number>, goal: number): Drawing {
  const position = state[0]!;
  const goalHeight = hillHeight(goal);
  const flag = { x: goal, top: goalHeight + 0.2 };
  return {
    view: { left: HILLS.from, bottom: -0.1, width: HILLS.to - HILLS.from },
    shapes: [
      { kind: "polygon", points: [...hills(), HILLS.to, -1, HILLS.from, -1], role: "track" },
      { kind: "line", points: [flag.x, goalHeight, flag.x, flag.top], width: 0.008, role: "joint" },
      {
        kind: "polygon",
        points: [flag.x, flag.top, flag.x + 0.1, flag.top - 0.035, flag.x, flag.top - 0.07],
        role: "goal",
      },
      ...car(position),
    ],
  };
}

function car(position: number): Shape[] {
  const slope = 1.35 * cos(3 * position);
  const norm = Math.sqrt(1 + slope * slope);
  const [c, s] = [1 / norm, slope / norm];
  /** From along and above the ground under the car. */
  const at = (along: number, above: number): [number, number] => [
    position + c * along - s * above,
    hillHeight(position) + s * along + c * above,
  ];
  const half = CAR.length / 2;
  const wheels = [-0.6, 0.6].map((part): Shape => {
    const [x, y] = at(part * half, CAR.wheel);
    return { kind: "circle", x, y, radius: CAR.wheel, role: "joint" };
  });
  const top = CAR.wheel + CAR.height;
  const corners = [at(-half, CAR.wheel), at(half, CAR.wheel), at(half * 0.8, top), at(-half, top)];
  return [{ kind: "polygon", points: corners.flat(), role: "limb" }, ...wheels];
}

function hills(): number[] {
  return Array.from({ length: 81 }, (_, i) => {
    const x = HILLS.from + ((HILLS.to - HILLS.from) * i) / 80;
    return [x, hillHeight(x)];
  }).flat();
}

function hillHeight(x: number): number {
  return 0.45 * sin(3 * x) + 0.55;
}
