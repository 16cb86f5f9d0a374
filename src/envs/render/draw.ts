// Finds out how to draw an env: it says so itself, or it is one of those whose picture is known here.

import type { Env, PhysicalEnv } from "../env.ts";
import { unwrapped } from "../wrappers/wrapper.ts";
import {
  acrobotDrawing,
  cartPoleDrawing,
  mountainCarDrawing,
  pendulumDrawing,
  pointMassDrawing,
} from "./classic-control.ts";
import type { Drawable, Drawing } from "./drawing.ts";

/** The cars and PointMass have no clock that agrees with ours; they are shown at this speed. */
const ASSUMED_STEP_SECONDS = 1 / 30;

const KNOWN: Readonly<Record<string, { stepSeconds: number; draw: (state: Float64Array) => Drawing }>> = {
  "Pendulum-v1": { stepSeconds: 0.05, draw: pendulumDrawing },
  "MountainCarContinuous-v0": { stepSeconds: ASSUMED_STEP_SECONDS, draw: (s) => mountainCarDrawing(s, 0.45) },
  "MountainCar-v0": { stepSeconds: ASSUMED_STEP_SECONDS, draw: (s) => mountainCarDrawing(s, 0.5) },
  "CartPole-v1": { stepSeconds: 0.02, draw: cartPoleDrawing },
  "Acrobot-v1": { stepSeconds: 0.2, draw: acrobotDrawing },
  "tempered/PointMass-v0": { stepSeconds: ASSUMED_STEP_SECONDS, draw: pointMassDrawing },
};

/** What draws `env` and knows its speed, whatever it is wrapped in; undefined where nothing does. */
export function drawableOf(env: Env): Drawable | undefined {
  const inner = unwrapped(env);
  if ("drawing" in inner && "stepSeconds" in inner) return inner as Env & Drawable;
  const known = KNOWN[inner.id];
  if (!known || !("physics" in inner)) return undefined;
  const { physics } = inner as PhysicalEnv;
  return { stepSeconds: known.stepSeconds, drawing: () => known.draw(physics.call(inner)) };
}
