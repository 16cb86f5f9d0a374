// Ant-v5: a ball on four two-jointed legs that is paid for forward speed and staying healthy, its torso between 0.2 and
// 1 m high. Model: Schulman et al., "High-Dimensional Continuous Control Using Generalized Advantage Estimation" (2016),
// with Gymnasium's parameters. https://gymnasium.farama.org/environments/mujoco/ant/

import type { Body, Geom } from "./mjcf.ts";
import { clip, copyInto, freeBodyInfo, sumOfSquares } from "./quantities.ts";
import type { Simulation } from "./simulation.ts";
import type { Task } from "./task.ts";

interface Leg {
  readonly name: string;
  /** Number in the names of its joints. */
  readonly number: number;
  /** The quadrant it points to. */
  readonly x: 1 | -1;
  readonly y: 1 | -1;
  /** The ankle turns about (`axisX`, 1, 0) within `ankleRange` degrees. */
  readonly axisX: 1 | -1;
  readonly ankleRange: readonly [number, number];
}

const LEGS: readonly Leg[] = [
  { name: "front_left", number: 1, x: 1, y: 1, axisX: -1, ankleRange: [30, 70] },
  { name: "front_right", number: 2, x: -1, y: 1, axisX: 1, ankleRange: [-70, -30] },
  { name: "back_left", number: 3, x: -1, y: -1, axisX: -1, ankleRange: [-70, -30] },
  { name: "back_right", number: 4, x: 1, y: -1, axisX: 1, ankleRange: [30, 70] },
];

const THIGH = 0.2;
const SHIN = 0.4;
const CONTROL_COST = 0.5;
const CONTACT_COST = 5e-4;
const CONTACT_FORCE_LIMIT = 1;
const HEALTHY_REWARD = 1;
const TORSO = 1;

export const ant: Task = {
  id: "Ant-v5",
  summary: "walk forward on four legs",
  rewardThreshold: 6000,
  model: {
    name: "ant",
    compiler: { angle: "degree", inertiafromgeom: true },
    option: { timestep: 0.01, integrator: "RK4" },
    defaults: {
      joint: { armature: 1, damping: 1, limited: true },
      geom: { conaffinity: 0, condim: 3, density: 5, friction: [1, 0.5, 0.5], margin: 0.01 },
    },
    world: {
      geoms: [{ name: "floor", type: "plane", size: [40, 40, 40], conaffinity: 1 }],
      bodies: [
        {
          name: "torso",
          pos: [0, 0, 0.75],
          joints: [{ name: "root", type: "free", armature: 0, damping: 0, limited: false, margin: 0.01 }],
          geoms: [{ name: "torso", type: "sphere", size: [0.25] }],
          bodies: LEGS.map(leg),
        },
      ],
    },
    motors: [4, 1, 2, 3].flatMap((number) =>
      ["hip", "ankle"].map((joint) => ({
        joint: `${joint}_${number}`,
        gear: 150,
        ctrlrange: [-1, 1] as const,
      })),
    ),
  },
  frameSkip: 5,
  resetNoise: { scale: 0.1, velocity: "normal" },
  readsContactForces: true,
  observationSize: 13 + 14 + 6 * 13,
  farGeoms: [2, 3, 4, 5, 6, 7],
  observe({ state: { qpos, qvel, cfrc_ext } }, out) {
    const afterVelocity = copyInto(out, copyInto(out, 0, qpos, 2), qvel);
    for (let i = 6; i < cfrc_ext.length; i++) out[afterVelocity + i - 6] = contactForce(cfrc_ext[i]!);
  },
  place({ state: { xpos } }, out) {
    out[0] = xpos[3 * TORSO]!;
    out[1] = xpos[3 * TORSO + 1]!;
  },
  resetInfo: freeBodyInfo,
  judge(simulation, { action, xVelocity, yVelocity }) {
    const healthy = isHealthy(simulation);
    const healthyReward = healthy ? HEALTHY_REWARD : 0;
    const controlCost = CONTROL_COST * sumOfSquares(action);
    const contactCost = contactForceCost(simulation);
    return {
      reward: xVelocity + healthyReward - (controlCost + contactCost),
      terminated: !healthy,
      info: {
        ...freeBodyInfo(simulation),
        x_velocity: xVelocity,
        y_velocity: yVelocity,
        reward_forward: xVelocity,
        reward_ctrl: -controlCost,
        reward_contact: -contactCost,
        reward_survive: healthyReward,
      },
    };
  },
};

function isHealthy({ state: { qpos, qvel } }: Simulation): boolean {
  return qpos.every(Number.isFinite) && qvel.every(Number.isFinite) && qpos[2]! >= 0.2 && qpos[2]! <= 1;
}

function contactForce(raw: number): number {
  return clip(raw, -CONTACT_FORCE_LIMIT, CONTACT_FORCE_LIMIT);
}

function contactForceCost({ state: { cfrc_ext } }: Simulation): number {
  let squares = 0;
  for (let i = 0; i < cfrc_ext.length; i++) {
    const force = contactForce(cfrc_ext[i]!);
    squares += force * force;
  }
  return CONTACT_COST * squares;
}

function leg({ name, number, x, y, axisX, ankleRange }: Leg): Body {
  const hipPos = [THIGH * x, THIGH * y, 0] as const;
  return {
    name: `${name}_leg`,
    pos: [0, 0, 0],
    geoms: [bone(`${name}_inner`, hipPos[0], hipPos[1])],
    bodies: [
      {
        name: `${name}_thigh`,
        pos: hipPos,
        joints: [{ name: `hip_${number}`, type: "hinge", axis: [0, 0, 1], range: [-30, 30] }],
        geoms: [bone(`${name}_thigh`, hipPos[0], hipPos[1])],
        bodies: [
          {
            name: `${name}_shin`,
            pos: hipPos,
            joints: [{ name: `ankle_${number}`, type: "hinge", axis: [axisX, 1, 0], range: ankleRange }],
            geoms: [bone(`${name}_shin`, SHIN * x, SHIN * y)],
          },
        ],
      },
    ],
  };
}

/** A capsule from its body's origin to (x, y). */
function bone(name: string, x: number, y: number): Geom {
  return { name, type: "capsule", size: [0.08], fromto: [0, 0, 0, x, y, 0] };
}
