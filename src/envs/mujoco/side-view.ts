// A MuJoCo simulation seen from its side: every geom projected onto the xz plane, farthest first. The camera follows
// the first moving body.

import type { Drawing, Shape } from "../render/drawing.ts";
import type { Simulation } from "./simulation.ts";

/** mjtGeom */
const PLANE = 0;
const SPHERE = 2;
const CAPSULE = 3;

const VIEW_WIDTH = 4.8;
const VIEW_HEIGHT = 2.7;
/** Where the picture's lower edge is, relative to the floor. */
const BELOW_FLOOR = 0.45;

export function sideView(simulation: Simulation): Drawing {
  const { geomType, geomSize, state } = simulation;
  const { xpos, geom_xpos } = state;
  const middle = xpos[3]!;
  const left = middle - VIEW_WIDTH / 2;
  const right = middle + VIEW_WIDTH / 2;
  const floor = geomType[0] === PLANE ? geom_xpos[2]! : Math.min(0, -1);
  const ground: Shape = { kind: "line", points: [left, floor, right, floor], width: 0, role: "ground" };
  const farToNear = [...geomType.keys()].sort(
    (a, b) => geom_xpos[3 * b + 1]! - geom_xpos[3 * a + 1]! || a - b,
  );
  const geoms = farToNear.flatMap((geom): Shape[] => {
    const x = geom_xpos[3 * geom]!;
    const z = geom_xpos[3 * geom + 2]!;
    return [];
  });
  return {
    view: { left, right, bottom: floor - BELOW_FLOOR, top: floor - BELOW_FLOOR + VIEW_HEIGHT },
    shapes: [ground, ...geoms],
  };
}
