// What Hopper-v5 and Walker2d-v5 share: a planar torso on legs that is paid for forward speed and for staying healthy,
// upright at a sensible height; the episode ends when it no longer is.

import type { Body, Geom, Joint, Mjcf, Quaternion } from "./mjcf.ts";
import { copyClipped, copyInto, planarPlace, rootJoints, sumOfSquares } from "./quantities.ts";
import type { Simulation } from "./simulation.ts";
import type { Task } from "./task.ts";

export interface Foot {
  /** How far in front of the ankle the foot's body is, and its capsule's middle behind that, in metres. */
  readonly reach: number;
  readonly middle: number;
  readonly radius: number;
  readonly halfLength: number;
  readonly friction: number;
}

export interface PlanarWalker {
  readonly id: string;
  readonly summary: string;
  readonly rewardThreshold?: number;
  readonly name: string;
  readonly defaults: Mjcf["defaults"];
  readonly floor: Partial<Geom>;
  /** Ends of the legs' names: "" for the first, such as "_left". */
  readonly legs: readonly string[];
  readonly foot: Foot;
  readonly gear: number;
  readonly isHealthy: (simulation: Simulation) => boolean;
}

const TORSO_HEIGHT = 1.25;
const TORSO_HALF_LENGTH = 0.19999999999999996;
const THIGH_HALF_LENGTH = 0.22500000000000003;
const THIGH_MIDDLE = -0.22500000000000009;
const KNEE_TO_LEG = -0.7000000000000001;
/** A quarter turn about y, with the published last digit. */
const FOOT_TURN: Quaternion = [Math.SQRT1_2, 0, -(Math.SQRT1_2 - Number.EPSILON / 2), 0];
const CONTROL_COST = 1e-3;
const HEALTHY_REWARD = 1;
const VELOCITY_LIMIT = 10;

export function planarWalker(walker: PlanarWalker): Task {
  const joints = walker.legs.flatMap((leg) => ["thigh", "leg", "foot"].map((part) => `${part}${leg}_joint`));
  return {
    id: walker.id,
    summary: walker.summary,
    ...(walker.rewardThreshold !== undefined && { rewardThreshold: walker.rewardThreshold }),
    model: {
      name: walker.name,
      compiler: { angle: "degree", inertiafromgeom: true },
      option: { timestep: 0.002, integrator: "RK4" },
      defaults: walker.defaults,
      world: {
        geoms: [{ name: "floor", type: "plane", condim: 3, conaffinity: 1, ...walker.floor }],
        bodies: [torso(walker)],
      },
      motors: joints.map((joint) => ({ joint, gear: walker.gear, ctrlrange: [-1, 1] })),
    },
    frameSkip: 4,
    resetNoise: { scale: 5e-3, velocity: "uniform" },
    readsContactForces: false,
    observationSize: 2 * (3 + joints.length) - 1,
    farGeoms: [5, 6, 7],
    observe({ state }, out) {
      copyInto(out, 0, state.qpos, 1);
      copyClipped(out, state.qpos.length - 1, state.qvel, VELOCITY_LIMIT);
    },
    place: planarPlace,
    resetInfo: position,
    judge(simulation, { action, xVelocity }) {
      const healthy = walker.isHealthy(simulation);
      const healthyReward = healthy ? HEALTHY_REWARD : 0;
      const controlCost = CONTROL_COST * sumOfSquares(action);
      return {
        reward: xVelocity + healthyReward - controlCost,
        terminated: !healthy,
        info: {
          ...position(simulation),
          x_velocity: xVelocity,
          reward_forward: xVelocity,
          reward_ctrl: -controlCost,
          reward_survive: healthyReward,
        },
      };
    },
  };
}

function position({ state, restPosition }: Simulation) {
  return { x_position: state.qpos[0]!, z_distance_from_origin: state.qpos[1]! - restPosition[1]! };
}

function torso({ legs, foot }: PlanarWalker): Body {
  return {
    name: "torso",
    pos: [0, 0, TORSO_HEIGHT],
    joints: rootJoints(TORSO_HEIGHT),
    geoms: [{ name: "torso_geom", type: "capsule", size: [0.05, TORSO_HALF_LENGTH], friction: 0.9 }],
    bodies: legs.map((leg) => thigh(leg, foot)),
  };
}

function thigh(leg: string, foot: Foot): Body {
  return {
    name: `thigh${leg}`,
    pos: [0, 0, -TORSO_HALF_LENGTH],
    joints: [{ ...hinge(`thigh${leg}_joint`), range: [-150, 0] }],
    geoms: [
      {
        name: `thigh${leg}_geom`,
        type: "capsule",
        size: [0.05, THIGH_HALF_LENGTH],
        pos: [0, 0, THIGH_MIDDLE],
        friction: 0.9,
      },
    ],
    bodies: [
      {
        name: `leg${leg}`,
        pos: [0, 0, KNEE_TO_LEG],
        joints: [{ ...hinge(`leg${leg}_joint`), pos: [0, 0, 0.25], range: [-150, 0] }],
        geoms: [{ name: `leg${leg}_geom`, type: "capsule", size: [0.04, 0.25], friction: 0.9 }],
        bodies: [footBody(leg, foot)],
      },
    ],
  };
}

function footBody(leg: string, { reach, middle, radius, halfLength, friction }: Foot): Body {
  return {
    name: `foot${leg}`,
    pos: [reach, 0, -0.35],
    joints: [{ ...hinge(`foot${leg}_joint`), pos: [-reach, 0, 0.1], range: [-45, 45] }],
    geoms: [
      {
        name: `foot${leg}_geom`,
        type: "capsule",
        size: [radius, halfLength],
        pos: [-middle, 0, 0.1],
        quat: FOOT_TURN,
        friction,
      },
    ],
  };
}

function hinge(name: string): Joint {
  return { name, type: "hinge", axis: [0, -1, 0] };
}
