// A MuJoCo simulation seen from its side: its geoms projected onto the xz plane. The camera follows the first moving
// body along x.

import { ASPECT, type Drawing, type Role, type Shape } from "../render/drawing.ts";
import type { Simulation } from "./simulation.ts";

/** mjtGeom */
const PLANE = 0;
const CAPSULE = 3;

/** The world's own geoms belong to body 0, the root of what moves is body 1. */
const WORLD = 0;
const ROOT = 1;

const VIEW_WIDTH = 4.8;
/** Part of the picture's height that is below the floor. */
const BELOW_FLOOR = 0.2;

/** @param farGeoms drawn behind the others */
export function sideView(simulation: Simulation, farGeoms: readonly number[]): Drawing {
  const { geomType, geomBody, state } = simulation;
  const height = VIEW_WIDTH / ASPECT;
  const depth = (geom: number) => (geomBody[geom] === WORLD ? 0 : farGeoms.includes(geom) ? 1 : 2);
  const backToFront = [...geomType.keys()]
    .filter((geom) => geomType[geom] !== PLANE)
    .sort((a, b) => depth(a) - depth(b) || b - a);
  const roles: Role[] = ["track", "far", "limb"];
  const shapes = backToFront.map((geom) =>
    projected(simulation, geom, geomBody[geom] === ROOT ? "body" : roles[depth(geom)]!),
  );
  // A rail holds what has no floor to stand on, or one far below: that stays in the middle of a still picture.
  if (backToFront.some((geom) => depth(geom) === 0)) {
    return { view: { left: -VIEW_WIDTH / 2, bottom: -0.3 * height, width: VIEW_WIDTH }, shapes };
  }
  const floor = state.geom_xpos[2]!;
  const left = state.xpos[3 * ROOT]! - VIEW_WIDTH / 2;
  return { view: { left, bottom: floor - BELOW_FLOOR * height, width: VIEW_WIDTH }, floor, shapes };
}

function projected({ geomType, geomSize, state }: Simulation, geom: number, role: Role): Shape {
  const x = state.geom_xpos[3 * geom]!;
  const y = state.geom_xpos[3 * geom + 2]!;
  const radius = geomSize[3 * geom]!;
  if (geomType[geom] !== CAPSULE) return { kind: "circle", x, y, radius, role };
  // A capsule's axis is its own z axis: the third column of its rotation matrix.
  const halfLength = geomSize[3 * geom + 1]!;
  const dx = halfLength * state.geom_xmat[9 * geom + 2]!;
  const dy = halfLength * state.geom_xmat[9 * geom + 8]!;
  return { kind: "line", points: [x - dx, y - dy, x + dx, y + dy], width: 2 * radius, role };
}
