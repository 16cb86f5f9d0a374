// Walker2d-v5: two legs that walk. Healthy while between 0.8 and 2 m high and leaning less than 1 rad.
// https://gymnasium.farama.org/environments/mujoco/walker2d/

import { planarWalker } from "./planar-walker.ts";

export const walker2d = planarWalker({
  id: "Walker2d-v5",
  summary: "walk forward on two legs in a plane",
  name: "walker2d",
  defaults: {
    joint: { armature: 0.01, damping: 0.1, limited: true },
    geom: { contype: 1, conaffinity: 0, condim: 3, density: 1000, friction: [0.7, 0.1, 0.1] },
  },
  floor: { size: [40, 40, 40] },
  legs: ["", "_left"],
  foot: { reach: 0.2, middle: 0.1, radius: 0.06, halfLength: 0.1, friction: 1.9 },
  gear: 100,
  isHealthy: ({ state: { qpos } }) => qpos[1]! > 0.8 && qpos[1]! < 2 && Math.abs(qpos[2]!) < 1,
});
