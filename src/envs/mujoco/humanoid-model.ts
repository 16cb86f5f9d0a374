// The body of Humanoid-v5: torso, waist and pelvis, two legs and two arms, 17 motors. The sides mirror each other but
// for the published parameters' few asymmetries, which are kept. Model: Tassa, Erez and Todorov, "Synthesis and
// Stabilization of Complex Behaviors through Online Trajectory Optimization" (2012), with Gymnasium's parameters.

import type { Body, FixedTendon, Geom, Joint, Mjcf, Vector3 } from "./mjcf.ts";

interface Side {
  readonly name: "right" | "left";
  /** The sign of y on this side. */
  readonly sign: 1 | -1;
  readonly hipYArmature: number;
  readonly kneeStiffness: number;
  /** Degrees. */
  readonly shoulderRange: readonly [number, number];
}

const RIGHT: Side = {
  name: "right",
  sign: -1,
  hipYArmature: 0.008,
  kneeStiffness: 0,
  shoulderRange: [-85, 60],
};
const LEFT: Side = {
  name: "left",
  sign: 1,
  hipYArmature: 0.01,
  kneeStiffness: 1,
  shoulderRange: [-60, 85],
};

/** Nearly upright: the waist and pelvis lean by 0.004 rad each. */
const LEAN = [1, 0, -0.002, 0] as const;

const LEG_GEARS = { hip_x: 100, hip_z: 100, hip_y: 300, knee: 200 };
const ARM_GEARS = { shoulder1: 25, shoulder2: 25, elbow: 25 };
const GEARS: Readonly<Record<string, number>> = {
  abdomen_y: 100,
  abdomen_z: 100,
  abdomen_x: 100,
  ...ofSide(RIGHT, LEG_GEARS),
  ...ofSide(LEFT, LEG_GEARS),
  ...ofSide(RIGHT, ARM_GEARS),
  ...ofSide(LEFT, ARM_GEARS),
};

export const humanoidModel: Mjcf = {
  name: "humanoid",
  compiler: { angle: "degree", inertiafromgeom: true },
  option: { timestep: 0.003, integrator: "RK4", solver: "PGS", iterations: 50 },
  defaults: {
    joint: { armature: 1, damping: 1, limited: true },
    geom: { contype: 1, conaffinity: 1, condim: 1, margin: 0.001 },
  },
  world: {
    geoms: [{ name: "floor", type: "plane", size: [20, 20, 0.125], condim: 3, friction: [1, 0.1, 0.1] }],
    bodies: [torso()],
  },
  tendons: [hipKnee(LEFT), hipKnee(RIGHT)],
  motors: Object.entries(GEARS).map(([joint, gear]) => ({ joint, gear, ctrlrange: [-0.4, 0.4] })),
};

function torso(): Body {
  return {
    name: "torso",
    pos: [0, 0, 1.4],
    joints: [{ name: "root", type: "free", armature: 0, damping: 0, limited: false }],
    geoms: [
      bone("chest", 0.07, [0, -0.07, 0], [0, 0.07, 0]),
      ball("head", 0.09, [0, 0, 0.19]),
      bone("upper_waist", 0.06, [-0.01, -0.06, -0.12], [-0.01, 0.06, -0.12]),
    ],
    bodies: [waist(), arm(RIGHT), arm(LEFT)],
  };
}

function waist(): Body {
  const abdomen = { armature: 0.02, damping: 5 };
  return {
    name: "lower_waist",
    pos: [-0.01, 0, -0.26],
    quat: LEAN,
    geoms: [bone("lower_waist", 0.06, [0, -0.06, 0], [0, 0.06, 0])],
    joints: [
      hinge("abdomen_z", [0, 0, 1], [-45, 45], { ...abdomen, pos: [0, 0, 0.065], stiffness: 20 }),
      hinge("abdomen_y", [0, 1, 0], [-75, 30], { ...abdomen, pos: [0, 0, 0.065], stiffness: 10 }),
    ],
    bodies: [
      {
        name: "pelvis",
        pos: [0, 0, -0.165],
        quat: LEAN,
        joints: [hinge("abdomen_x", [1, 0, 0], [-35, 35], { ...abdomen, pos: [0, 0, 0.1], stiffness: 10 })],
        geoms: [bone("butt", 0.09, [-0.02, -0.07, 0], [-0.02, 0.07, 0])],
        bodies: [leg(RIGHT), leg(LEFT)],
      },
    ],
  };
}

