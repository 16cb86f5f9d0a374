// HalfCheetah-v5: a planar two-legged runner that is paid for its forward speed and never falls out of its episode.
// Model: P. Wawrzyński, "A Cat-Like Robot Real-Time Learning to Run" (2009), with Gymnasium's parameters.
// https://gymnasium.farama.org/environments/mujoco/half_cheetah/

import type { Body, Mjcf, Vector3 } from "./mjcf.ts";
import { copyInto, planarPlace, rootJoints, sumOfSquares } from "./quantities.ts";
import type { Task } from "./task.ts";

interface Segment {
  readonly name: string;
  /** Where its joint sits on the segment above. */
  readonly pos: Vector3;
  /** Middle of its capsule, the capsule's turn about y (rad) and half-length. */
  readonly middle: Vector3;
  readonly turn: number;
  readonly halfLength: number;
  /** Limits of its joint (rad), with the joint's spring and damper. */
  readonly range: readonly [number, number];
  readonly stiffness: number;
  readonly damping: number;
}

const RADIUS = 0.046;

const BACK_LEG: readonly Segment[] = [
  {
    name: "bthigh",
    pos: [-0.5, 0, 0],
    middle: [0.1, 0, -0.13],
    turn: -3.8,
    halfLength: 0.145,
    range: [-0.52, 1.05],
    stiffness: 240,
    damping: 6,
  },
  {
    name: "bshin",
    pos: [0.16, 0, -0.25],
    middle: [-0.14, 0, -0.07],
    turn: -2.03,
    halfLength: 0.15,
    range: [-0.785, 0.785],
    stiffness: 180,
    damping: 4.5,
  },
  {
    name: "bfoot",
    pos: [-0.28, 0, -0.14],
    middle: [0.03, 0, -0.097],
    turn: -0.27,
    halfLength: 0.094,
    range: [-0.4, 0.785],
    stiffness: 120,
    damping: 3,
  },
];

const FRONT_LEG: readonly Segment[] = [
  {
    name: "fthigh",
    pos: [0.5, 0, 0],
    middle: [-0.07, 0, -0.12],
    turn: 0.52,
    halfLength: 0.133,
    range: [-1, 0.7],
    stiffness: 180,
    damping: 4.5,
  },
  {
    name: "fshin",
    pos: [-0.14, 0, -0.24],
    middle: [0.065, 0, -0.09],
    turn: -0.6,
    halfLength: 0.106,
    range: [-1.2, 0.87],
    stiffness: 120,
    damping: 3,
  },
  {
    name: "ffoot",
    pos: [0.13, 0, -0.18],
    middle: [0.045, 0, -0.07],
    turn: -0.6,
    halfLength: 0.07,
    range: [-0.5, 0.5],
    stiffness: 60,
    damping: 1.5,
  },
];

/** Torque at full command, N m. */
const GEARS = { bthigh: 120, bshin: 90, bfoot: 60, fthigh: 120, fshin: 60, ffoot: 30 };

const MODEL: Mjcf = {
  name: "half-cheetah",
  compiler: { angle: "radian", inertiafromgeom: true, settotalmass: 14 },
  option: { timestep: 0.01, gravity: [0, 0, -9.81] },
  size: { memory: "6M" },
  defaults: {
    joint: {
      armature: 0.1,
      damping: 0.01,
      limited: true,
      solimplimit: [0, 0.8, 0.03],
      solreflimit: [0.02, 1],
      stiffness: 8,
    },
    geom: {
      contype: 1,
      conaffinity: 0,
      condim: 3,
      friction: [0.4, 0.1, 0.1],
      solimp: [0, 0.8, 0.01],
      solref: [0.02, 1],
    },
  },
  world: {
    geoms: [{ name: "floor", type: "plane", size: [40, 40, 40], conaffinity: 1 }],
    bodies: [
      {
        name: "torso",
        pos: [0, 0, 0.7],
        joints: rootJoints(0),
        geoms: [
          { name: "torso", type: "capsule", size: [RADIUS], fromto: [-0.5, 0, 0, 0.5, 0, 0] },
          {
            name: "head",
            type: "capsule",
            size: [RADIUS, 0.15],
            pos: [0.6, 0, 0.1],
            axisangle: [0, 1, 0, 0.87],
          },
        ],
        bodies: [leg(BACK_LEG), leg(FRONT_LEG)],
      },
    ],
  },
  motors: Object.entries(GEARS).map(([joint, gear]) => ({ joint, gear, ctrlrange: [-1, 1] })),
};

const CONTROL_COST = 0.1;

export const halfCheetah: Task = {
  id: "HalfCheetah-v5",
  summary: "run forward on two legs in a plane",
  rewardThreshold: 4800,
  model: MODEL,
  frameSkip: 5,
  resetNoise: { scale: 0.1, velocity: "normal" },
  readsContactForces: false,
  observationSize: 17,
  farGeoms: [6, 7, 8],
  observe({ state }, out) {
    copyInto(out, 0, state.qpos, 1);
    copyInto(out, state.qpos.length - 1, state.qvel);
  },
  place: planarPlace,
  resetInfo: ({ state }) => ({ x_position: state.qpos[0]! }),
  judge({ state }, { action, xVelocity }) {
    const controlCost = CONTROL_COST * sumOfSquares(action);
    return {
      reward: xVelocity - controlCost,
      terminated: false,
      info: {
        x_position: state.qpos[0]!,
        x_velocity: xVelocity,
        reward_forward: xVelocity,
        reward_ctrl: -controlCost,
      },
    };
  },
};

/** The first segment with the rest of the leg hanging from it. */
function leg([segment, ...below]: readonly Segment[]): Body {
  const { name, pos, middle, turn, halfLength, range, stiffness, damping } = segment!;
  return {
    name,
    pos,
    joints: [{ name, type: "hinge", axis: [0, 1, 0], range, stiffness, damping }],
    geoms: [{ name, type: "capsule", size: [RADIUS, halfLength], pos: middle, axisangle: [0, 1, 0, turn] }],
    bodies: below.length > 0 ? [leg(below)] : [],
  };
}
