// The envs without physics of their own kind of picture, drawn from what they observe.

import { cos, sin } from "../../math/index.ts";
import type { Drawing, Shape } from "./drawing.ts";

/**
 * Pendulum-v1: a rod about a pivot.
 * @param observation cos θ, sin θ, angular velocity; θ = 0 is upright, and grows anticlockwise
 */
export function pendulumDrawing(observation: ArrayLike<number>): Drawing {
  const x = -observation[1]!;
  const y = observation[0]!;
  return {
    view: { left: -2.4, bottom: -1.35, width: 4.8 },
    shapes: [
      { kind: "line", points: [0, 0, x, y], width: 0.2, role: "limb" },
      { kind: "circle", x: 0, y: 0, radius: 0.05, role: "joint" },
    ],
  };
}

const HILLS = { from: -1.2, to: 0.6, goal: 0.45 };
const CAR = { length: 0.16, height: 0.07, wheel: 0.028 };

/**
 * MountainCarContinuous-v0: a car between two hills, with a flag on the right one.
 * @param observation position, velocity
 */
export function mountainCarDrawing(observation: ArrayLike<number>): Drawing {
  const position = observation[0]!;
  const goalHeight = hillHeight(HILLS.goal);
  const flag = { x: HILLS.goal, top: goalHeight + 0.2 };
  return {
    view: { left: -1.3, bottom: -0.06, width: 2.2 },
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
  return Array.from({ length: 61 }, (_, i) => {
    const x = HILLS.from + ((HILLS.to - HILLS.from) * i) / 60;
    return [x, hillHeight(x)];
  }).flat();
}

function hillHeight(x: number): number {
  return 0.45 * sin(3 * x) + 0.55;
}