function leg({ name, sign, hipYArmature, kneeStiffness }: Side): Body {
  const hip = { armature: 0.01, damping: 5, stiffness: 10 };
  return {
    name: `${name}_thigh`,
    pos: [0, 0.1 * sign, -0.04],
    joints: [
      hinge(`${name}_hip_x`, [-sign, 0, 0], [-25, 5], hip),
      hinge(`${name}_hip_z`, [0, 0, -sign], [-60, 35], hip),
      hinge(`${name}_hip_y`, [0, 1, 0], [-110, 20], { ...hip, armature: hipYArmature, stiffness: 20 }),
    ],
    geoms: [bone(`${name}_thigh`, 0.06, [0, 0, 0], [0, -0.01 * sign, -0.34])],
    bodies: [
      {
        name: `${name}_shin`,
        pos: [0, -0.01 * sign, -0.403],
        joints: [
          hinge(`${name}_knee`, [0, -1, 0], [-160, -2], {
            armature: 0.006,
            pos: [0, 0, 0.02],
            stiffness: kneeStiffness,
          }),
        ],
        geoms: [bone(`${name}_shin`, 0.049, [0, 0, 0], [0, 0, -0.3])],
        bodies: [
          { name: `${name}_foot`, pos: [0, 0, -0.45], geoms: [ball(`${name}_foot`, 0.075, [0, 0, 0.1])] },
        ],
      },
    ],
  };
}

function arm({ name, sign, shoulderRange }: Side): Body {
  return {
    name: `${name}_upper_arm`,
    pos: [0, 0.17 * sign, 0.06],
    joints: [
      hinge(`${name}_shoulder1`, [2, -sign, 1], shoulderRange, { armature: 0.0068, stiffness: 1 }),
      hinge(`${name}_shoulder2`, [0, sign, 1], shoulderRange, { armature: 0.0051, stiffness: 1 }),
    ],
    geoms: [bone(`${name}_upper_arm`, 0.04, [0, 0, 0], [0.16, 0.16 * sign, -0.16])],
    bodies: [
      {
        name: `${name}_lower_arm`,
        pos: [0.18, 0.18 * sign, -0.18],
        joints: [hinge(`${name}_elbow`, [0, -1, -sign], [-90, 50], { armature: 0.0028, stiffness: 0 })],
        geoms: [
          bone(`${name}_lower_arm`, 0.031, [0.01, -0.01 * sign, 0.01], [0.17, -0.17 * sign, 0.17]),
          ball(`${name}_hand`, 0.04, [0.18, -0.18 * sign, 0.18]),
        ],
      },
    ],
  };
}

function hipKnee({ name }: Side): FixedTendon {
  return {
    name: `${name}_hipknee`,
    joints: [
      { joint: `${name}_hip_y`, coef: -1 },
      { joint: `${name}_knee`, coef: 1 },
    ],
  };
}

function hinge(
  name: string,
  axis: Vector3,
  range: readonly [number, number],
  rest: Pick<Joint, "armature" | "damping" | "stiffness" | "pos">,
): Joint {
  return { name, type: "hinge", axis, range, ...rest };
}

function bone(name: string, radius: number, from: Vector3, to: Vector3): Geom {
  return { name, type: "capsule", size: [radius], fromto: [...from, ...to] };
}

function ball(name: string, radius: number, pos: Vector3): Geom {
  return { name, type: "sphere", size: [radius], pos };
}

function ofSide(side: Side, gears: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(gears).map(([joint, gear]) => [`${side.name}_${joint}`, gear]));
}
